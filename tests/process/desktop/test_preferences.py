"""Notification preferences on a real display, with a real server that applies them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.server import BROWSER, Server, fetch, server
from support.desktop.tray import pair, start_tray

AT_HOME = {**BROWSER, "X-Forwarded-For": "78.207.100.113"}
AT_THE_OFFICE = {**BROWSER, "X-Forwarded-For": "125.170.95.88"}


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Server]:
    with server(tmp_path / "server", SEALBREAK_TRUSTED_PROXIES="127.0.0.1/32") as running:
        yield running


def test_preferences_decide_what_pops_up(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    live.call("PUT", "settings", {"alerts": {"opened": False}})
    start_tray(panel_display)
    menu = TrayMenu(panel_display)
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        message = live.message()
        fetch(message.pixel, AT_HOME)
        menu.find("Mark all read (1)")
        fetch(message.pixel, AT_THE_OFFICE)
        first = pop_ups.wait()
        assert first.title == "'Offer 12' is hot"
        assert first.body == "Opened from 2 networks within a day, perhaps forwarded"

        menu.find("Mark all read (2)")
        menu.activate("Mark all read")
        eventually(lambda: live.call("GET", "events")["read"] == 2, "the server to know")

        menu.activate("For 1 hour")
        eventually(lambda: live.call("GET", "settings")["snoozed_until"], "the server to snooze")
        menu.activate("Unmute (")
        eventually(lambda: not live.call("GET", "settings")["snoozed_until"], "its end")

        fetch(live.message("Offer 13").pixel, AT_HOME)
        menu.find("Mark all read (1)")
        live.call("POST", "read", {"up_to": 3})
        eventually(lambda: "Mark all read" in menu.labels(), "the empty badge")
        assert not pop_ups.seen
