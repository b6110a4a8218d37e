"""The port through which alerts are shown, and the choice between its adapters."""

import logging
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.state.notification import Alert, OnAction, folded

MOST_UNSHOWN = 100
"""Alerts that wait for something that shows them."""

log = logging.getLogger(__name__)


class Notifier(Protocol):
    @property
    def name(self) -> str: ...

    def show(self, alert: Alert) -> None:
        """Blocks; for a worker. Raises `NotifierUnavailableError` when another one should try."""

    def close(self) -> None: ...


class NullNotifier:
    """Nothing, politely: the history and the badge still tell."""

    name = "none"

    def show(self, alert: Alert) -> None:
        pass

    def close(self) -> None:
        pass


class FirstThatWorks:
    """Asks its notifiers in order, at each alert anew: a daemon may start after us or go away.

    What nobody could show is kept for one that comes late.
    """

    def __init__(self, notifiers: Sequence[Notifier], say: Callable[[str], None]) -> None:
        self._notifiers = notifiers
        self._say = say
        self.name = ""
        """Of the one that showed the last alert."""
        self._unshown: OrderedDict[str, Alert] = OrderedDict()
        self._lock = threading.Lock()

    def show(self, alert: Alert) -> None:
        reasons = []
        for notifier in self._notifiers:
            try:
                notifier.show(alert)
            except NotifierFailedError as error:
                log.warning("an alert was not shown: %s", error.title)
                return
            except NotifierUnavailableError as error:
                reasons.append(f"{notifier.name}: {error.title}")
            else:
                self._showed(notifier.name, reasons)
                if notifier.name == NullNotifier.name:
                    self._keep(alert)
                elif self._unshown:
                    self.catch_up()
                return

    def catch_up(self) -> None:
        """Something that shows alerts has come. Does not block."""
        threading.Thread(target=self._show_kept, name="late alerts", daemon=True).start()

    def _show_kept(self) -> None:
        with self._lock:
            kept = list(self._unshown.values())
            self._unshown.clear()
        for alert in folded(kept):
            self.show(alert)

    def _keep(self, alert: Alert) -> None:
        """As a daemon would: the newest of each key."""
        with self._lock:
            self._unshown[alert.key] = alert
            if len(self._unshown) > MOST_UNSHOWN:
                self._unshown.popitem(last=False)

    def _showed(self, name: str, reasons: list[str]) -> None:
        if name != self.name:
            log.info("alerts are shown by %s %s", name, reasons or "")
            if name == NullNotifier.name:
                self._say(
                    "No pop-ups: nothing on this desktop shows notifications"
                    " (on Debian: apt install dunst). `sealbreak history` prints what happened."
                )
        self.name = name

    def close(self) -> None:
        for notifier in self._notifiers:
            notifier.close()


def notifiers_for(icon: Path, on_action: OnAction, say: Callable[[str], None]) -> FirstThatWorks:
    from sealbreak_desktop.notifications.plyer import PlyerNotifier

    chain: list[Notifier] = [PlyerNotifier(icon), NullNotifier()]
    if sys.platform == "linux":
        from sealbreak_desktop.notifications.gio import GioNotifier

        chain.insert(0, GioNotifier(icon, on_action, lambda: works.catch_up()))
    works = FirstThatWorks(chain, say)
    return works
