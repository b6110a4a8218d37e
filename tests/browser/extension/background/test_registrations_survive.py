"""Every mail sent with a pixel is registered, despite failures of browser, disk and server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.desktop.processes import eventually
from support.desktop.server import Server, server
from support.gmail.browser import Browser
from support.gmail.outage import Outage
from support.gmail.sent import is_known
from support.gmail.stand_in import TRACKER, StandIn
from support.gmail.tab import Tab

WEEK_MS = 7 * 86_400_000


@pytest.fixture(scope="module")
def browser(gmail: StandIn, tracker: Server, outage: Outage, profile: Path) -> Iterator[Browser]:
    with Browser(gmail, profile) as running:
        running.pair(outage.address, tracker.pairing_code())
        yield running


@pytest.fixture(autouse=True)
def settled(outage: Outage, browser: Browser) -> None:
    outage.set("up")
    browser.ask("overview", {"refresh": True})
    eventually(lambda: browser.waiting() == 0, "an empty queue")


@pytest.fixture
def options(browser: Browser) -> Iterator[Page]:
    page = browser.page("options.html")
    yield page
    page.close()


def store(browser: Browser, **values: Any) -> None:
    browser.worker.evaluate("(values) => chrome.storage.local.set(values)", values)


def test_a_browser_killed_while_sending_loses_no_registration(
    browser: Browser, gmail: StandIn, outage: Outage, tracker: Server
) -> None:
    gmail.forget()
    outage.set("down")
    for number in range(1, 4):
        writing = browser.open().compose("ben@example.com")
        browser.stall_worker(0.4)  # so that the mail would be sent before its registration is saved
        writing.click_send()
        gmail.mails(number)
        browser.restart_killed()
    outage.set("up")
    browser.ask("overview", {"refresh": True})
    eventually(lambda: browser.waiting() == 0, "every registration")
    tracked = [mail for mail in gmail.sent() if mail.pixels]
    assert tracked
    assert [mail.id for mail in tracked if not is_known(tracker, mail.id)] == []
    assert len({mail.id for mail in tracked}) == len({mail.draft for mail in tracked})


def test_a_full_storage_drops_what_the_server_can_send_again(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    mail = {"id": "a" * 16, "sentAt": "2026-11-23T09:30:00.250Z", "subject": "x" * 400}
    book = {f"{n:016x}": {"askedAt": 1, "mails": [mail]} for n in range(18_000)}
    store(browser, threads=book)
    fill(browser)
    tab.send("ben@example.com")
    (sent,) = tab.gmail.mails(1)
    eventually(lambda: is_known(tracker, sent.id), "the registration")
    browser.worker.evaluate("chrome.storage.local.remove('junk')")


def test_without_any_storage_a_mail_is_sent_untracked_with_a_notice(
    tab: Tab, browser: Browser
) -> None:
    writing = tab.compose("ben@example.com")
    browser.worker.evaluate("chrome.storage.local.remove(['threads', 'known', 'walk'])")
    fill(browser)
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    tab.page.get_by_text("could not save the tracking data").wait_for()
    browser.worker.evaluate("chrome.storage.local.remove('junk')")


def fill(browser: Browser) -> None:
    """Up to the last hundred bytes of the browser's quota."""
    browser.worker.evaluate(
        """async () => {
            const { local } = chrome.storage;
            const left = local.QUOTA_BYTES - (await local.getBytesInUse());
            await local.set({ junk: "x".repeat(left - 100) });
        }"""
    )


def test_a_clock_that_was_set_back_blocks_nothing(
    browser: Browser, gmail: StandIn, outage: Outage, tracker: Server
) -> None:
    gmail.forget()
    outage.set("down")
    browser.open().send("ben@example.com")
    eventually(lambda: browser.waiting() == 1, "a mail that waits")
    # An attempt that is still running would overwrite the pause that is set here.
    eventually(lambda: browser.stored("queue")["failures"] > 0, "an attempt that failed")
    later = browser.worker.evaluate("Date.now()") + WEEK_MS
    store(browser, queue={**browser.stored("queue"), "failures": 9, "retryAt": later})
    alarm = "chrome.alarms.create({0!r}, {{ when: {1} }})"
    browser.worker.evaluate(f"{alarm.format('retry', later)}, {alarm.format('poll', later)}")
    outage.set("up")
    browser.stop_worker()
    tab = browser.open()  # a visible Gmail tab is enough
    (mail,) = gmail.mails(1)
    eventually(lambda: is_known(tracker, mail.id), "the registration")
    poll = "chrome.alarms.get('poll').then((alarm) => alarm.scheduledTime)"
    eventually(lambda: browser.worker.evaluate(poll) < later - WEEK_MS / 2, "an earlier poll")
    tab.close()


