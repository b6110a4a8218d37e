"""Sending does not wait for the network, and every sent mail is registered."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.outage import Outage
from support.gmail.sent import is_known
from support.gmail.stand_in import StandIn
from support.gmail.tab import Tab


@pytest.fixture(scope="module")
def browser(gmail: StandIn, tracker: Server, outage: Outage, profile: Path) -> Iterator[Browser]:
    with Browser(gmail, profile) as running:
        running.pair(outage.address, tracker.pairing_code())
        yield running


@pytest.fixture(autouse=True)
def reachable(outage: Outage, browser: Browser) -> None:
    """Each test starts with an available server and an empty queue."""
    outage.set("up")
    browser.ask("overview", {"refresh": True})
    eventually(lambda: browser.waiting() == 0, "an empty queue")


@pytest.mark.parametrize("mode", ["slow", "failing", "down"])
def test_a_mail_is_sent_at_once_and_tracked_in_every_server_state(
    tab: Tab, outage: Outage, mode: str
) -> None:
    writing = tab.compose("ben@example.com")
    outage.set(mode)
    start = time.monotonic()
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert time.monotonic() - start < outage.delay - 1
    assert len(mail.pixels) == 1


def test_sent_mail_is_registered_when_the_server_is_back(
    tab: Tab, browser: Browser, outage: Outage, tracker: Server
) -> None:
    outage.set("down")
    tab.send("ben@example.com")
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: browser.waiting() == 1, "a mail that waits")
    outage.set("up")
    eventually(lambda: is_known(tracker, mail.id), "the registration")


def test_the_queue_survives_a_restart_of_the_browser(
    gmail: StandIn, outage: Outage, tracker: Server, tmp_path: Path
) -> None:
    gmail.forget()
    with Browser(gmail, tmp_path) as first:
        first.pair(outage.address, tracker.pairing_code())
        outage.set("down")
        first.open().send("ben@example.com")
        eventually(lambda: first.waiting() == 1, "a mail that waits")
    outage.set("up")
    (mail,) = gmail.mails(1)
    with Browser(gmail, tmp_path):
        eventually(lambda: is_known(tracker, mail.id), "the registration")


def test_a_sleeping_worker_does_not_prevent_tracking(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    writing = tab.compose("ben@example.com")
    browser.stop_worker()
    writing.send()
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: is_known(tracker, mail.id), "the registration")


def test_a_mail_without_a_switch_gets_its_id_from_a_sleeping_worker(
    tab: Tab, browser: Browser
) -> None:
    browser.stop_worker()
    tab.page.evaluate(
        """() => {
            const draft = standIn.compose();
            draft.form.elements.to.value = "ben@example.com";
            draft.send();
        }"""
    )
    assert len(tab.gmail.mails(1)[0].pixels) == 1


def test_without_an_id_the_switch_says_so_and_the_mail_is_sent_untracked(
    tab: Tab, browser: Browser, outage: Outage
) -> None:
    kept = browser.stored("pool")
    outage.set("down")
    store(browser, [])
    writing = tab.compose("ben@example.com", state="cannot")
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    store(browser, kept)


def test_the_pool_is_refilled_when_it_runs_low(browser: Browser, tab: Tab) -> None:
    store(browser, browser.stored("pool")[:3])
    tab.compose("ben@example.com")
    eventually(lambda: len(browser.stored("pool")) >= 25, "fresh IDs")


def test_two_tabs_that_send_at_once_never_share_an_id(browser: Browser, gmail: StandIn) -> None:
    gmail.forget()
    tabs = [browser.open(0), browser.open(1)]
    drafts = [tab.compose(f"{name}@example.com") for tab in tabs for name in ("ben", "cleo")]
    for writing in drafts:
        writing.click_send()
    assert len({mail.id for mail in gmail.mails(4)}) == 4
    for tab in tabs:
        tab.close()


def store(browser: Browser, pool: object) -> None:
    browser.worker.evaluate("(pool) => chrome.storage.local.set({ pool })", pool)


def test_after_an_outage_of_days_and_a_restart_nothing_is_lost(
    gmail: StandIn, outage: Outage, tracker: Server, tmp_path: Path
) -> None:
    gmail.forget()
    with Browser(gmail, tmp_path) as first:
        first.pair(outage.address, tracker.pairing_code())
        outage.set("down")
        first.open().send("ben@example.com")
        eventually(lambda: first.waiting() == 1, "a mail that waits")
        first.worker.evaluate(FAILED_FOR_DAYS)
    (mail,) = gmail.mails(1)
    with Browser(gmail, tmp_path) as second:
        eventually(lambda: second.stored("queue")["failures"] > DAYS_OF_FAILURES, "one more try")
        popup = second.page("popup.html")
        expect(popup.locator("#queue")).to_contain_text("1 sent mail waits for your server")
        outage.set("up")
        popup.reload()  # opening a page does not wait for the next attempt
        eventually(lambda: is_known(tracker, mail.id), "the registration")
        expect(popup.locator("#queue")).to_be_empty()


DAYS_OF_FAILURES = 400
FAILED_FOR_DAYS = f"""chrome.storage.local.get("queue").then(({{ queue }}) => {{
  const after = {{ ...queue, failures: {DAYS_OF_FAILURES}, retryAt: 1 }};
  return chrome.storage.local.set({{ queue: after }});
}})"""


def test_a_full_queue_drops_its_oldest_registration_with_a_warning(
    tab: Tab, browser: Browser, outage: Outage
) -> None:
    outage.set("down")
    browser.worker.evaluate(FULL)
    tab.send("ben@example.com")
    eventually(lambda: browser.stored("queue")["dropped"] == 1, "a mail that was given up")
    assert browser.waiting() == MOST_ENTRIES
    popup = browser.page("popup.html")
    expect(popup.get_by_role("heading", name="Some sent mails are not registered")).to_be_visible()
    expect(popup.locator("#queue")).to_contain_text("1000 sent mails wait")
    options = browser.page("options.html")
    expect(options.locator("#facts")).to_contain_text("1000 sent, not yet registered")
    expect(options.locator("#warnings")).to_contain_text("Some sent mails are not registered")
    popup.locator("#warnings").get_by_role("button", name="Dismiss").click()
    expect(
        popup.get_by_role("heading", name="Some sent mails are not registered")
    ).not_to_be_visible()
    popup.close()
    options.close()
    browser.worker.evaluate("chrome.storage.local.remove('queue')")


MOST_ENTRIES = 1000
FULL = f"""chrome.storage.local.get(["queue", "account"]).then(({{ queue, account }}) => {{
  const id = (at) => at.toString(2).replaceAll("0", "a").replaceAll("1", "b").padStart(16, "a");
  const entries = Array.from({{ length: {MOST_ENTRIES} }}, (_, at) =>
    ({{ id: id(at), owner: account.owner, version: 1, body: {{ subject: "" }} }}));
  return chrome.storage.local.set({{ queue: {{ ...queue, entries, dropped: 0 }} }});
}})"""
