"""Pop-ups that can be clicked, on real notification servers."""

import subprocess
import time

import pytest
from support.desktop.browser import BrowserRecorder
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Daemon, Display, virtual_display
from support.desktop.picture import Box, windows
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.server import Server, fetch, landing
from support.desktop.tray import StartTray, new_state, pair, start_tray, write_pairing

HOSTILE = [
    "<span size='200000'>big</span>",
    "<a href='https://example.org'>here</a>",
    "<img src='https://example.org/x.png'/>",
    "R&D <3",
    "--help",
    "x'>, 'priority': <'urgent",
    "\u202egnp.exe",
    "nul\x00 bell\x07 half \ud83d",
    "x" * 10_000,
    "line\n" * 40,
    "\U0001f600 שלום 你好",
]


def pop_up(display: Display) -> Box | None:
    """The box of the pop-up that can be seen."""
    return next((box for box in windows(display) if box[2] - box[0] < 700), None)


def test_a_click_on_the_pop_up_opens_the_message(
    display: Display, live: Server, pop_ups: NotifyMonitor
) -> None:
    browser = BrowserRecorder(display)
    pair(display, live.address, live.pairing_code())
    start_tray(display)
    message = live.message()
    fetch(message.pixel)
    assert pop_ups.wait().actions == ["default", "Open message", "mute", "Mute this mail"]
    box = eventually(lambda: pop_up(display), "the pop-up")
    assert box
    middle = ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)
    click = ["xdotool", "mousemove", *map(str, middle), "click", "1"]
    subprocess.run(click, env=display.env, check=True)
    link = browser.wait()
    assert link.startswith(f"{live.address}/sign-in/")
    assert landing(link) == f"/history/{message.id}"


def test_the_mute_button_of_a_pop_up_mutes_the_mail(bare_display: Display, live: Server) -> None:
    bare_display.start_plain_daemon("actions", "press-mute")
    pair(bare_display, live.address, live.pairing_code())
    start_tray(bare_display)
    message = live.message()
    fetch(message.pixel)
    eventually(lambda: live.call("GET", f"messages/{message.id}")["muted"], "the mute")


def test_a_pop_up_about_several_mails_mutes_none(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    write_pairing(new_state(display), scripted.address, "secret-token")
    start_tray(display).stop()
    scripted.add(*(golden("clicked", number=number) for number in range(1, 6)))
    start_tray(display, connected=False)
    assert pop_ups.wait().actions == ["default", "Open history"]


def test_a_correction_takes_the_place_of_the_pop_up(
    display: Display, tray_on: StartTray, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    tray_on(display)
    scripted.add(golden("opened-directly", number=1), golden("clicked", number=2))
    opened, _ = pop_ups.wait(), pop_ups.wait()
    scripted.add(golden("corrected", number=3, corrects=1))
    correction = pop_ups.wait()
    assert correction.title == "That was Barracuda's scanner, not a reader"
    assert opened.replaces == 0
    assert correction.replaces > 0
    assert dunst_count(display) == 2


def test_repeats_share_one_pop_up(
    display: Display, tray_on: StartTray, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    tray_on(display)
    scripted.add(*(golden("opened-directly", number=number) for number in range(1, 4)))
    pop_ups.wait(lambda one: one.body.endswith("3 times in all"))
    assert dunst_count(display) == 1


def dunst_count(display: Display) -> int:
    command = ["dunstctl", "count", "displayed"]
    done = subprocess.run(command, env=display.env, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.parametrize("daemon", ["dunst", "xfce4-notifyd"])
def test_no_text_breaks_a_pop_up(daemon: Daemon, scripted: ScriptedServer) -> None:
    with (
        virtual_display(daemon=daemon, panel=False) as display,
        NotifyMonitor(display.bus_address) as pop_ups,
    ):
        write_pairing(new_state(display), scripted.address, "secret-token")
        start_tray(display)
        for number, text in enumerate(HOSTILE, 1):
            scripted.add(hostile(number, text))
            shown = pop_ups.wait()
            assert "<" not in shown.body
            assert len(shown.title) < 200
        tallest = max(bottom - top for _, top, _, bottom in windows(display))
        assert tallest < 260


def hostile(number: int, text: str) -> dict[str, object]:
    """One message, with the text as its subject, name and sentence."""
    raw = golden("opened-through-gmail", number=number)
    raw["message"]["subject"] = raw["message"]["recipients"][0]["name"] = text
    raw["verdict"]["sentence"] = text
    return raw


def test_a_daemon_that_hangs_costs_one_notification_and_nothing_else(
    bare_display: Display, scripted: ScriptedServer
) -> None:
    bare_display.start_plain_daemon("actions", "silent")
    write_pairing(new_state(bare_display), scripted.address, "secret-token")
    tray = start_tray(bare_display)
    begun = time.monotonic()
    scripted.add(golden("clicked"))
    eventually(lambda: "a notification was not shown" in tray.log, "the limit")
    assert time.monotonic() - begun < 6
    assert tray.stop() == 0
