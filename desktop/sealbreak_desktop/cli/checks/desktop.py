"""What the desktop environment has to offer: bus, pop-ups, tray icon, panel, browser."""

import sys
from collections.abc import Iterator

from sealbreak_desktop.cli.checks.finding import Finding, not_checked, ok, problem, problem_of
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.system import environment
from sealbreak_desktop.system.browser import browser_program
from sealbreak_desktop.system.packages import Package, installing
from sealbreak_desktop.system.system_gi import advice
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import View

ADD_PANEL = "GNOME: install the AppIndicator extension; elsewhere add the tray to the panel"


def examine(_: Paths) -> Iterator[Finding]:
    if sys.platform == "linux":
        yield from (_bus(), _pop_ups())
    else:
        yield not_checked("pop-ups", "the system shows them, unless its settings forbid it")
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
