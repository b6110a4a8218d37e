"""A mail that leaves without being understood is noticed, however it was sent."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.gmail.browser import Browser
from support.gmail.stand_in import Thread
from support.gmail.tab import Writing

HELLO = "<p>Hello</p>"
Send = Callable[[Writing], None]


@pytest.fixture(autouse=True)
def healthy(browser: Browser) -> Iterator[None]:
    browser.gmail.forget()
    browser.ask("dismiss-warning")
    yield
    browser.ask("dismiss-warning")


def missed(browser: Browser) -> int:
    return int((browser.stored("health") or {}).get("missed", 0))


def pick_time(writing: Writing) -> None:
    writing.root.locator(".oh").click()
    writing.tab.page.locator("#pick").click()


WAYS: dict[str, Send] = {
    "a click on Send": lambda writing: writing.click_send(),
    "Ctrl+Enter": lambda writing: writing.root.locator("[g_editable]").press("Control+Enter"),
    "Enter on Send": lambda writing: writing.root.locator(".T-I-atl").press("Enter"),
    "Send and archive": lambda writing: writing.root.locator(".archive").click(),
    "Schedule send": pick_time,
}


def test_a_window_that_vanishes_without_an_understood_request_is_a_miss(browser: Browser) -> None:
    """All wait at once: each miss is noticed some seconds after its window has gone."""
    tabs = {way: browser.open(beacon="1", pick="1") for way in WAYS}
    writings = {way: tab.compose("ben@example.com", way, HELLO) for way, tab in tabs.items()}
    for way, send in WAYS.items():
        tabs[way].page.bring_to_front()
        send(writings[way])
    sent = browser.gmail.mails(len(WAYS))
    assert {mail.subject for mail in sent} == set(WAYS)
    assert not any("/o/" in mail.html for mail in sent)
    for way, tab in tabs.items():
        assert "could not see" in tab.notice(), way
    eventually(lambda: missed(browser) == len(WAYS), "the misses")
    for tab in tabs.values():
        tab.close()


def test_after_a_miss_new_windows_are_unsure_until_a_mail_is_understood(browser: Browser) -> None:
    tab = browser.open(beacon="1")
    tab.compose("ben@example.com", "Unseen", HELLO).click_send()
    tab.notice()
    later = tab.compose("cleo@example.com", state="unsure")
    assert later.switch.inner_text() == "May not track"
    assert "last mail could not be tracked" in later.described()
    popup = browser.page("popup.html")
    expect(popup.locator("#warnings")).to_contain_text("Gmail may have changed")
    popup.close()
    fine = browser.open()
    fine.compose("dan@example.com", "Seen", HELLO, state="unsure").send()
    assert len(fine.gmail.mails(2)[1].pixels) == 1
    later.shows("tracked")
    assert fine.notices() == []
    tab.close()
    fine.close()


def test_a_pop_out_that_closes_at_once_is_a_miss(browser: Browser) -> None:
    tab = browser.open(path="popout", beacon="1")
    writing = tab.only()
    writing.fill("ben@example.com", "Unseen", HELLO)
    writing.shows("tracked").click_send()
    tab.page.goto("about:blank")
    eventually(lambda: missed(browser) == 1, "the miss")
    tab.close()


def test_a_window_with_an_unknown_form_that_vanishes_is_a_miss_too(browser: Browser) -> None:
    tab = browser.open(renamed="1", beacon="1")
    writing = tab.compose("ben@example.com", "Unseen", HELLO, state=None)
    assert writing.switch.count() == 0
    writing.click_send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert "could not see" in tab.notice()
    eventually(lambda: missed(browser) == 1, "the miss")
    tab.close()


def test_a_reply_that_is_popped_out_is_no_miss_and_keeps_its_choice(browser: Browser) -> None:
    browser.gmail.threads["received"] = Thread("msg-f:1", "thread-f:1", "<p>Hi</p>")
    tab = browser.open()
    tab.reply("received").choose_off()
    tab.page.click(".pop")
    moved = Writing(tab, tab.page.locator("#windows .M9")).shows("off")
    tab.page.wait_for_timeout(5500)
    assert missed(browser) == 0
    assert tab.notices() == []
    moved.send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    tab.close()


def test_closing_the_tab_after_an_alert_is_no_miss(browser: Browser) -> None:
    tab = browser.open()
    tab.compose("", "Nobody", HELLO).click_send()
    tab.page.goto("about:blank")
    tab.page.wait_for_timeout(500)
    assert missed(browser) == 0
    tab.close()


def test_discarding_closing_waiting_and_encryption_are_no_misses(browser: Browser) -> None:
    tab, encrypting = browser.open(), browser.open(encrypted="1")
    encrypting.compose("ben@example.com", "Encrypted", HELLO).send()
    assert encrypting.gmail.mails(1)[0].parts == ()
    assert encrypting.notice() == "Not tracked: Its text cannot be read here, as in encrypted mail."
    tab.page.bring_to_front()
    for last in (".oc", ".Ha"):
        writing = tab.compose("ben@example.com", "Never sent", HELLO)
        writing.root.locator(".plain").click()
        tab.page.locator(".AD").last.locator(last).click()
    tab.compose("", "Nobody", HELLO).click_send()
    tab.page.wait_for_timeout(6000)
    assert missed(browser) == 0
    assert tab.notices() == []
    encrypting.compose("cleo@example.com", state="tracked")
    tab.close()
    encrypting.close()


@pytest.mark.parametrize("body", ["blob", "bytes"])
def test_a_body_that_is_no_text_is_noticed(browser: Browser, body: str) -> None:
    tab = browser.open(body=body)
    tab.compose("ben@example.com", "Packed", HELLO).send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert "may have changed" in tab.notice()
    eventually(lambda: "bytes" in (browser.stored("unreadShape") or ""), "the report")
    tab.compose("cleo@example.com", state="unsure")
    tab.close()


def test_a_send_to_a_new_address_is_noticed_at_once_and_the_report_has_no_text(
    browser: Browser,
) -> None:
    tab = browser.open(elsewhere="1")
    secret = tab.compose("ben@example.com", "A secret subject", "<p>A secret text</p>")
    secret.send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert "not tracked: Gmail may have changed" in tab.notice()
    options = browser.page("options.html")
    expect(options.locator("#report")).to_be_visible()
    shape = options.locator("#shape").input_value()
    assert "^pfg" in shape
    assert "html)" in shape
    assert "secret" not in shape
    assert "example.com" not in shape
    options.close()
    tab.close()
