"""A real keyring, open and locked."""

import pytest
from support.desktop.bus import Bus
from support.desktop.display import Display
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.desktop.tray import new_state, pair_by_command, run, start_tray

KEYRING = ("gnome-keyring-daemon", "--components=secrets", "--foreground")
SECRETS = "org.freedesktop.secrets"


def open_keyring(display: Display) -> None:
    display.start(*KEYRING, "--unlock", feed=b"password")
    display.wait_for_name(SECRETS)


def unlock(bus: Bus, password: str) -> None:
    """As the login does it, without a prompt."""
    path, service = "/org/freedesktop/secrets", "org.freedesktop.Secret.Service"
    _, session = bus.call(SECRETS, path, service, "OpenSession", "sv", "plain", ("s", ""))
    (collection,) = bus.call(SECRETS, path, service, "ReadAlias", "s", "default")
    secret = (session, b"", password.encode(), "text/plain")
    internal = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
    method = "UnlockWithMasterPassword"
    bus.call(SECRETS, path, internal, method, "o(oayays)", collection, secret)


def test_a_token_makes_the_round_trip(display: Display, live: Server) -> None:
    open_keyring(display)
    state = pair_by_command(display, live.address, live.pairing_code())
    assert not (state / "token").exists()
    start_tray(display).stop()
    assert "in the keyring" in run(display, "doctor").stdout
    assert run(display, "sign-out").returncode == 0
    assert run(display, "paired", live.address).returncode == 1


@pytest.mark.timeout(90)
def test_a_locked_keyring_is_reported_and_waited_for(panel_display: Display, live: Server) -> None:
    open_keyring(panel_display)
    pair_by_command(panel_display, live.address, live.pairing_code())
    panel_display.programs[-1].stop()
    panel_display.wait_for_no_name(SECRETS)
    panel_display.start(*KEYRING)
    panel_display.wait_for_name(SECRETS)
    tray = start_tray(panel_display, connected=False)
    eventually(lambda: "The keyring is locked" in tray.program.said(), "the notice")
    menu = TrayMenu(panel_display)
    assert menu.find("Offline: The keyring is locked")
    assert menu.find("Connect now").enabled
    assert tray.stop() == 0


@pytest.mark.timeout(120)
def test_a_keyring_that_starts_after_the_tray_is_found(
    panel_display: Display, live: Server
) -> None:
    open_keyring(panel_display)
    pair_by_command(panel_display, live.address, live.pairing_code())
    panel_display.programs[-1].stop()
    panel_display.wait_for_no_name(SECRETS)
    tray = start_tray(panel_display, connected=False)
    eventually(lambda: "This computer has no keyring" in tray.program.said(), "the notice")
    assert TrayMenu(panel_display).find("Offline: This computer has no keyring")
    open_keyring(panel_display)
    tray.wait_until_connected()
    assert TrayMenu(panel_display).find("Online as")


@pytest.mark.timeout(120)
def test_a_keyring_that_is_unlocked_after_the_tray_started_is_found(
    display: Display, live: Server
) -> None:
    open_keyring(display)
    pair_by_command(display, live.address, live.pairing_code())
    display.programs[-1].stop()
    display.wait_for_no_name(SECRETS)
    display.start(*KEYRING)
    display.wait_for_name(SECRETS)
    tray = start_tray(display, connected=False)
    eventually(lambda: "The keyring is locked" in tray.program.said(), "the notice")
    with display.bus() as bus:
        unlock(bus, "password")
    tray.wait_until_connected()


def test_without_a_keyring_the_code_is_not_used_up(display: Display, live: Server) -> None:
    new_state(display)
    code = live.pairing_code()
    refused = run(display, "pair", live.address, code)
    assert refused.returncode == 1
    assert "--token-file" in refused.stderr
    assert run(display, "pair", live.address, code, "--token-file").returncode == 0
