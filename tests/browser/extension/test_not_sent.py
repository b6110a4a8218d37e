"""A mail that did not leave is withdrawn; sent again, it counts as sent."""

from typing import Any

import pytest
from support.desktop.processes import eventually
from support.gmail.browser import Browser
from support.gmail.tab import Tab

HELLO = "<p>Hello</p>"
NEWER_SERVER = """() => {
  const original = globalThis.fetch;
  globalThis.withdrawn = [];
  globalThis.fetch = (url, init) => {
    if (!url.endsWith("/withdrawn")) return original(url, init);
    globalThis.withdrawn.push({ url, ...JSON.parse(init.body) });
    return Promise.resolve(new Response(null, { status: 204 }));
  };
}"""
"""A server that knows withdrawn mail."""


def choices(browser: Browser) -> list[dict[str, Any]]:
    return browser.stored("choices") or []


def withdrawn(browser: Browser, message: str) -> bool:
    path = f"messages/{message}/withdrawn"
    bodies = [one["body"] for one in choices(browser) if one["path"] == path]
    told = browser.worker.evaluate("globalThis.withdrawn ?? []")
    return {"withdrawn": True} in bodies or any(path in one["url"] for one in told)


@pytest.mark.parametrize("button", [".T-I-atl", ".oh"])
def test_an_undone_send_and_a_cancelled_schedule_are_withdrawn(
    tab: Tab, browser: Browser, button: str
) -> None:
    writing = tab.compose("ben@example.com", "Taken back", HELLO)
    writing.click(button)
    (mail,) = tab.gmail.mails(1)
    tab.page.click("#undo")
    eventually(lambda: withdrawn(browser, mail.id), "the withdrawal")
    writing.shows("tracked")
    assert tab.notices() == []


def test_a_mail_that_is_sent_again_is_no_longer_withdrawn(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "First", HELLO)
    writing.send()
    mail = tab.gmail.mails(1)[0]
    tab.page.click("#undo")
    eventually(lambda: withdrawn(browser, mail.id), "the withdrawal")
    writing.shows("tracked").send()
    eventually(lambda: not withdrawn(browser, mail.id), "no withdrawal")
    assert tab.gmail.mails(2)[1].id == mail.id


@pytest.mark.parametrize("query", [{"fails": "1"}, {"fails": "1", "fetch": "1"}])
def test_a_mail_that_gmail_does_not_accept_is_withdrawn(
    browser: Browser, query: dict[str, str]
) -> None:
    browser.gmail.forget()
    tab = browser.open(0, "", **query)
    tab.compose("ben@example.com", "Refused", HELLO).send()
    (mail,) = tab.gmail.mails(1)
    eventually(lambda: withdrawn(browser, mail.id), "the withdrawal")
    tab.close()


def test_taking_back_an_untracked_mail_withdraws_nothing(tab: Tab, browser: Browser) -> None:
    writing = tab.compose("ben@example.com", "Untracked", HELLO).choose_off()
    before = choices(browser)
    writing.send()
    tab.page.click("#undo")
    tab.page.wait_for_timeout(500)
    assert choices(browser) == before


def test_a_withdrawal_is_kept_until_the_server_knows_it(tab: Tab, browser: Browser) -> None:
    browser.worker.evaluate("chrome.storage.local.set({ choices: [] })")
    writing = tab.compose("ben@example.com", "For later", HELLO)
    writing.send()
    (mail,) = tab.gmail.mails(1)
    tab.page.click("#undo")
    eventually(lambda: any("notBefore" in one for one in choices(browser)), "a server of today")
    kept = [{**one, "notBefore": 0} for one in choices(browser)]
    browser.worker.evaluate(NEWER_SERVER)
    browser.worker.evaluate("(choices) => chrome.storage.local.set({ choices })", kept)
    browser.ask("overview", {"refresh": True})
    eventually(lambda: choices(browser) == [], "the delivery")
    (told,) = browser.worker.evaluate("globalThis.withdrawn")
    assert told["withdrawn"] is True
    assert mail.id in told["url"]