def test_the_error_of_a_proxy_is_not_a_rejection(
    tab: Tab, browser: Browser, outage: Outage, tracker: Server
) -> None:
    outage.set("strange")
    tab.send("ben@example.com")
    eventually(lambda: browser.stored("queue")["failures"] > 0, "a try")
    assert browser.waiting() == 1
    outage.set("up")
    browser.ask("overview", {"refresh": True})
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: is_known(tracker, mail.id), "the registration")
    assert browser.stored("queue")["refused"] == 0


def test_the_pool_holds_enough_for_a_week_without_a_server(browser: Browser) -> None:
    eventually(lambda: len(browser.stored("pool")) >= 350, "two batches of IDs")


def test_signing_out_asks_before_it_drops_registrations(
    tab: Tab, browser: Browser, outage: Outage, options: Page, tracker: Server
) -> None:
    outage.set("down")
    tab.send("ben@example.com")
    eventually(lambda: browser.waiting() == 1, "a mail that waits")
    options.get_by_role("button", name="Sign out", exact=True).click()
    expect(options.get_by_role("alert")).to_contain_text("1 sent mail is not delivered yet")
    options.get_by_role("button", name="Stay signed in").click()
    assert browser.waiting() == 1
    options.get_by_role("button", name="Sign out", exact=True).click()
    options.get_by_role("button", name="Sign out anyway").click()
    expect(options.get_by_role("heading", name="Connect your server")).to_be_visible()
    assert browser.stored("queue")["entries"] == []
    outage.set("up")
    browser.pair(outage.address, tracker.pairing_code())


def test_signing_out_delivers_waiting_registrations(
    tab: Tab, browser: Browser, outage: Outage, options: Page, tracker: Server
) -> None:
    outage.set("down")
    tab.send("ben@example.com")
    eventually(lambda: browser.waiting() == 1, "a mail that waits")
    outage.set("up")
    options.get_by_role("button", name="Sign out", exact=True).click()
    expect(options.get_by_role("heading", name="Connect your server")).to_be_visible()
    (mail,) = tab.gmail.mails(1)
    assert is_known(tracker, mail.id)
    browser.pair(outage.address, tracker.pairing_code())


def test_registrations_of_a_revoked_device_wait_for_their_account(
    tab: Tab, browser: Browser, outage: Outage, tracker: Server, tmp_path: Path
) -> None:
    outage.set("down")
    tab.send("ben@example.com")
    eventually(lambda: browser.waiting() == 1, "a mail that waits")
    tracker.call("DELETE", "devices/me", token=browser.stored("account")["token"])
    outage.set("up")
    browser.ask("overview", {"refresh": True})
    assert browser.ask("overview", {"refresh": False})["warnings"] == ["revoked"]
    tab.compose("ben@example.com", state="cannot")
    with server(tmp_path, SEALBREAK_PUBLIC_URL=TRACKER) as another:
        browser.pair(another.address, another.pairing_code())
        popup = browser.page("popup.html")
        expect(popup.get_by_role("heading", name="wait for another account")).to_be_visible()
        expect(popup.locator("#queue")).to_be_empty()
        popup.close()
        assert another.call("GET", "messages")["messages"] == []
        browser.ask("sign-out", {"giveUp": False})
        assert browser.waiting() == 1
        # Its device is revoked too, and the first account is paired again.
        another.call("DELETE", "devices/me", token=browser.stored("account")["token"])
        browser.ask("overview", {"refresh": True})
        browser.pair(outage.address, tracker.pairing_code())
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: is_known(tracker, mail.id), "the registration")


def test_registrations_for_another_account_can_be_discarded(tab: Tab, browser: Browser) -> None:
    entry = {"id": "a" * 16, "owner": "zzzzzzzz", "version": 1, "body": {"subject": ""}}
    store(browser, queue={**browser.stored("queue"), "entries": [entry]})
    popup = browser.page("popup.html")
    popup.get_by_role("button", name="Discard them").click()
    expect(popup.get_by_role("heading", name="wait for another account")).not_to_be_visible()
    assert browser.waiting() == 0
    popup.close()
