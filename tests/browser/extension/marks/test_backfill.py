"""Marks on mail that other browsers sent, however long ago."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Message, Server, fetch
from support.gmail.browser import Browser
from support.gmail.stand_in import StandIn
from support.gmail.tab import Tab

MAILS = 450
"""Three pages of the server's list."""
FIRST = "18cc000000000000"
UNTRACKED = "18bb000000000001"
ASKED = """() => {
    const real = self.fetch;
    self.asked = [];
    self.fetch = (url, ...rest) => { self.asked.push(String(url)); return real(url, ...rest); };
}"""


def thread(number: int) -> str:
    return f"{int(FIRST, 16) + number:016x}"


def row(number: int) -> dict[str, str]:
    return {"people": "To: Ben", "subject": f"Mail {number}", "thread": thread(number)}


def register(tracker: Server, name: str, number: int) -> None:
    """A mail sent by another browser, this many hours ago."""
    sent = datetime.now(UTC) - timedelta(hours=number)
    body = {
        "subject": f"Mail {number}", "recipients": [], "links": [], "level": "full",
        "sent_at": sent.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "gmail_thread_id": thread(number), "gmail_account": "ann@example.com",
    }  # fmt: skip
    tracker.call("PUT", f"messages/{name}", body)


@pytest.fixture(scope="module")
def browser(gmail: StandIn, tracker: Server, profile: Path) -> Iterator[Browser]:
    """Paired after all that mail was sent."""
    for start in range(0, MAILS, 150):
        for number, one in enumerate(tracker.call("POST", "ids", {"count": 150})["ids"], start):
            register(tracker, one["id"], number)
    with Browser(gmail, profile) as running:
        running.worker.evaluate(ASKED)
        running.pair(tracker.address, tracker.pairing_code())
        yield running


def known(browser: Browser) -> list[str]:
    return str(browser.stored("known") or "").split()


def test_the_oldest_mail_is_marked_in_a_browser_that_was_paired_later(
    tab: Tab, browser: Browser
) -> None:
    tab.show_list(row(MAILS - 1), row(0))
    tab.mark("Mail 0").wait_for()
    tab.mark(f"Mail {MAILS - 1}").wait_for()


def test_the_backfill_continues_where_the_worker_was_stopped(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    eventually(lambda: browser.stored("walk")["isDone"], "the end of the list")
    again = {"isDone": False, "cursor": None, "until": 0, "endedAt": 0, "lookedAt": 0, "newest": 0}
    store = "(walk) => chrome.storage.local.set({ walk, known: '' })"
    browser.worker.evaluate(store, again)
    tab.page.bring_to_front()
    tab.show_list(row(0))
    eventually(lambda: browser.stored("walk")["cursor"] or known(browser), "a page")
    browser.stop_worker()
    tab.page.bring_to_front()
    eventually(lambda: browser.stored("walk")["isDone"], "the end of the list")
    assert set(known(browser)) >= {thread(number) for number in range(MAILS)}


def test_a_mail_that_another_browser_sends_now_is_marked(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    walk = browser.stored("walk")
    browser.worker.evaluate(
        "(walk) => chrome.storage.local.set({ walk: { ...walk, lookedAt: 0 } })", walk
    )
    (one,) = tracker.call("POST", "ids", {"count": 1})["ids"]
    register(tracker, one["id"], -1)
    tab.show_list(row(-1))
    tab.mark("Mail -1").wait_for()


def test_conversations_without_tracked_mail_are_not_named_to_the_server(
    tab: Tab, browser: Browser
) -> None:
    browser.worker.evaluate(ASKED)
    tab.show_list(row(7), {"people": "Cleo", "subject": "Not ours", "thread": UNTRACKED})
    tab.mark("Mail 7").wait_for()
    expect(tab.mark("Not ours")).to_have_count(0)
    asked = " ".join(browser.worker.evaluate("self.asked"))
    assert thread(7) in asked
    assert UNTRACKED not in asked


def test_a_mail_that_another_computer_registered_late_is_marked_with_its_first_event(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    """It is old, so it is not among the newest mails, and the whole list is read once a day."""
    (one,) = tracker.call("POST", "ids", {"count": 1})["ids"]
    register(tracker, one["id"], MAILS + 500)
    tab.page.bring_to_front()
    tab.show_list(row(MAILS + 500), row(0))
    tab.mark("Mail 0").wait_for()
    assert thread(MAILS + 500) not in known(browser)
    lot = tracker.call("POST", "ids", {"count": 1})
    key = urlsafe_b64decode(one["key"] + "=")
    opened = Message(one["id"], lot["owner"], key, "", tracker.address)
    fetch(opened.pixel)
    expect(tab.mark(f"Mail {MAILS + 500}").locator("[data-progress=opened]")).to_be_attached()
