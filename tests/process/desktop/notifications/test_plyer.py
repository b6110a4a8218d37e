"""Pop-ups through plyer, on a real bus."""

import subprocess
import sys

from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.tray import StartTray

SHOW = """
import os, sys
from pathlib import Path
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.notifications.plyer import PlyerNotifier
{before}
PlyerNotifier(Path("/nowhere.png")).show(Notification("key", sys.argv[1], sys.argv[2]))
"""


def show(display: Display, title: str, body: str, before: str = "") -> str:
    """Show it from a process of its own. Returns the output of that."""
    command = [sys.executable, "-W", "error::RuntimeWarning", "-c", SHOW.format(before=before)]
    done = subprocess.run(
        [*command, title, body], env=display.env, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_used_when_pop_ups_cannot_be_clicked(
    bare_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    bare_display.start_plain_daemon("body")
    with NotifyMonitor(bare_display.bus_address) as pop_ups:
        tray = tray_on(bare_display)
        scripted.add(golden("clicked"))
        shown = pop_ups.wait()
    assert (shown.title, shown.actions) == (
        "A link in your mail to Ann, 'Offer 12', was followed",
        [],
    )
    assert "notifications are shown by plyer" in tray.log


def test_a_body_is_escaped_only_for_servers_that_read_markup(bare_display: Display) -> None:
    bare_display.start_plain_daemon("body")
    with NotifyMonitor(bare_display.bus_address) as pop_ups:
        show(bare_display, "R&D", "R&D <3")
        assert pop_ups.wait().body == "R&D <3"


def test_a_folder_named_app_loses_no_notification(display: Display, pop_ups: NotifyMonitor) -> None:
    armed = (
        "os.path.isdir = lambda path: path == '/app'\n"
        "from plyer.platforms.linux import notification as chooser\n"
        "print(type(chooser.instance()).__name__)"
    )
    assert show(display, "Don't panic", "x'>, 'k': <'v", armed) == "NotifyDesktopPortals\n"
    shown = pop_ups.wait()
    assert (shown.title, shown.body) == ("Don't panic", "x'&gt;, 'k': &lt;'v")


def test_without_the_bus_module_text_is_not_read_as_an_option(
    display: Display, pop_ups: NotifyMonitor
) -> None:
    show(display, "--help", "-u \\n <b>", "sys.modules['dbus'] = None")
    shown = pop_ups.wait()
    assert shown.title == "\u200b--help"
    assert shown.body == "\u200b-u \\n &lt;b&gt;"
