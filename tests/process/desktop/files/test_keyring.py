"""A real keyring, open and locked."""

import pytest
from support.desktop.display import Desktop
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.desktop.tray import new_state, pair, run, start_tray

KEYRING = ("gnome-keyring-daemon", "--components=secrets", "--foreground")
SECRETS = "org.freedesktop.secrets"


def open_keyring(desk: Desktop) -> None:
    desk.start(*KEYRING, "--unlock", feed=b"password")
    desk.wait_for_name(SECRETS)


def test_a_token_makes_the_round_trip(desk: Desktop, live: Server) -> None:
    open_keyring(desk)
    state = pair(desk, live.address, live.pairing_code(), keyring=True)
    assert not (state / "token").exists()
    start_tray(desk).stop()
    assert "in the keyring" in run(desk, "doctor").stdout
    assert run(desk, "sign-out").returncode == 0
    assert run(desk, "paired", live.address).returncode == 1


@pytest.mark.timeout(90)
def test_a_locked_keyring_is_told_and_waited_for(screen: Desktop, live: Server) -> None:
    open_keyring(screen)
    pair(screen, live.address, live.pairing_code(), keyring=True)
    screen.programs[-1].stop()
    screen.wait_for_no_name(SECRETS)
    screen.start(*KEYRING)
    screen.wait_for_name(SECRETS)
    tray = start_tray(screen, connected=False)
    eventually(lambda: "The keyring is locked" in tray.program.said(), "the notice")
    menu = TrayMenu(screen)
    assert menu.find("Offline: The keyring is locked")
    assert menu.find("Connect now").enabled
    assert tray.stop() == 0


def test_without_a_keyring_the_code_is_not_used_up(desk: Desktop, live: Server) -> None:
    new_state(desk)
    code = live.pairing_code()
    refused = run(desk, "pair", live.address, code)
    assert refused.returncode == 1
    assert "--token-file" in refused.stderr
    assert run(desk, "pair", live.address, code, "--token-file").returncode == 0
