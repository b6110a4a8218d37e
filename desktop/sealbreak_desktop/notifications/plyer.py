"""Pop-ups through plyer, on every system. They cannot be clicked."""

import contextlib
import importlib
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealbreak_desktop.errors import NotifierUnavailableError
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, TITLE_LIMIT, fit_utf16, sanitise

DURATION = 10
"""Seconds that a pop-up stays."""
WINDOWS_TITLE, WINDOWS_BODY = 63, 255
"""UTF-16 units. With more of them Windows shows nothing."""
NOT_AN_OPTION = "\u200b"
"""A zero-width space before a text, so that a program does not read it as an option."""


class PlyerNotifier:
    name = "plyer"

    def __init__(self, icon: Path) -> None:
        self._icon = icon
        self._send: Callable[[Notification], None] | None = None
        self._balloon: Any = None
        self._removal: threading.Timer | None = None

    def show(self, notification: Notification) -> None:
        if self._send is None:
            self._send = self._choose()
        try:
            self._send(notification)
        except NotifierUnavailableError:
            raise
        except Exception as error:  # each backend raises errors of its own
            self._send = None
            raise NotifierUnavailableError(type(error).__name__) from None

    def close(self) -> None:
        if self._balloon is not None:
            self._balloon.remove_notify()

    def _choose(self) -> Callable[[Notification], None]:
        if sys.platform == "win32":
            return self._by_balloon
        if sys.platform != "linux":
            return self._by_facade
        # plyer itself chooses its portal when a folder /app exists. The portal pastes the text into
        # a command's syntax: an apostrophe loses the notification, other texts inject keys.
        with contextlib.suppress(ImportError):
            importlib.import_module("dbus")
            return self._by_dbus
        if shutil.which("notify-send"):
            return self._by_command
        raise NotifierUnavailableError("neither python3-dbus nor notify-send is installed")

    def _by_facade(self, notification: Notification) -> None:
        from plyer import notification as facade

        title, body = texts_for(notification, windows=False)
        facade.notify(title=title, message=body, app_name="Sealbreak", timeout=DURATION)

    def _by_balloon(self, notification: Notification) -> None:
        """plyer's facade works in a thread, where its errors are lost, and never removes the icon
        that it adds for each balloon. Here one icon has all of them, for a while."""
        title, body = texts_for(notification, windows=True)
        if self._balloon is None:
            from plyer.platforms.win.libs.balloontip import WindowsBalloonTip

            icon = self._icon.with_suffix(".ico")
            app_icon = str(icon) if icon.exists() else ""
            self._balloon = WindowsBalloonTip(title, body, "Sealbreak", app_icon, timeout=0)
        else:
            self._balloon.notify(title, body, "Sealbreak")
        self._remove_later(self._balloon)

    def _remove_later(self, balloon: Any) -> None:
        if self._removal is not None:
            self._removal.cancel()
        self._removal = threading.Timer(DURATION, balloon.remove_notify)
        self._removal.daemon = True
        self._removal.start()

    def _by_dbus(self, notification: Notification) -> None:
        if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not _has_user_bus():
            raise NotifierUnavailableError("no session bus")  # libdbus would start one
        dbus = importlib.import_module("dbus")
        from plyer.platforms.linux.notification import NotifyDbus

        NotifyDbus()._notify(
            title=notification.title,
            message=sanitise(notification.body, BODY_LIMIT, _reads_markup(dbus), BODY_LINES),
            app_name="Sealbreak",
            app_icon=str(self._icon),
            timeout=DURATION,
            # With types, as introspection is not always available to guess them.
            actions=dbus.Array([], signature="s"),
            hints=dbus.Dictionary({"desktop-entry": "sealbreak"}, signature="sv"),
        )

    def _by_command(self, notification: Notification) -> None:
        from plyer.platforms.linux.notification import NotifySendNotification

        body = sanitise(notification.body, BODY_LIMIT, markup=True, lines=BODY_LINES)
        NotifySendNotification()._notify(
            title=f"{NOT_AN_OPTION}{notification.title}",
            # notify-send reads backslash escapes, and most servers read tags.
            message=NOT_AN_OPTION + body.replace("\\", "\\\\"),
            icon=str(self._icon),
            app_name="Sealbreak",
            hint="string:desktop-entry:sealbreak",
            expire_time=str(DURATION * 1000),
        )


def texts_for(notification: Notification, windows: bool) -> tuple[str, str]:
    """Title and body as plain text, no longer than the system accepts."""
    title = sanitise(notification.title, TITLE_LIMIT)
    body = sanitise(notification.body, BODY_LIMIT, lines=BODY_LINES)
    if windows:
        return fit_utf16(title, WINDOWS_TITLE), fit_utf16(body, WINDOWS_BODY)
    return title, body


def _has_user_bus() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(runtime or "", "bus").exists()


def _reads_markup(dbus: Any) -> bool:
    name = "org.freedesktop.Notifications"
    server = dbus.SessionBus().get_object(name, "/org/freedesktop/Notifications", introspect=False)
    return "body-markup" in dbus.Interface(server, name).GetCapabilities(timeout=3)
