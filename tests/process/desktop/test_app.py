"""The real program on a real bus and display, with a real server."""

import json
import signal
import subprocess

import pytest
from support.desktop.browser import BrowserRecorder
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display, virtual_display
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.server import Server, fetch
from support.desktop.tray import (
    COMMAND,
    new_state,
    pair,
    pair_by_command,
    run,
    start_tray,
    write_pairing,
)

URL = "https://example.com/offer?id=12"


def test_an_open_and_a_click_pop_up_word_for_word(
    display: Display, live: Server, pop_ups: NotifyMonitor
) -> None:
    pair(display, live.address, live.pairing_code())
    start_tray(display)
    message = live.message(links=[URL])
    assert fetch(message.pixel) == 200
    opened = pop_ups.wait()
    assert (opened.app, opened.title) == ("Sealbreak", "Your mail to Ann, 'Offer 12', was opened")
    assert opened.body == "Opened in Firefox on Linux"
    assert fetch(message.link(1, URL)) == 302
    clicked = pop_ups.wait()
    assert clicked.title == "A link in your mail to Ann, 'Offer 12', was followed"
    assert clicked.body == "Followed a link in Firefox on Linux"


def test_a_hostile_subject_is_shown_harmlessly(
    display: Display, live: Server, pop_ups: NotifyMonitor
) -> None:
    pair(display, live.address, live.pairing_code())
    start_tray(display)
    subject = "<b>Don't</b> panic \u202e R&D <3 \n--help"
    fetch(live.message(subject, [("ann@example.com", "<img src=x>")]).pixel)
    title = "Your mail to <img src=x>, '<b>Don't</b> panic R&D <3 --help', was opened"
    assert pop_ups.wait().title == title


def test_missed_events_are_shown_at_the_next_start(
    display: Display, live: Server, pop_ups: NotifyMonitor
) -> None:
    pair(display, live.address, live.pairing_code())
    for number in range(2):
        fetch(live.message(f"Offer {number}").pixel)
    eventually(lambda: live.call("GET", "events?after=0")["last"] == 2, "two events")
    start_tray(display)
    assert [pop_ups.wait().title for _ in range(2)] == [
        "Your mail to Ann, 'Offer 0', was opened",
        "Your mail to Ann, 'Offer 1', was opened",
    ]


def test_a_notification_appears_after_the_server_came_back(
    display: Display, own_server: Server, pop_ups: NotifyMonitor
) -> None:
    pair(display, own_server.address, own_server.pairing_code())
    tray = start_tray(display)
    message = own_server.message()
    own_server.stop()
    eventually(lambda: "connection ended" in tray.log, "the loss")
    own_server.start_again()
    fetch(message.pixel)
    assert pop_ups.wait().title == "Your mail to Ann, 'Offer 12', was opened"


