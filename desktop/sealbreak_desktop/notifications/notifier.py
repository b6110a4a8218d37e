"""The interface that shows a notification, and the choice between its implementations."""

import logging
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.state.notification import Notification, OnAction, summarise_late
from sealbreak_desktop.system.packages import Package, installing

MAX_KEPT = 100
"""Notifications that wait until something can show them."""

log = logging.getLogger(__name__)


class Notifier(Protocol):
    @property
    def name(self) -> str: ...

    def show(self, notification: Notification) -> None:
        """Blocks. Raises `NotifierUnavailableError` when another notifier should try."""

    def close(self) -> None: ...


class NullNotifier:
    """Shows nothing: history and badge still have the event."""

    name = "none"

    def show(self, notification: Notification) -> None:
        pass

    def close(self) -> None:
        pass


class FallbackNotifier:
    """Tries its notifiers in order, for each notification: a daemon may start late or end.

    What only the `NullNotifier` took is kept for a daemon that starts late.
    """

    def __init__(self, notifiers: Sequence[Notifier], warn: Callable[[str], None]) -> None:
        self._notifiers = notifiers
        self._warn = warn
        self.name = ""
        """The notifier that showed the last notification."""
        self._kept: OrderedDict[str, Notification] = OrderedDict()
        self._lock = threading.Lock()

    def show(self, notification: Notification) -> None:
        reasons = []
        for notifier in self._notifiers:
            try:
                notifier.show(notification)
            except NotifierFailedError as error:
                log.warning("a notification was not shown: %s", error.title)
                return
            except NotifierUnavailableError as error:
                reasons.append(f"{notifier.name}: {error.title}")
            else:
                self._showed(notifier.name, reasons)
                if notifier.name == NullNotifier.name:
                    self._keep(notification)
                elif self._kept:
                    self.catch_up()
                return

    def catch_up(self) -> None:
        """A notification daemon has started. Does not block."""
        threading.Thread(target=self._show_kept, name="late notifications", daemon=True).start()

    def show_again(self, notification: Notification) -> None:
        """The system took it and did not show it. Does not block."""
        self._keep(notification)
        self.catch_up()

    def _show_kept(self) -> None:
        with self._lock:
            kept = list(self._kept.values())
            self._kept.clear()
        for notification in summarise_late(kept):
            self.show(notification)

    def _keep(self, notification: Notification) -> None:
        """The newest of each key, as a daemon would show them."""
        with self._lock:
            self._kept[notification.key] = notification
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def _showed(self, name: str, reasons: list[str]) -> None:
        if name != self.name:
            log.info("notifications are shown by %s %s", name, reasons or "")
            if name == NullNotifier.name:
                how = installing(Package.POP_UPS)
                self._warn(
                    "No pop-ups: nothing here could show one"
                    f"{how and f' ({how})'}. `sealbreak history` prints what happened."
                )
        self.name = name

    def close(self) -> None:
        for notifier in self._notifiers:
            notifier.close()


def notifiers_for(icon: Path, on_action: OnAction, warn: Callable[[str], None]) -> FallbackNotifier:
    from sealbreak_desktop.notifications.plyer import PlyerNotifier

    chain: list[Notifier] = [PlyerNotifier(icon), NullNotifier()]
    if sys.platform == "linux":
        from sealbreak_desktop.notifications.gio import GioNotifier

        chain.insert(0, GioNotifier(icon, on_action, lambda: fallback.catch_up()))
    elif sys.platform == "win32":
        from sealbreak_desktop.notifications.toasts import ToastNotifier

        chain.insert(0, ToastNotifier(icon, on_action, lambda one: fallback.show_again(one)))
    elif sys.platform == "darwin":
        from sealbreak_desktop.notifications.script import ScriptNotifier
        from sealbreak_desktop.notifications.user_notifications import UserNotifier

        chain[:0] = [UserNotifier(on_action), ScriptNotifier()]
    fallback = FallbackNotifier(chain, warn)
    return fallback
