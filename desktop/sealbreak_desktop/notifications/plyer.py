"""Pop-ups through plyer: on every system, without a click."""

import contextlib
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealbreak_desktop.errors import NotifierUnavailableError
from sealbreak_desktop.state.notification import Alert
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, TITLE_LIMIT, sanitise

SECONDS = 10
WINDOWS_TITLE, WINDOWS_BODY = 60, 120
"""Letters; Windows counts UTF-16 units and takes 63 and 255."""
NOT_AN_OPTION = "\u200b"
"""In front of a text that a program could take for an option."""


class PlyerNotifier:
    name = "plyer"

    def __init__(self, icon: Path) -> None:
        self._icon = icon
        self._send: Callable[[Alert], None] | None = None

    def show(self, alert: Alert) -> None:
        if self._send is None:
            self._send = self._way()
        try:
            self._send(alert)
        except NotifierUnavailableError:
            raise
        except Exception as error:  # each system's backend raises what it likes
            self._send = None
            raise NotifierUnavailableError(type(error).__name__) from None

    def close(self) -> None:
        pass

    def _way(self) -> Callable[[Alert], None]:
        if sys.platform != "linux":
            return self._by_facade
        # plyer's own choice on Linux is its portal as soon as a folder /app exists. That one pastes
        # the text into a command's syntax: an apostrophe loses the alert, other texts inject keys.
        with contextlib.suppress(ImportError):
            importlib.import_module("dbus")
            return self._by_dbus
        if shutil.which("notify-send"):
            return self._by_command
        raise NotifierUnavailableError("neither python3-dbus nor notify-send is installed")

    def _by_facade(self, alert: Alert) -> None:
        from plyer import notification

        windows = sys.platform == "win32"
        title = sanitise(alert.title, WINDOWS_TITLE if windows else TITLE_LIMIT)
        body = sanitise(alert.body, WINDOWS_BODY if windows else BODY_LIMIT, lines=BODY_LINES)
        notification.notify(title=title, message=body, app_name="Sealbreak", timeout=SECONDS)

    def _by_dbus(self, alert: Alert) -> None:
        if not os.environ.get("DBUS_SESSION_BUS_ADDRESS") and not _has_user_bus():
            raise NotifierUnavailableError("no session bus")  # libdbus would try to start one
        dbus = importlib.import_module("dbus")
        from plyer.platforms.linux.notification import NotifyDbus

        NotifyDbus()._notify(
            title=alert.title,
            message=sanitise(alert.body, BODY_LIMIT, _reads_markup(dbus), BODY_LINES),
            app_name="Sealbreak",
            app_icon=str(self._icon),
            timeout=SECONDS,
            # With their types: introspection is not always there to guess them.
            actions=dbus.Array([], signature="s"),
            hints=dbus.Dictionary({"desktop-entry": "sealbreak"}, signature="sv"),
        )

    def _by_command(self, alert: Alert) -> None:
        from plyer.platforms.linux.notification import NotifySendNotification

        NotifySendNotification()._notify(
            title=f"{NOT_AN_OPTION}{alert.title}",
            # notify-send reads backslash escapes, and most servers read tags.
            message=NOT_AN_OPTION
            + sanitise(alert.body, BODY_LIMIT, markup=True, lines=BODY_LINES).replace("\\", "\\\\"),
            icon=str(self._icon),
            app_name="Sealbreak",
            hint="string:desktop-entry:sealbreak",
            expire_time=str(SECONDS * 1000),
        )


def _has_user_bus() -> bool:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(runtime) and Path(runtime or "", "bus").exists()


def _reads_markup(dbus: Any) -> bool:
    name = "org.freedesktop.Notifications"
    server = dbus.SessionBus().get_object(name, "/org/freedesktop/Notifications", introspect=False)
    return "body-markup" in dbus.Interface(server, name).GetCapabilities(timeout=3)