def test_many_missed_events_are_one_pop_up(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    state = new_state(display)
    write_pairing(state, scripted.address, "secret-token")
    start_tray(display).stop()
    scripted.add(*(golden("opened-through-gmail", number=number) for number in range(1, 6)))
    start_tray(display)
    assert pop_ups.wait().title == "While you were away: 5 opens"
    assert not pop_ups.seen


@pytest.mark.parametrize(("lost", "new"), [(2, 1), (1, 2)], ids=["fewer events", "more events"])
def test_new_events_of_a_server_restored_from_a_backup_are_shown(
    display: Display, own_server: Server, pop_ups: NotifyMonitor, lost: int, new: int
) -> None:
    def opens(*subjects: str) -> None:
        for subject in subjects:
            fetch(own_server.message(subject).pixel)

    before, after = [f"Lost {n}" for n in range(lost)], [f"New {n}" for n in range(new)]
    pair(display, own_server.address, own_server.pairing_code())
    tray = start_tray(display)
    opens("Kept")
    pop_ups.wait()
    own_server.back_up(display.folder / "backup")
    opens(*before)
    for _ in before:
        pop_ups.wait()
    tray.stop()
    own_server.restore(display.folder / "backup")
    opens(*after)
    eventually(lambda: own_server.call("GET", "events?after=0")["last"] == 1 + new, "the events")
    start_tray(display)
    for subject in after:
        eventually(lambda: any(subject in one.title for one in list(pop_ups.seen)), subject)  # noqa: B023
    kept = json.loads(run(display, "history", "--json").stdout)
    subjects = sorted(event["message"]["subject"] for event in kept)
    assert subjects == sorted(["Kept", *before, *after])
    assert not any("Kept" in one.title for one in pop_ups.seen)


def test_what_was_shown_is_not_shown_again(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    write_pairing(new_state(display), scripted.address, "secret-token")
    first = start_tray(display)
    scripted.add(golden("opened-through-gmail"))
    pop_ups.wait()
    assert first.stop() == 0
    start_tray(display)
    scripted.add(golden("clicked"))
    assert pop_ups.wait().title == "A link in your mail to Ann, 'Offer 12', was followed"
    assert scripted.asked[-1] == 1


def test_a_revoked_token_asks_to_sign_in_again_and_does_not_loop(
    panel_display: Display, live: Server
) -> None:
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        pair(panel_display, live.address, live.pairing_code())
        tray = start_tray(panel_display)
        (device,) = [
            one for one in live.call("GET", "devices")["devices"] if one["kind"] == "desktop"
        ]
        live.call("DELETE", f"devices/{device['id']}")
        told = pop_ups.wait()
        assert told.title == "Sealbreak is signed out"
        assert "run `sealbreak pair ADDRESS CODE` again" in told.body
        assert TrayMenu(panel_display).find(f"Signed out: {told.body}")
        assert tray.log.count("connection: connected") == 1


def test_a_new_pairing_wakes_the_running_tray(display: Display, live: Server) -> None:
    new_state(display)
    tray = start_tray(display, connected=False)
    eventually((tray.state / "tray.json").exists, "the tray")
    pair_by_command(display, live.address, live.pairing_code(), "--token-file")
    tray.wait_until_connected()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(display: Display, live: Server, number: signal.Signals) -> None:
    pair(display, live.address, live.pairing_code())
    tray = start_tray(display)
    tray.program.process.send_signal(number)
    assert tray.program.process.wait(5) == 0
    assert not list((display.folder / "tmp").iterdir())


def test_a_second_start_shows_the_history(display: Display, live: Server) -> None:
    browser = BrowserRecorder(display)
    pair(display, live.address, live.pairing_code())
    start_tray(display)
    second = subprocess.run([COMMAND], env=display.env, capture_output=True, text=True, timeout=20)
    assert (second.returncode, second.stderr) == (0, "")
    assert "running already" in second.stdout
    assert browser.wait().startswith(f"{live.address}/sign-in/")


def test_without_a_tray_host_it_says_so_once_and_goes_on(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    write_pairing(new_state(display), scripted.address, "secret-token")
    tray = start_tray(display)
    eventually(lambda: "no panel shows tray icons" in tray.program.said(), "the notice")
    scripted.add(golden("clicked"))
    assert pop_ups.wait().title == "A link in your mail to Ann, 'Offer 12', was followed"
    assert tray.program.said().count("No tray icon") == 1


def history_after_a_click(here: Display, scripted: ScriptedServer) -> tuple[str, str]:
    """The output of the tray, and of `sealbreak history`."""
    write_pairing(new_state(here), scripted.address, "secret-token")
    tray = start_tray(here)
    scripted.add(golden("clicked"))
    eventually(lambda: "Offer 12" in run(here, "history").stdout, "the history")
    assert tray.stop() == 0
    return tray.program.said(), run(here, "history").stdout


def test_without_a_notification_daemon_the_history_is_kept(
    bare_display: Display, scripted: ScriptedServer
) -> None:
    said, printed = history_after_a_click(bare_display, scripted)
    assert said.count("No pop-ups") == 1
    assert "Followed a link in Firefox on Linux, in Germany" in printed


@pytest.mark.parametrize(("bus", "x_server"), [(False, True), (True, False), (False, False)])
def test_without_a_bus_or_a_display_the_history_is_kept(
    scripted: ScriptedServer, bus: bool, x_server: bool
) -> None:
    with virtual_display(daemon=None, panel=False, bus=bus, x_server=x_server) as here:
        said, printed = history_after_a_click(here, scripted)
    assert said.count("No tray icon") == 1
    assert "Offer 12" in printed


def test_a_bus_that_dies_does_not_take_the_app_along(
    display: Display, scripted: ScriptedServer
) -> None:
    write_pairing(new_state(display), scripted.address, "secret-token")
    tray = start_tray(display)
    display.programs[1].stop()
    scripted.add(golden("clicked"))
    eventually(lambda: "Offer 12" in run(display, "history").stdout, "the history")
    assert tray.program.process.poll() is None
    assert tray.stop() == 0


def test_a_daemon_that_starts_late_is_used(bare_display: Display, scripted: ScriptedServer) -> None:
    write_pairing(new_state(bare_display), scripted.address, "secret-token")
    tray = start_tray(bare_display)
    scripted.add(golden("opened-through-gmail"))
    eventually(lambda: "No pop-ups" in tray.program.said(), "the notice")
    bare_display.start_daemon("dunst")
    with NotifyMonitor(bare_display.bus_address) as pop_ups:
        scripted.add(golden("clicked"))
        assert pop_ups.wait().actions[:2] == ["default", "Open message"]


def test_notifications_from_before_the_daemon_started_are_shown_when_it_starts(
    bare_display: Display, scripted: ScriptedServer
) -> None:
    write_pairing(new_state(bare_display), scripted.address, "secret-token")
    tray = start_tray(bare_display)
    scripted.add(golden("clicked"))
    eventually(lambda: "No pop-ups" in tray.program.said(), "the notice")
    with NotifyMonitor(bare_display.bus_address) as pop_ups:
        bare_display.start_daemon("dunst")
        assert pop_ups.wait().title == "A link in your mail to Ann, 'Offer 12', was followed"


def test_the_log_has_no_text_of_a_mail_and_no_token(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    write_pairing(new_state(display), scripted.address, "secret-token")
    tray = start_tray(display)
    scripted.add(golden("opened-by-someone-of-3"), golden("clicked"), golden("hostile-subject"))
    for _ in range(3):
        pop_ups.wait()
    tray.stop()
    for secret in ("Offer", "panic", "Ann", "ann@", "Ben", "example.com/offer", "secret-token"):
        assert secret not in tray.log + tray.program.said()
    assert "INFO" in tray.log


def test_a_damaged_history_goes_into_quarantine_and_is_filled_again(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    state = new_state(display)
    write_pairing(state, scripted.address, "secret-token")
    (state / "history-abcdefgh.sqlite3").write_bytes(b"rubbish" * 1000)
    scripted.add(golden("clicked"))
    tray = start_tray(display)
    assert pop_ups.wait().title == "The history on this computer was damaged"
    eventually(lambda: "Offer 12" in run(display, "history").stdout, "the history")
    assert "history-abcdefgh.sqlite3.damaged-1" in tray.program.said()
    assert not pop_ups.seen
