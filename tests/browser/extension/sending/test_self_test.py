"""The test mail that users send to themselves, from the popup to the visit of its picture."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect
from support.desktop.server import Server, fetch
from support.gmail.browser import Browser
from support.gmail.stand_in import TRACKER
from support.gmail.tab import Tab

GMAIL = {
    "User-Agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko (via ggpht.com GoogleImageProxy)"
}


def from_the_popup(browser: Browser) -> str:
    """Presses the button of the popup. Returns the subject that Gmail's compose window is given."""
    popup = browser.page("popup.html")
    with browser.context.expect_page() as opened:
        popup.get_by_role("button", name="Send yourself a test mail").click()
    url = urlsplit(opened.value.url)
    opened.value.close()
    assert (url.hostname, parse_qs(url.query)["view"]) == ("mail.google.com", ["cm"])
    return parse_qs(url.query)["su"][0]


def test_the_test_mail_gets_its_picture_and_is_not_tracked(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    subject = from_the_popup(browser)
    before = tracker.call("GET", "messages")["messages"]
    browser.gmail.forget()
    writing = tab.compose("cleo@example.com", subject, state="off")
    expect(writing.switch).to_have_text("Test mail")
    writing.send()
    (mail,) = browser.gmail.mails(1)
    picture = f"{TRACKER}/o/check/{subject.removeprefix('Sealbreak test ')}.gif"
    assert picture in mail.own
    assert mail.own.count("<img") == 1
    assert tab.notices() == []
    popup = browser.page("popup.html")
    expect(popup.locator("#self-test-state")).to_contain_text("Nothing has asked for the picture")
    popup.close()
    fetch(picture.replace(TRACKER, tracker.address), GMAIL)
    popup = browser.page("popup.html")
    said = popup.locator("#self-test-state")
    expect(said).to_contain_text("Something reached this server from 127.0.0.1 at")
    expect(said).to_contain_text("that address is not in Google's network")
    popup.close()
    assert tracker.call("GET", "messages")["messages"] == before


def test_a_reply_to_the_test_mail_is_an_ordinary_mail(browser: Browser, tab: Tab) -> None:
    tab.send("ben@example.com", f"Re: {from_the_popup(browser)}")
    (mail,) = browser.gmail.mails(1)
    assert len(mail.pixels) == 1
    assert "/o/check/" not in mail.own
