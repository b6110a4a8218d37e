"""The line at the end of a mail that leads its recipients to their page."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.stand_in import TRACKER

HELLO = "<p>Hello</p>"
LINE = re.compile(
    rf'<a href="({TRACKER}/r/[a-z2-7]{{8}}/[a-z2-7]{{32}})" style="[^"]*">([^<]*)</a>'
)


@pytest.fixture
def asked(browser: Browser) -> Iterator[Browser]:
    """As a user chooses it: for recipients at one domain, with words of their own."""
    browser.gmail.forget()
    page = browser.page("options.html")
    page.get_by_label("Add the line").select_option(label="To recipients at these domains")
    page.get_by_label("Domains of recipients").fill("example.org")
    page.get_by_label("Its text").fill("See what Ann keeps")
    page.get_by_label("Its text").blur()
    expect(page.locator("#saved")).to_have_text("Saved")
    page.reload()
    expect(page.get_by_label("Domains of recipients")).to_have_value("example.org")
    expect(page.get_by_label("Its text")).to_have_value("See what Ann keeps")
    page.close()
    yield browser
    browser.ask("settings", {"readerLine": "off", "readerLineDomains": [], "readerLineText": ""})


def test_the_line_leads_to_the_page_where_a_recipient_stops_it(
    asked: Browser, tracker: Server
) -> None:
    tab = asked.open()
    tab.compose("ben@example.com, cleo@example.org", "Lined", HELLO, state="tracked").send()
    (mail,) = asked.gmail.mails(1)
    ((url, text),) = LINE.findall(mail.own)
    assert text == "See what Ann keeps"
    assert mail.own.index(url) < mail.own.index(mail.pixels[0])
    page = asked.context.new_page()
    page.goto(url.replace(TRACKER, tracker.address))
    page.get_by_role("button", name="Stop tracking this mail").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    page.close()
    tab.close()


def test_a_mail_to_others_has_no_line(asked: Browser) -> None:
    tab = asked.open()
    tab.compose("ben@example.com", "Without", HELLO, state="tracked").send()
    assert "/r/" not in asked.gmail.mails(1)[0].own
    tab.close()


def test_a_mail_written_again_has_one_line(asked: Browser) -> None:
    tab = asked.open()
    tab.compose("cleo@example.org", "First", HELLO, state="tracked").send()
    first = asked.gmail.mails(1)[0].own
    asked.gmail.forget()
    tab.compose("cleo@example.org", "Second", first, state="tracked").send()
    (mail,) = asked.gmail.mails(1)
    ((url, _),) = LINE.findall(mail.own)
    assert url not in first
    tab.close()


def test_an_untracked_mail_has_no_line(asked: Browser) -> None:
    tab = asked.open()
    writing = tab.compose("cleo@example.org", "Off", HELLO, state="tracked")
    writing.switch.click()
    writing.shows("off")
    writing.send()
    assert "/r/" not in asked.gmail.mails(1)[0].own
    tab.close()
