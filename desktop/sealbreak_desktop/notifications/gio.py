"""Pop-ups that can be clicked, on Linux: D-Bus calls of the notification server, through GLib."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.actions import action_named, buttons
from sealbreak_desktop.state.notification import Notification, OnAction
from sealbreak_desktop.system.environment import connect_to_bus
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, sanitise

BUS = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
TIMEOUT = 3000
"""Milliseconds for an answer."""
MAX_SHOWN = 100
"""Pop-ups whose clicks are still understood."""
NORMAL_URGENCY = 1

log = logging.getLogger(__name__)


class GioNotifier:
    """Create it in the thread that will run the GLib loop: clicks arrive there."""

    name = "Gio"

    def __init__(self, icon: Path, on_action: OnAction, on_arrival: Callable[[], None]) -> None:
        """`on_arrival`: a notification server has started."""
        self._icon = icon
        self._on_action = on_action
        self._on_arrival = on_arrival
        self._shown: OrderedDict[int, Notification] = OrderedDict()
        self._lock = threading.Lock()
        self._capabilities: frozenset[str] | None = None
        self._subscriptions: list[int] = []
        self._bus, self._missing = connect_to_bus("session")
        if self._bus is not None:
            self._listen()

    def show(self, notification: Notification) -> None:
        capabilities = self._ask_capabilities()
        if "actions" not in capabilities:
            raise NotifierUnavailableError("its pop-ups cannot be clicked")
        body = sanitise(notification.body, BODY_LIMIT, "body-markup" in capabilities, BODY_LINES)
        arguments = (
            "Sealbreak",
            self._replaced(notification.key),
            str(self._icon),
            notification.title,
            body,
            # Names and labels in turn.
            [word for button in buttons(notification) for word in button],
            self._hints(),
            -1,
        )
        (number,) = self._call("Notify", "(susssasa{sv}i)", arguments)
        self._remember(number, notification)

    def close(self) -> None:
        if self._bus is not None:
            for subscription in self._subscriptions:
                self._bus.signal_unsubscribe(subscription)
        self._subscriptions.clear()

    def _listen(self) -> None:
        self._subscribe(BUS, BUS, "ActionInvoked", PATH, self._action)
        self._subscribe(BUS, BUS, "NotificationClosed", PATH, self._closed)
        driver = "org.freedesktop.DBus"
        self._subscribe(driver, driver, "NameOwnerChanged", None, self._owner_changed, BUS)

    def _subscribe(
        self, sender: str, interface: str, member: str, path: str | None, call: Any, arg: Any = None
    ) -> None:
        self._subscriptions.append(
            self._bus.signal_subscribe(sender, interface, member, path, arg, 0, call)
        )

    def _action(self, *signal: Any) -> None:
        number, name = signal[5].unpack()
        with self._lock:
            notification = self._shown.pop(number, None)
        if notification is not None:
            self._on_action(action_named(name), notification)

    def _closed(self, *signal: Any) -> None:
        number, _ = signal[5].unpack()
        with self._lock:
            self._shown.pop(number, None)

    def _owner_changed(self, *signal: Any) -> None:
        """Another daemon has other capabilities, and does not know our numbers."""
        with self._lock:
            self._capabilities = None
            self._shown.clear()
        _, _, owner = signal[5].unpack()
        if owner:
            self._on_arrival()

    def _ask_capabilities(self) -> frozenset[str]:
        if self._capabilities is None:
            (listed,) = self._call("GetCapabilities", "()", ())
            self._capabilities = frozenset(listed)
        return self._capabilities

    def _replaced(self, key: str) -> int:
        with self._lock:
            return next((n for n, shown in self._shown.items() if shown.key == key), 0)

    def _remember(self, number: int, notification: Notification) -> None:
        with self._lock:
            self._shown[number] = notification
            if len(self._shown) > MAX_SHOWN:
                self._shown.popitem(last=False)

    def _hints(self) -> dict[str, Any]:
        from gi.repository import GLib

        return {
            "desktop-entry": GLib.Variant("s", "sealbreak"),
            "urgency": GLib.Variant("y", NORMAL_URGENCY),
            "category": GLib.Variant("s", "email.arrived"),
        }

    def _call(self, method: str, signature: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        if self._bus is None:
            raise NotifierUnavailableError(self._missing)
        from gi.repository import Gio, GLib

        packed = GLib.Variant(signature, arguments)
        try:
            answer = self._bus.call_sync(
                BUS, PATH, BUS, method, packed, None, Gio.DBusCallFlags.NONE, TIMEOUT, None
            )
        except GLib.Error as error:
            if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT):
                raise NotifierFailedError("the notification server does not answer") from None
            raise NotifierUnavailableError("no notification server") from None
        unpacked: tuple[Any, ...] = answer.unpack()
        return unpacked
