import subprocess
import sys

from support.desktop.display import Desktop

ASK = """
from sealbreak_desktop.system.environment import has_tray_host, notification_server
print(has_tray_host(), notification_server())
"""


def ask(here: Desktop) -> str:
    """In a process of its own: the bus and the display are those of its environment."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=here.env, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_panel_and_a_daemon_are_seen(screen: Desktop) -> None:
    answer = ask(screen)
    assert answer.startswith("True ('dunst 1")
    assert "'actions'" in answer


def test_their_absence_is_seen(bare: Desktop) -> None:
    assert ask(bare) == "False None\n"


def test_no_bus_and_no_display_are_no_error(bare: Desktop) -> None:
    del bare.env["DBUS_SESSION_BUS_ADDRESS"], bare.env["DISPLAY"]
    assert ask(bare) == "False None\n"
