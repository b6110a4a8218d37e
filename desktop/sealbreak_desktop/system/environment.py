"""What the desktop environment offers, for messages to the user."""

import os
import sys
from typing import Any

WATCHER = "org.kde.StatusNotifierWatcher"
NOTIFICATIONS = "org.freedesktop.Notifications"
TIMEOUT = 2000
"""Milliseconds for an answer on the bus."""


def session_bus() -> Any:
    """`None` if there is none."""
    try:
        from gi.repository import Gio, GLib
    except ImportError:
        return None
    try:
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    except GLib.Error:
        return None
    bus.set_exit_on_close(False)
    return bus


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
    from gi.repository import GLib

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
    bus = session_bus()
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
