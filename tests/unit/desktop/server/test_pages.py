from dataclasses import replace

import pytest
from sealbreak_desktop.server import pages
from sealbreak_desktop.state.decoding import read_event
from support.desktop.scripted_server import golden

OPENED = read_event(golden("opened-through-gmail"))


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("", "/history"),
        ("mfzwizltor2xs5dp", "/history/mfzwizltor2xs5dp"),
        ("../devices?x=1", "/history/..%2Fdevices%3Fx%3D1"),
    ],
)
def test_a_message_has_its_page(message: str, path: str) -> None:
    assert pages.page_of(replace(OPENED, message=message)) == path


def test_no_event_leads_to_the_history() -> None:
    assert pages.page_of(None) == "/history"


def test_an_event_with_a_page_of_its_own_leads_there() -> None:
    digest = read_event(golden("digest", path="/history/digest/2026-11-23"))
    assert pages.page_of(digest) == "/history/digest/2026-11-23"


def test_a_link_to_gmail_opens_the_account_that_sent_the_mail() -> None:
    sent = read_event(golden("opened-with-gmail-link"))
    assert sent.gmail is not None
    assert pages.gmail_link(sent.gmail) == (
        "https://mail.google.com/mail/u/?authuser=me%40example.com#all/183234ce86ffa010"
    )
    first = replace(sent.gmail, account="")
    assert pages.gmail_link(first) == "https://mail.google.com/mail/u/#all/183234ce86ffa010"
