"""What the desktop environment offers, for messages to the user."""

import os
import sys
from typing import Any, Literal

WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
NO_PYGOBJECT = "PyGObject is not installed"
TIMEOUT = 2000
"""Milliseconds for an answer on the bus."""


def connect_to_bus(kind: Literal["session", "system"]) -> tuple[Any, str]:
    """The connection, or `None` and the reason."""
    try:
        from gi.repository import Gio, GLib
    except ImportError:
        return None, NO_PYGOBJECT
    bus_type = Gio.BusType.SESSION if kind == "session" else Gio.BusType.SYSTEM
    try:
        bus = Gio.bus_get_sync(bus_type, None)
    except GLib.Error:
        return None, f"there is no {kind} bus"
    # Otherwise this process ends with the bus.
    bus.set_exit_on_close(False)
    return bus, ""


def has_tray_host() -> bool:
    """Whether a panel shows tray icons, over StatusNotifierItem or XEmbed."""
    if sys.platform != "linux":
        return True
    return _status_notifier_host() or _xembed_host()


def notification_server() -> tuple[str, frozenset[str]] | None:
    """Name and capabilities."""
    path = f"/{NOTIFICATIONS.replace('.', '/')}"
    about = _call(NOTIFICATIONS, path, NOTIFICATIONS, "GetServerInformation")
    listed = _call(NOTIFICATIONS, path, NOTIFICATIONS, "GetCapabilities")
    if about is None or listed is None:
        return None
    return f"{about[0]} {about[2]}", frozenset(listed[0])


def _status_notifier_host() -> bool:
    try:
        from gi.repository import GLib
    except ImportError:
        return False
    arguments = GLib.Variant("(ss)", (WATCHER, "IsStatusNotifierHostRegistered"))
    properties = "org.freedesktop.DBus.Properties"
    answer = _call(WATCHER, "/StatusNotifierWatcher", properties, "Get", arguments)
    return bool(answer and answer[0])


def _xembed_host() -> bool:
    if not os.environ.get("DISPLAY"):
        return False
    from Xlib import X, display
    from Xlib.error import DisplayError

    try:
        screen = display.Display()
    except (DisplayError, OSError):
        return False
    try:
        number = screen.get_default_screen()
        atom = screen.intern_atom(f"_NET_SYSTEM_TRAY_S{number}")
        return bool(screen.get_selection_owner(atom) != X.NONE)
    finally:
        screen.close()


def _call(name: str, path: str, interface: str, method: str, arguments: Any = None) -> Any:
    bus, _ = connect_to_bus("session")
    if bus is None:
        return None
    from gi.repository import Gio, GLib

    try:
        answer = bus.call_sync(
            name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, TIMEOUT, None
        )
    except GLib.Error:
        return None
    return answer.unpack()
