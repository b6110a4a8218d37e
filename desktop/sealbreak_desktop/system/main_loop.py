"""The loop of the main thread when there is no icon, and the end on SIGTERM and SIGINT.

Clicks on pop-ups arrive in a GLib loop, so that is preferred.
"""

import contextlib
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class MainLoop(Protocol):
    def run(self) -> None: ...
    def stop(self) -> None:
        """From any thread; also before `run`."""


class PlainLoop:
    def __init__(self) -> None:
        self._stopped = threading.Event()

    def run(self) -> None:
        self._stopped.wait()

    def stop(self) -> None:
        self._stopped.set()


class GLibLoop:
    def __init__(self) -> None:
        self._glib = _glib()
        self._loop = self._glib.MainLoop.new(None, False)

    def run(self) -> None:
        self._loop.run()

    def stop(self) -> None:
        self._glib.idle_add(self._loop.quit)


def loop_without_icon() -> MainLoop:
    with contextlib.suppress(ImportError):
        return GLibLoop()
    return PlainLoop()


def on_signals(call: Callable[[], None]) -> None:
    """Python's own handlers do not run while GLib waits, so GLib gets handlers too."""
    for number in SIGNALS:
        signal.signal(number, lambda *_: call())
    with contextlib.suppress(ImportError):
        glib = _glib()

        def handle() -> bool:
            call()
            return True

        for number in SIGNALS:
            glib.unix_signal_add(glib.PRIORITY_HIGH, number, handle)


def _glib() -> Any:
    if sys.platform == "win32":
        raise ImportError
    from gi.repository import GLib

    return GLib
