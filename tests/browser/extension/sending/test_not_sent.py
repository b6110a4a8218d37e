"""A mail that did not leave is withdrawn; sent again, it counts as sent."""

from dataclasses import replace
from typing import Any

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import Sent, is_known
from support.gmail.tab import Tab

HELLO = "<p>Hello</p>"
OLDER_SERVER = """() => {
  globalThis.original = globalThis.fetch;
  const refusal = () =>
    new Response('{"title":"Not found","status":404}', {
      status: 404,
      headers: { "content-type": "application/problem+json" },
    });
  globalThis.fetch = (url, init) =>
    url.endsWith("/withdrawn") ? Promise.resolve(refusal()) : globalThis.original(url, init);
}"""
"""A server from before withdrawn mail."""
UPDATED_SERVER = "() => { globalThis.fetch = globalThis.original; }"


def choices(browser: Browser) -> list[dict[str, Any]]:
    return browser.stored("choices") or []


def withdrawn(tracker: Server, message: str) -> bool:
    """Whether the server knows that the mail did not leave."""
    listed = tracker.call("GET", "messages")["messages"]
    return any(one["id"] == message and one["withdrawn"] for one in listed)


@pytest.mark.parametrize("button", [".T-I-atl", ".oh"])
def test_an_undone_send_and_a_cancelled_schedule_are_withdrawn(
    tab: Tab, tracker: Server, button: str
) -> None:
    writing = tab.compose("ben@example.com", "Taken back", HELLO)
    writing.click(button)
    (mail,) = tab.gmail.mails(1)
    tab.page.click("#undo")
    eventually(lambda: withdrawn(tracker, mail.id), "the withdrawal")
    writing.shows("tracked")
    assert tab.notices() == []


def test_a_mail_that_is_sent_again_is_no_longer_withdrawn(tab: Tab, tracker: Server) -> None:
    writing = tab.compose("ben@example.com", "First", HELLO)
    writing.send()
    mail = tab.gmail.mails(1)[0]
    tab.page.click("#undo")
    eventually(lambda: withdrawn(tracker, mail.id), "the withdrawal")
    writing.shows("tracked").send()
    eventually(lambda: not withdrawn(tracker, mail.id), "no withdrawal")
    assert tab.gmail.mails(2)[1].id == mail.id


@pytest.mark.parametrize("query", [{"fails": "1"}, {"fails": "1", "fetch": "1"}])
def test_a_mail_that_gmail_does_not_accept_is_withdrawn(
    browser: Browser, tracker: Server, query: dict[str, str]
) -> None:
    browser.gmail.forget()
    tab = browser.open(0, "", **query)
    tab.compose("ben@example.com", "Refused", HELLO).send()
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: withdrawn(tracker, mail.id), "the withdrawal")
    tab.close()


def test_a_mail_that_gmail_could_not_send_offline_is_withdrawn(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    writing = tab.compose("ben@example.com", "Offline", HELLO)
    message = browser.stored("drafts")[writing.draft()]["seal"]["id"]
    browser.context.set_offline(True)
    writing.send()
    browser.context.set_offline(False)
    eventually(lambda: withdrawn(tracker, message), "the withdrawal")
    assert tab.gmail.sent() == []
    assert tab.notices() == []


def test_of_two_sends_one_of_which_gmail_refuses_the_mail_counts_as_sent(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    """As from two tabs with the same draft, or by a second Ctrl+Enter."""
    writing = tab.compose("ben@example.com", "Twice", HELLO)
    writing.send()
    (mail,) = tab.gmail.mails(1)
    tab.page.route("**/i/s?*", lambda route: route.fulfill(status=500), times=1)
    tab.page.evaluate("standIn.composes.at(-1).send()")
    eventually(lambda: browser.stored("drafts")[mail.draft].get("sends") == 1, "the failure")
    assert browser.stored("drafts")[mail.draft]["sent"] is True
    tab.page.click("#undo")
    eventually(lambda: withdrawn(tracker, mail.id), "the withdrawal")


def test_below_a_mail_that_was_taken_back_and_sent_untracked_nothing_says_not_sent(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    writing = tab.compose("ben@example.com", "Off after all", HELLO)
    writing.send()
    sent = Sent(tab.gmail.mails(1)[0], "Off after all")
    eventually(lambda: is_known(tracker, sent.mail.id), "the registration")
    thread = sent.thread()
    tab.page.click("#undo")
    eventually(lambda: withdrawn(tracker, sent.mail.id), "the withdrawal")
    writing.choose_off().send()
    assert tab.gmail.mails(2)[1].pixels == []
    browser.gmail.threads["off"] = replace(thread, html=HELLO)
    with tab.page.context.expect_event("request", lambda one: sent.mail.id in one.url):
        tab.open_thread("off")
    tab.page.wait_for_timeout(500)
    assert tab.panel.count() == 0


def test_a_schedule_that_is_edited_is_known_with_its_new_time(tab: Tab, tracker: Server) -> None:
    writing = tab.compose("ben@example.com", "Later", HELLO)
    writing.click(".oh")
    (mail,) = tab.gmail.mails(1)
    scheduled = eventually(lambda: scheduled_for(tracker, mail.id), "the first time")
    tab.page.click("#undo")
    eventually(lambda: withdrawn(tracker, mail.id), "the withdrawal")
    writing.shows("tracked").click(".oh")
    eventually(lambda: scheduled_for(tracker, mail.id) != scheduled, "the second time")
    assert not withdrawn(tracker, mail.id)
    assert len(tab.gmail.mails(2)[1].pixels) == 1
    assert tab.notices() == []


def scheduled_for(tracker: Server, message: str) -> str | None:
    listed = tracker.call("GET", "messages")["messages"]
    return next((one["scheduled_for"] for one in listed if one["id"] == message), None)


def test_taking_back_an_untracked_mail_withdraws_nothing(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "Untracked", HELLO).choose_off()
    before = choices(browser)
    writing.send()
    tab.page.click("#undo")
    tab.page.wait_for_timeout(500)
    assert choices(browser) == before


def test_a_withdrawal_is_kept_until_the_server_knows_it(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    browser.worker.evaluate("chrome.storage.local.set({ choices: [] })")
    browser.worker.evaluate(OLDER_SERVER)
    writing = tab.compose("ben@example.com", "For later", HELLO)
    writing.send()
    (mail,) = tab.gmail.mails(1)
    tab.page.click("#undo")
    eventually(lambda: any("notBefore" in one for one in choices(browser)), "the server's refusal")
    assert not withdrawn(tracker, mail.id)
    browser.worker.evaluate(UPDATED_SERVER)
    kept = [{**one, "notBefore": 0} for one in choices(browser)]
    browser.worker.evaluate("(choices) => chrome.storage.local.set({ choices })", kept)
    browser.ask("overview", {"refresh": True})
    eventually(lambda: choices(browser) == [], "the delivery")
    assert withdrawn(tracker, mail.id)
