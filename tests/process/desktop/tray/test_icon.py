"""The icon and its menu on a real panel."""

import subprocess

from support.desktop.browser import BrowserRecorder
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display
from support.desktop.menu import TrayMenu
from support.desktop.picture import GREY_WAX, WAX, count, find, grab, windows
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.server import Server, fetch, landing
from support.desktop.tray import StartTray, new_state, pair, start_tray

PANEL = (700, 0, 1000, 30)


def wait_for_icon(panel_display: Display, colour: tuple[int, int, int] = WAX) -> None:
    eventually(lambda: count(grab(panel_display, PANEL), colour, 20) > 40, "the icon")


def click_icon(panel_display: Display) -> None:
    box = find(grab(panel_display, PANEL), WAX, 20)
    assert box
    x, y = PANEL[0] + (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    subprocess.run(
        ["xdotool", "mousemove", str(x), str(y), "click", "1"], env=panel_display.env, check=True
    )


def open_menus(panel_display: Display) -> int:
    return sum(bottom - top > 150 for _, top, _, bottom in windows(panel_display))


def test_the_seal_is_seen_in_the_panel(panel_display: Display, tray_on: StartTray) -> None:
    tray_on(panel_display)
    wait_for_icon(panel_display)


def test_an_app_without_a_pairing_shows_the_other_seal(panel_display: Display) -> None:
    new_state(panel_display)
    start_tray(panel_display, connected=False)
    wait_for_icon(panel_display, (206, 124, 10))


def test_a_lost_server_turns_the_seal_grey(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    wait_for_icon(panel_display)
    scripted.stop()
    wait_for_icon(panel_display, GREY_WAX)


def test_the_menu_shows_what_happened(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    scripted.add(golden("clicked"))
    menu = TrayMenu(panel_display)
    assert menu.find("To Ann, link – Offer 12 – ").enabled
    assert menu.find("Open message").enabled
    assert menu.find("Online as Ann").enabled is False
    assert menu.find("Mark all read (1)").enabled
    eventually(lambda: menu.tooltip == "Sealbreak – Online as Ann – 1 unread", "the tooltip")


def test_an_underscore_in_a_subject_stays_one(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    event = golden("clicked")
    event["message"]["subject"] = "plan_b a__c"
    scripted.add(event)
    TrayMenu(panel_display).find("To Ann, link – plan_b a__c – ")


def test_events_beyond_the_ten_rows_are_counted(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    scripted.add(*(golden("clicked", number=number) for number in range(1, 14)))
    menu = TrayMenu(panel_display)
    menu.find("Mark all read (13)")
    assert sum(label.startswith("To Ann, link") for label in menu.labels()) == 10
    assert "Nothing yet" not in menu.labels()


def test_all_is_marked_as_read(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    scripted.add(golden("clicked"))
    menu = TrayMenu(panel_display)
    menu.find("Mark all read (1)")
    menu.activate("Mark all read")
    eventually(lambda: menu.tooltip == "Sealbreak – Online as Ann", "an empty badge")


def test_a_mute_is_shown_and_undone(panel_display: Display, tray_on: StartTray) -> None:
    tray_on(panel_display)
    menu = TrayMenu(panel_display)
    menu.activate("For 1 hour")
    menu.find("Muted until ")
    wait_for_icon(panel_display, (84, 84, 160))
    menu.activate("Unmute (ends ")
    eventually(lambda: not menu.find("Unmute").enabled, "the end of the mute")


def test_open_at_login_is_a_tick(panel_display: Display, tray_on: StartTray) -> None:
    tray_on(panel_display)
    menu = TrayMenu(panel_display)
    assert not menu.find("Open at login").checked
    menu.activate("Open at login")
    eventually(lambda: menu.find("Open at login").checked, "the tick")
    (entry,) = (panel_display.folder / "config/autostart").glob("sealbreak-*.desktop")
    assert f"SEALBREAK_STATE={panel_display.env['SEALBREAK_STATE']}" in entry.read_text()


def test_quit_ends_it(panel_display: Display, tray_on: StartTray) -> None:
    tray = tray_on(panel_display)
    TrayMenu(panel_display).activate("Quit")
    assert tray.program.process.wait(5) == 0


def test_a_mail_is_opened_in_gmail(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    browser = BrowserRecorder(panel_display)
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        tray_on(panel_display)
        scripted.add(golden("opened-with-gmail-link"))
        assert pop_ups.wait().actions[2:4] == ["gmail", "Open in Gmail"]
    menu = TrayMenu(panel_display)
    assert menu.find("Mark all read (1)")
    menu.activate("Open in Gmail")
    assert browser.wait() == (
        "https://mail.google.com/mail/u/?authuser=me%40example.com#all/183234ce86ffa010"
    )
    eventually(lambda: not menu.find("Mark all read").enabled, "the mail to be read")


def test_a_click_on_an_event_opens_its_message(panel_display: Display, live: Server) -> None:
    browser = BrowserRecorder(panel_display)
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    message = live.message()
    fetch(message.pixel)
    menu = TrayMenu(panel_display)
    menu.find("To Ann – Offer 12 – ")
    menu.activate("Open message")
    assert landing(browser.wait()) == f"/history/{message.id}"
    eventually(lambda: "Mark all read" in menu.labels(), "the message read")


def test_a_mail_is_muted_and_unmuted(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    message = live.message()
    fetch(message.pixel)
    menu = TrayMenu(panel_display)
    menu.activate("Mute this mail")
    menu.find("Unmute this mail")
    assert live.call("GET", f"messages/{message.id}")["muted"]
    menu.activate("Unmute this mail")
    menu.find("Mute this mail")
    assert not live.call("GET", f"messages/{message.id}")["muted"]


def test_a_person_is_muted_and_unmuted(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    fetch(live.message().pixel)
    menu = TrayMenu(panel_display)
    menu.activate("Mute Ann")
    menu.find("Unmute Ann")
    assert live.call("GET", "mutes")["recipients"] == ["ann@example.com"]
    menu.activate("Unmute Ann")
    menu.find("Mute Ann")


def test_no_person_of_several_can_be_muted(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    scripted.add(golden("opened-by-someone-of-3"))
    menu = TrayMenu(panel_display)
    menu.find("Mute this mail")
    assert [label for label in menu.labels() if label.startswith("Mute")] == [
        "Mute this mail",
        "Mute",
    ]


def test_settings_open_signed_in(panel_display: Display, live: Server) -> None:
    browser = BrowserRecorder(panel_display)
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    TrayMenu(panel_display).activate("Settings")
    assert landing(browser.wait()) == "/history/settings"


def test_the_history_opens_signed_in(panel_display: Display, live: Server) -> None:
    browser = BrowserRecorder(panel_display)
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    TrayMenu(panel_display).activate("Open history")
    assert landing(browser.wait()) == "/history"


def test_sign_out_revokes_the_device_on_the_server(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    start_tray(panel_display)
    menu = TrayMenu(panel_display)
    menu.activate("Sign out")
    assert menu.find("Signed out: run `sealbreak pair")
    devices = live.call("GET", "devices")["devices"]
    ours = next(device for device in devices if device["kind"] == "desktop")
    assert ours["revoked_at"]


def test_the_menu_stays_usable_during_a_burst(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray = tray_on(panel_display)
    panel = panel_display.programs[3]
    menu = TrayMenu(panel_display)
    scripted.add(*(golden("opened-through-gmail", number=number) for number in range(1, 151)))
    menu.activate("For 1 hour")
    menu.find("Muted until ")
    menu.find("Mark all read (150)")
    assert panel.process.poll() is None
    assert tray.program.process.poll() is None


def test_an_open_menu_stays_open_when_an_event_comes(
    panel_display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    tray_on(panel_display)
    wait_for_icon(panel_display)
    click_icon(panel_display)
    eventually(lambda: open_menus(panel_display) == 1, "the menu")
    scripted.add(golden("clicked"))
    TrayMenu(panel_display).find("To Ann, link – Offer 12")
    assert open_menus(panel_display) == 1


def test_a_panel_that_starts_again_shows_the_seal_again(
    panel_display: Display, tray_on: StartTray
) -> None:
    tray_on(panel_display)
    wait_for_icon(panel_display)
    panel_display.programs[3].stop()
    panel_display.wait_for_no_name("org.kde.StatusNotifierWatcher")
    panel_display.start_panel()
    wait_for_icon(panel_display)
