"""Recipients are read from the fields To, Cc and Bcc; the request decides."""

from collections.abc import Iterator

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import is_known

HELLO = "<p>Hello</p>"
LISTED = "cleo@example.org"


@pytest.fixture(autouse=True)
def listed(browser: Browser) -> Iterator[None]:
    browser.gmail.forget()
    settings = browser.ask("overview", {"refresh": False})["settings"]
    browser.ask("settings", {**settings, "doNotTrack": [LISTED]})
    yield
    browser.ask("settings", settings)


@pytest.mark.parametrize("shown", ["chips", "collapsed", "typed"])
def test_a_listed_recipient_is_recognised(browser: Browser, shown: str) -> None:
    tab = browser.open(shown=shown) if shown != "typed" else browser.open()
    writing = tab.compose(f"ben@example.com, {LISTED}", "Listed", HELLO, state="cannot")
    assert "do-not-track list" in writing.described()
    writing.send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert tab.notices() == []
    tab.close()


@pytest.mark.parametrize("field", ["cc", "bcc"])
def test_a_listed_recipient_of_a_copy_is_recognised(browser: Browser, field: str) -> None:
    tab = browser.open(copies="1")
    writing = tab.compose("ben@example.com", "Copied", HELLO)
    writing.root.locator(f"input[name={field}]").fill(LISTED)
    writing.shows("cannot").send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert tab.notices() == []
    tab.close()


def test_people_in_the_text_and_in_suggestions_are_no_recipients(browser: Browser) -> None:
    tab = browser.open(shown="chips", suggested=LISTED)
    mention = f'<p>Ask <a data-hovercard-id="{LISTED}" href="mailto:{LISTED}">Cleo</a>'
    body = f'{mention} <span email="{LISTED}">Cleo</span></p>'
    tab.compose("ben@example.com", "Mentioned", body, state="tracked").send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert tab.notices() == []
    tab.close()


def test_of_more_recipients_than_the_server_lists_the_user_is_told(
    browser: Browser, tracker: Server
) -> None:
    tab = browser.open()
    people = ", ".join(f"person-{number}@example.com" for number in range(501))
    writing = tab.compose(people, "To many", HELLO, state="tracked")
    assert "501 recipients" in writing.described()
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1
    eventually(tab.notices, "the notice")
    assert "lists the first 500" in tab.notices()[0]
    eventually(lambda: is_known(tracker, mail.id), "the registration")
    assert len(tracker.call("GET", f"messages/{mail.id}")["recipients"]) == 500
    outcomes = browser.ask("overview", {"refresh": False})["outcomes"]
    assert [one["text"] for one in outcomes if one["subject"] == "To many"] == tab.notices()
    tab.close()
