import subprocess
import sys

from support.desktop.display import Display

ASK = """
from sealbreak_desktop.system.environment import has_tray_host, notification_server
print(has_tray_host(), notification_server())
"""


def ask(here: Display) -> str:
    """Asked in a process of its own, whose environment names the bus and the display."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=here.env, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_panel_and_a_daemon_are_seen(panel_display: Display) -> None:
    answer = ask(panel_display)
    assert answer.startswith("True ('dunst 1")
    assert "'actions'" in answer


def test_a_missing_panel_and_daemon_are_seen(bare_display: Display) -> None:
    assert ask(bare_display) == "False None\n"


def test_no_bus_and_no_display_are_no_error(bare_display: Display) -> None:
    del bare_display.env["DBUS_SESSION_BUS_ADDRESS"], bare_display.env["DISPLAY"]
    assert ask(bare_display) == "False None\n"
