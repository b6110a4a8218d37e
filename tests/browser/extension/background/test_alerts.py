"""Notifications of the browser, for users without a tray app."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch
from support.gmail.browser import Browser
from support.gmail.sent import SCANNER
from websockets.sync.client import connect

RECORD = """() => {
  globalThis.alertsShown = [];
  const create = chrome.notifications.create.bind(chrome.notifications);
  chrome.notifications.create = (key, alert) => {
    globalThis.alertsShown.push({ key, title: alert.title, message: alert.message });
    return create(key, alert);
  };
}"""
numbers = count(1)


@pytest.fixture
def alerting(browser: Browser, tracker: Server) -> Iterator[Browser]:
    """Switched on as a user does it, with a visible Gmail tab that asks for events."""
    options = browser.page("options.html")
    options.get_by_role("switch", name="Notifications of this browser").check()
    expect(options.locator("#saved")).to_have_text("Saved")
    options.close()
    browser.stop_worker()  # it forgets what it has just shown, which would be folded
    tab = browser.open()
    browser.worker.evaluate(RECORD)
    yield browser
    tab.close()
    browser.ask("settings", {"alerts": False})


def subject() -> str:
    return f"Told {next(numbers)}"


def shown(browser: Browser) -> list[dict[str, Any]]:
    return list(browser.worker.evaluate("globalThis.alertsShown"))


def until_shown(browser: Browser, text: str) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        return next((one for one in shown(browser) if text in one["title"]), None)

    alert = eventually(found, text, within=60)
    assert alert
    return alert


def opened(tracker: Server, about: str, headers: dict[str, str] | None = None) -> str:
    message = tracker.message(about)
    last = tracker.call("GET", "events?limit=1")["last"]
    fetch(message.pixel, headers)
    eventually(lambda: tracker.call("GET", "events?limit=1")["last"] > last, "an event")
    return message.id


def test_an_open_is_told_once_by_a_notification_of_the_browser(
    alerting: Browser, tracker: Server
) -> None:
    about = subject()
    message = opened(tracker, about)
    alert = until_shown(alerting, about)
    assert alert["title"] == f"Your mail to Ann, '{about}', was opened"
    assert alert["key"] == f"{message}/0/open"
    there = "chrome.notifications.getAll().then(Object.keys)"
    eventually(lambda: alert["key"] in alerting.worker.evaluate(there), "the notification")
    other = subject()
    opened(tracker, other)
    until_shown(alerting, other)
    assert len([one for one in shown(alerting) if about in one["title"]]) == 1


def test_while_a_tray_is_connected_the_browser_is_quiet(alerting: Browser, tracker: Server) -> None:
    code = {"code": tracker.pairing_code(), "name": "A tray", "kind": "desktop"}
    tray = tracker.call("POST", "pair", code)
    headers = {"Authorization": f"Bearer {tray['token']}"}
    last = tracker.call("GET", "events?limit=1")["last"]
    address = f"{tracker.address.replace('http', 'ws')}/api/v1/live?after={last}"
    about = subject()
    with connect(address, additional_headers=headers, proxy=None) as socket:
        assert json.loads(socket.recv())["type"] == "hello"
        opened(tracker, about)
        assert json.loads(socket.recv(timeout=60))["event"]["message"]["subject"] == about
        end = tracker.call("GET", "events?limit=1")["last"]
        eventually(lambda: alerting.stored("lastEvent") >= end, "the events", within=60)
    other = subject()
    opened(tracker, other)
    until_shown(alerting, other)
    assert [one for one in shown(alerting) if about in one["title"]] == []


def test_what_the_browser_told_no_tray_tells_again(alerting: Browser, tracker: Server) -> None:
    about = subject()
    opened(tracker, about)
    until_shown(alerting, about)
    last = tracker.call("GET", "events?limit=1")["last"]
    code = {"code": tracker.pairing_code(), "name": "A tray", "kind": "desktop"}
    headers = {"Authorization": f"Bearer {tracker.call('POST', 'pair', code)['token']}"}
    address = f"{tracker.address.replace('http', 'ws')}/api/v1/live?after=0"
    with connect(address, additional_headers=headers, proxy=None) as socket:
        assert json.loads(socket.recv())["alerted"] == last


def test_events_that_come_together_are_one_notification(alerting: Browser, tracker: Server) -> None:
    for page in [one for one in alerting.context.pages if "mail.google" in one.url]:
        page.close()
    for _ in range(4):
        opened(tracker, subject())
    tab = alerting.open()
    alert = until_shown(alerting, "opens")
    assert alert["key"] == "summary"
    tab.close()


def test_a_scanner_is_not_told(alerting: Browser, tracker: Server) -> None:
    scanned = tracker.message(subject())
    fetch(scanned.pixel, SCANNER)
    other = subject()
    opened(tracker, other)
    until_shown(alerting, other)
    assert [one for one in shown(alerting) if scanned.id in one["key"]] == []


def test_what_is_seen_in_the_popup_is_not_told(alerting: Browser, tracker: Server) -> None:
    for page in [one for one in alerting.context.pages if "mail.google" in one.url]:
        page.close()
    about = subject()
    opened(tracker, about)
    popup: Page = alerting.page("popup.html")
    expect(popup.get_by_role("button", name=about)).to_be_visible()
    popup.close()
    tab = alerting.open()
    other = subject()
    opened(tracker, other)
    until_shown(alerting, other)
    assert [one for one in shown(alerting) if about in one["title"]] == []
    tab.close()
