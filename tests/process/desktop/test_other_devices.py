"""Changes on a page, by a command or on another device reach the tray, with a real server."""

import subprocess
from pathlib import Path

from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.server import COMMAND, Server, fetch
from support.desktop.tray import new_state, pair, run, start_tray

DAY = 86_400
LATER = "2030-01-01T00:00:00.000Z"


def command(live: Server, name: str, *arguments: str) -> None:
    """For the account of the test."""
    whose = ("--account", live.account) if live.account else ()
    words = [COMMAND, name, *whose, *arguments]
    subprocess.run(words, env=live.env, check=True, capture_output=True, timeout=60)


def opened(live: Server, subject: str, sent_ago: float = 3600) -> str:
    """Returns the id of a mail that was opened."""
    message = live.message(subject, sent_ago=sent_ago)
    fetch(message.pixel)
    return message.id


def test_a_snooze_set_on_another_device_and_its_end_are_shown(
    panel_display: Display, live: Server
) -> None:
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    menu = TrayMenu(panel_display)
    live.call("POST", "snooze", {"until": LATER})
    menu.find("Muted until ")
    command(live, "preferences", "--snooze", "0")
    eventually(lambda: "Mute" in menu.labels(), "the end of the snooze")


def test_a_person_muted_by_the_command_is_shown_so(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    opened(live, "Offer 12")
    menu = TrayMenu(panel_display)
    menu.find("Mute Ann")
    command(live, "preferences", "--mute", "ann@example.com")
    menu.find("Unmute Ann")


def test_a_mute_chosen_offline_is_reported_when_the_server_is_back(
    panel_display: Display, own_server: Server
) -> None:
    pair(panel_display, own_server.address, own_server.pairing_code())
    start_tray(panel_display)
    menu = TrayMenu(panel_display)
    own_server.stop()
    menu.find("Offline: ")
    menu.activate("For 30 minutes")
    menu.activate("For 1 hour")
    menu.find("Muted until ")
    menu.find("Your other devices will follow when the server is back")
    own_server.start_again()
    eventually(lambda: own_server.call("GET", "settings")["snoozed_until"], "the server to know")
    menu.find("Online as ")
    menu.find("Muted until ")
    assert not any(label.startswith("Your other") for label in menu.labels())


def test_a_mute_ended_offline_is_ended_everywhere_even_after_a_restart(
    panel_display: Display, own_server: Server
) -> None:
    pair(panel_display, own_server.address, own_server.pairing_code())
    own_server.call("POST", "snooze", {"until": LATER})
    tray = start_tray(panel_display)
    menu = TrayMenu(panel_display)
    menu.find("Muted until ")
    own_server.stop()
    menu.find("Offline: ")
    menu.activate("Unmute (ends ")
    eventually(lambda: "Mute" in menu.labels(), "the end here")
    tray.stop()
    own_server.start_again()
    assert own_server.call("GET", "settings")["snoozed_until"] == LATER
    start_tray(panel_display)
    eventually(lambda: not own_server.call("GET", "settings")["snoozed_until"], "the end there")


def test_events_erased_on_the_server_are_erased_here(panel_display: Display, live: Server) -> None:
    state = pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    message = opened(live, "Secret garden")
    opened(live, "Offer 12")
    menu = TrayMenu(panel_display)
    menu.find("Mark all read (2)")
    command(live, "erase", "--yes", "--message", message)
    menu.find("Mark all read (1)")
    assert not any("Secret" in label for label in menu.labels())
    assert "Secret" not in run(panel_display, "history").stdout
    assert b"Secret" not in kept(state)


def test_events_erased_while_the_tray_was_offline_are_erased_later(
    panel_display: Display, own_server: Server
) -> None:
    state = pair(panel_display, own_server.address, own_server.pairing_code())
    tray = start_tray(panel_display)
    opened(own_server, "Secret garden", sent_ago=3 * DAY)
    TrayMenu(panel_display).find("Mark all read (1)")
    tray.stop()
    assert b"Secret" in kept(state)
    command(own_server, "prune", "--yes", "2")
    start_tray(panel_display)
    eventually(lambda: "erased here too" in tray.log, "the erasing")
    assert b"Secret" not in kept(state)
    assert run(panel_display, "history").stdout == "Nothing yet.\n"


def kept(state: Path) -> bytes:
    """All bytes that the tray has on the disk."""
    return b"".join(file.read_bytes() for file in state.iterdir() if file.is_file())


def test_two_trays_of_one_account_agree(panel_display: Display, live: Server) -> None:
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        trays = []
        for name in ("laptop", "desk"):
            pair(panel_display, live.address, live.pairing_code())
            Path(panel_display.env["SEALBREAK_STATE"]).rename(new_state(panel_display, name))
            trays.append(start_tray(panel_display))
        menus = [TrayMenu(panel_display, number) for number in (0, 1)]
        opened(live, "Offer 12")
        assert {pop_ups.wait().title for _ in trays} == {"Your mail to Ann, 'Offer 12', was opened"}
        for menu in menus:
            menu.find("Mark all read (1)")
        menus[0].activate("Mark all read")
        eventually(lambda: "Mark all read" in menus[1].labels(), "the other to hear of it")
        menus[1].activate("For 1 hour")
        menus[0].find("Muted until ")
        assert not pop_ups.seen
