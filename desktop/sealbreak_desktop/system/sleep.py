"""Sleep and wake-up of the machine, on Linux, as logind reports them on the system bus."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from sealbreak_desktop.system.environment import connect_to_bus

LOGIND = "org.freedesktop.login1"
MANAGER = "org.freedesktop.login1.Manager"
PATH = "/org/freedesktop/login1"

log = logging.getLogger(__name__)


class SleepWatch:
    """Create it in the thread that will run the GLib loop: `on_wake` is called there.

    Without a system bus it does nothing: `ClockJump` detects a sleep too, some seconds later.
    """

    def __init__(self, on_wake: Callable[[], None]) -> None:
        self._on_wake = on_wake
        # Kept, as the signals end with the last reference.
        self._bus = connect_to_bus("system")[0] if sys.platform == "linux" else None
        if self._bus is not None:
            signal = (LOGIND, MANAGER, "PrepareForSleep", PATH, None, 0)
            self._subscription = self._bus.signal_subscribe(*signal, self._on_signal)

    def _on_signal(self, *signal: Any) -> None:
        (begins,) = signal[5].unpack()
        log.info("the machine %s", "goes to sleep" if begins else "woke up")
        if not begins:
            self._on_wake()

    def close(self) -> None:
        if self._bus is not None:
            self._bus.signal_unsubscribe(self._subscription)
            self._bus = None
