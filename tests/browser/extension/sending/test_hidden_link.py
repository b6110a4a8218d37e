"""The hidden link for scanners: only on request, invisible, and registered on the server."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.mails import target
from support.gmail.stand_in import TRACKER
from support.gmail.tab import Tab

HELLO = '<p>Hello, see <a href="https://example.com/a">this</a>.</p>'


@pytest.fixture
def trap(browser: Browser) -> Iterator[None]:
    page = browser.page("options.html")
    switch = page.get_by_role("switch", name="A hidden link as a trap")
    expect(switch).not_to_be_checked()
    switch.check()
    expect(page.locator("#saved")).to_have_text("Saved")
    yield
    switch.uncheck()
    expect(page.locator("#saved")).to_have_text("Saved")
    page.close()


def known(tracker: Server, message: str) -> Any:
    """The message once it is registered."""
    listed = tracker.call("GET", "messages")["messages"]
    return next((one for one in listed if one["id"] == message), None)


def test_a_hidden_link_is_beside_the_pixel_and_invisible_to_readers(
    trap: None, tab: Tab, tracker: Server
) -> None:
    tab.send("ben@example.com", html=HELLO)
    (mail,) = tab.gmail.mails(1)
    seen, hidden = mail.links
    assert target(seen) == "https://example.com/a"
    assert target(hidden).startswith(f"{TRACKER}/r/")
    assert urlsplit(hidden).path.split("/")[4] == "2"
    registered = eventually(lambda: known(tracker, mail.id))
    assert [link["hidden"] for link in registered["links"]] == [False, True]
    reading = tab.page.context.new_page()
    reading.set_content(mail.own)
    assert reading.locator("a").nth(1).bounding_box() is None
    assert reading.locator("body").inner_text().strip() == "Hello, see this."
    reading.close()
