"""What happens elsewhere – on a page, in a command, on another device – with a real server."""

import subprocess
from pathlib import Path

from support.desktop.bus import NotifyMonitor
from support.desktop.desktop import Desktop
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.server import COMMAND, Server, fetch
from support.desktop.tray import new_state, pair, run, start_tray

DAY = 86_400
LATER = "2030-01-01T00:00:00.000Z"


def command(live: Server, *arguments: str) -> None:
    subprocess.run([COMMAND, *arguments], env=live.env, check=True, capture_output=True, timeout=60)


def opened(live: Server, subject: str, sent_ago: float = 3600) -> str:
    """The id of a mail that was opened."""
    message = live.message(subject, sent_ago=sent_ago)
    fetch(message.pixel)
    return message.id


def test_a_snooze_set_elsewhere_is_shown_and_so_is_its_end(screen: Desktop, live: Server) -> None:
    pair(screen, live.address, live.pairing_code())
    start_tray(screen)
    menu = TrayMenu(screen)
    live.call("POST", "snooze", {"until": LATER})
    menu.find("Muted until ")
    command(live, "preferences", "--snooze", "0")
    eventually(lambda: "Mute" in menu.labels(), "the end of the snooze")


def test_a_person_muted_by_the_command_is_shown_so(screen: Desktop, live: Server) -> None:
    pair(screen, live.address, live.pairing_code())
    start_tray(screen)
    opened(live, "Offer 12")
    menu = TrayMenu(screen)
    menu.find("Mute Ann")
    command(live, "preferences", "--mute", "ann@example.com")
    menu.find("Unmute Ann")


def test_a_mute_chosen_offline_is_told_when_the_server_is_back(
    screen: Desktop, live: Server
) -> None:
    pair(screen, live.address, live.pairing_code())
    start_tray(screen)
    menu = TrayMenu(screen)
    live.stop()
    menu.find("Offline: ")
    menu.activate("For 30 minutes")
    menu.activate("For 1 hour")
    menu.find("Muted until ")
    menu.find("Your other devices hear of it when the server is back")
    live.start_again()
    eventually(lambda: live.call("GET", "settings")["snoozed_until"], "the server to know")
    menu.find("Online as ")
    menu.find("Muted until ")
    assert not any(label.startswith("Your other") for label in menu.labels())


def test_a_mute_ended_offline_is_ended_everywhere_even_after_a_restart(
    screen: Desktop, live: Server
) -> None:
    pair(screen, live.address, live.pairing_code())
    live.call("POST", "snooze", {"until": LATER})
    tray = start_tray(screen)
    menu = TrayMenu(screen)
    menu.find("Muted until ")
    live.stop()
    menu.find("Offline: ")
    menu.activate("Unmute (ends ")
    eventually(lambda: "Mute" in menu.labels(), "the end here")
    tray.stop()
    live.start_again()
    assert live.call("GET", "settings")["snoozed_until"] == LATER
    start_tray(screen)
    eventually(lambda: not live.call("GET", "settings")["snoozed_until"], "the end there")


def test_what_the_server_erases_is_erased_here(screen: Desktop, live: Server) -> None:
    state = pair(screen, live.address, live.pairing_code())
    start_tray(screen)
    message = opened(live, "Secret garden")
    opened(live, "Offer 12")
    menu = TrayMenu(screen)
    menu.find("Mark all read (2)")
    command(live, "erase", "--message", message)
    menu.find("Mark all read (1)")
    assert not any("Secret" in label for label in menu.labels())
    assert "Secret" not in run(screen, "history").stdout
    assert b"Secret" not in kept(state)


def test_what_was_erased_while_the_tray_was_away_is_erased_when_it_is_back(
    screen: Desktop, live: Server
) -> None:
    state = pair(screen, live.address, live.pairing_code())
    tray = start_tray(screen)
    opened(live, "Secret garden", sent_ago=3 * DAY)
    TrayMenu(screen).find("Mark all read (1)")
    tray.stop()
    assert b"Secret" in kept(state)
    command(live, "prune", "2")
    start_tray(screen)
    eventually(lambda: "erased here too" in tray.log, "the erasing")
    assert b"Secret" not in kept(state)
    assert run(screen, "history").stdout == "Nothing yet.\n"


def kept(state: Path) -> bytes:
    """All that the app has on the disk."""
    return b"".join(file.read_bytes() for file in state.iterdir() if file.is_file())


def test_two_trays_of_one_account_agree(screen: Desktop, live: Server) -> None:
    with NotifyMonitor(screen.bus_address) as pop_ups:
        trays = []
        for name in ("laptop", "desk"):
            pair(screen, live.address, live.pairing_code())
            Path(screen.env["SEALBREAK_STATE"]).rename(new_state(screen, name))
            trays.append(start_tray(screen))
        menus = [TrayMenu(screen, number) for number in (0, 1)]
        opened(live, "Offer 12")
        assert {pop_ups.wait().title for _ in trays} == {"Ann opened 'Offer 12'"}
        for menu in menus:
            menu.find("Mark all read (1)")
        menus[0].activate("Mark all read")
        eventually(lambda: "Mark all read" in menus[1].labels(), "the other to hear of it")
        menus[1].activate("For 1 hour")
        menus[0].find("Muted until ")
        assert not pop_ups.seen
