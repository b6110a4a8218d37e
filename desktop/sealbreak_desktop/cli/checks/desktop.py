"""What the desktop environment has to offer: bus, pop-ups, tray icon, panel, browser."""

import sys
from collections.abc import Iterator

from sealbreak_desktop.cli.checks.finding import Finding, not_checked, ok, problem, problem_of
from sealbreak_desktop.errors import (
    NotifierFailedError,
    NotifierUnavailableError,
    SealbreakError,
)
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.notifications.toasts import ToastNotifier
from sealbreak_desktop.notifications.user_notifications import UserNotifier
from sealbreak_desktop.system import environment
from sealbreak_desktop.system.browser import browser_program
from sealbreak_desktop.system.packages import Package, installing
from sealbreak_desktop.system.system_gi import advice
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import View

ADD_PANEL = "GNOME: install the AppIndicator extension; elsewhere add the tray to the panel"


def examine(paths: Paths) -> Iterator[Finding]:
    if sys.platform == "win32":
        yield _toasts(paths)
    elif sys.platform == "darwin":
        yield _user_notifications()
    else:
        yield from (_bus(), _pop_ups())
    yield _icon()
    yield _panel()
    yield _browser()


def _bus() -> Finding:
    bus, why = environment.connect_to_bus("session")
    if bus is not None:
        return ok("session bus", "there")
    missing = why == environment.NO_PYGOBJECT
    return problem("session bus", why, advice() if missing else "")


def _pop_ups() -> Finding:
    server = environment.notification_server()
    if server is None:
        return problem("pop-ups", "no notification server", installing(Package.POP_UPS))
    name, capabilities = server
    clicks = "can be clicked" if "actions" in capabilities else "cannot be clicked"
    return ok("pop-ups", f"{name} answers; its pop-ups {clicks}")


def _toasts(paths: Paths) -> Finding:
    notifier = ToastNotifier(paths.state / "icon.png", lambda *_: None, lambda _: None)
    try:
        notifier.prepare()
    except NotifierFailedError as error:
        return problem("pop-ups", error.title, "Allow Sealbreak there.")
    except NotifierUnavailableError as error:
        why = f"without clicks, by plyer (windows-toasts: {error.title})"
        return problem("pop-ups", why, "pip install windows-toasts")
    return ok("pop-ups", "Windows takes them, and they can be clicked; none was shown")


def _user_notifications() -> Finding:
    try:
        UserNotifier(lambda *_: None).prepare()
    except NotifierFailedError as error:
        return problem("pop-ups", error.title, "Allow Sealbreak there.")
    except NotifierUnavailableError as error:
        why = f"osascript shows them, without clicks ({error.title})"
        return not_checked("pop-ups", f"{why}, unless the system's settings forbid it")
    return ok("pop-ups", "macOS takes them, and they can be clicked; none was shown")


def _icon() -> Finding:
    try:
        tray = Tray(View(Appearance.OFFLINE, "", "Sealbreak", ()), lambda *_: None)
    except SealbreakError as error:
        return problem_of("tray icon", error)
    return ok("tray icon", f"it can be made, by {tray.backend}")


def _panel() -> Finding:
    if sys.platform != "linux":
        return not_checked("panel", "the system has one")
    if environment.has_tray_host():
        return ok("panel", "one shows tray icons")
    return problem("panel", "none shows tray icons", ADD_PANEL)


def _browser() -> Finding:
    try:
        program = browser_program()
    except SealbreakError as error:
        return problem_of("browser", error)
    return ok("browser", f"{program} is installed; it was not started")
