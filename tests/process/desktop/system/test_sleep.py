"""A laptop that sleeps and wakes up: a stand-in for logind on a system bus of the test."""

from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display, start_system_bus
from support.desktop.logind import FakeLogind
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.tray import StartTray


def test_waking_up_connects_at_once(
    display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    start_system_bus(display)
    logind = FakeLogind(display)
    tray = tray_on(display)
    logind.prepare_for_sleep(True)
    eventually(lambda: "goes to sleep" in tray.log, "the sleep")
    assert len(scripted.asked) == 1
    logind.prepare_for_sleep(False)
    tray.wait_until_connected(times=2)
    assert tray.log.count("the machine woke up") == 1


def test_waking_up_ends_the_wait_for_a_server_that_was_away(
    display: Display, tray_on: StartTray, scripted: ScriptedServer
) -> None:
    start_system_bus(display)
    logind = FakeLogind(display)
    tray = tray_on(display)
    scripted.refuse_with = 503
    logind.prepare_for_sleep(False)
    eventually(lambda: tray.log.count("InvalidStatus") >= 3, "pauses that have grown")
    scripted.refuse_with = None
    logind.prepare_for_sleep(False)
    tray.wait_until_connected(times=2)


def test_a_system_bus_that_dies_does_not_take_the_app_along(
    display: Display, tray_on: StartTray, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    bus = start_system_bus(display)
    FakeLogind(display)
    tray = tray_on(display)
    bus.stop()
    scripted.add(golden("clicked"))
    assert pop_ups.wait().title == "A link in your mail to Ann, 'Offer 12', was followed"
    assert tray.stop() == 0


def test_without_a_system_bus_nothing_is_reported(display: Display, tray_on: StartTray) -> None:
    tray = tray_on(display)
    assert "sleep" not in tray.program.said() + tray.log
