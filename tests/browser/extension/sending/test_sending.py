"""Every way in which Gmail can send a mail."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.mails import target
from support.gmail.stand_in import TRACKER, StandIn, Thread, proxied
from support.gmail.tab import Tab

HELLO = '<p>Hello, see <a href="https://example.com/a?x=1&amp;y=2">this</a>.</p>'


@pytest.fixture
def answered(browser: Browser, tracker: Server, tab: Tab) -> Iterator[str]:
    """One of our mails in a thread, with its pixel as Gmail's proxy shows it."""
    tab.send("ben@example.com", html=HELLO)
    (mail,) = browser.gmail.mails(1)
    (pixel,) = mail.pixels
    html = mail.own.replace(pixel, proxied(pixel))
    browser.gmail.threads["answered"] = Thread("msg-f:17", "thread-f:17", html)
    browser.gmail.forget()
    yield mail.id
    del browser.gmail.threads["answered"]


@pytest.mark.parametrize("lang", ["en", "de", "ja"])
def test_a_click_on_send_in_any_language_tracks_the_mail(browser: Browser, lang: str) -> None:
    browser.gmail.forget()
    tab = browser.open(lang=lang)
    tab.send("ben@example.com", html=HELLO)
    (mail,) = browser.gmail.mails(1)
    assert len(mail.pixels) == 1
    assert target(mail.links[0]) == "https://example.com/a?x=1&y=2"
    tab.close()


@pytest.mark.parametrize(
    ("key", "where"), [("Control+Enter", "[g_editable]"), ("Enter", ".T-I-atl")]
)
def test_a_mail_sent_from_the_keyboard_is_tracked(tab: Tab, key: str, where: str) -> None:
    tab.compose("ben@example.com", "Offer", HELLO).press(key, where)
    (mail,) = tab.gmail.mails(1)
    assert len(mail.pixels) == 1


@pytest.mark.parametrize(("button", "label"), [(".archive", "^pfg"), (".oh", "^scheduled")])
def test_send_and_archive_and_scheduled_mail_are_tracked(tab: Tab, button: str, label: str) -> None:
    tab.compose("ben@example.com", "Offer", HELLO).click(button)
    (mail,) = tab.gmail.mails(1)
    assert label in mail.labels
    assert len(mail.pixels) == 1


def test_the_server_knows_when_a_scheduled_mail_will_be_sent(tab: Tab, tracker: Server) -> None:
    tab.compose("ben@example.com", "Later", HELLO).click(".oh")
    (mail,) = tab.gmail.mails(1)
    known = eventually(lambda: registered(tracker, mail.id), "the registration")
    assert known["scheduled_for"] > known["sent_at"]


def test_a_mail_sent_by_fetch_is_tracked(browser: Browser) -> None:
    browser.gmail.forget()
    tab = browser.open(fetch="1")
    tab.send("ben@example.com", html=HELLO)
    assert len(browser.gmail.mails(1)[0].pixels) == 1
    tab.close()


@pytest.mark.parametrize("expanded", [False, True])
def test_a_reply_carries_one_pixel_and_no_older_one(
    tab: Tab, answered: str, expanded: bool
) -> None:
    writing = tab.reply("answered")
    if expanded:
        writing.root.locator(".ajR").click()
    writing.send()
    (mail,) = tab.gmail.mails(1)
    assert mail.html.count("/o/") == 1
    assert mail.id != answered


def test_an_older_link_in_the_quote_is_unwrapped(tab: Tab, answered: str) -> None:
    tab.reply("answered").send()
    (mail,) = tab.gmail.mails(1)
    assert mail.links == ["https://example.com/a?x=1&y=2"]


def test_the_pixel_of_another_owner_stays_in_the_quote(tab: Tab) -> None:
    other = f"{TRACKER}/o/zzzzzzzz/{'a' * 32}.gif"
    html = f'<p>Hi</p><img src="{proxied(other)}">'
    tab.gmail.threads["theirs"] = Thread("msg-f:18", "thread-f:18", html)
    tab.reply("theirs").send()
    (mail,) = tab.gmail.mails(1)
    assert [pixel for pixel in mail.pixels if "zzzzzzzz" in pixel] == [proxied(other)]
    assert len(mail.pixels) == 2


def test_a_mail_from_a_pop_out_is_tracked(browser: Browser) -> None:
    browser.gmail.forget()
    tab = browser.open(path="popout")
    writing = tab.only()
    writing.fill("ben@example.com", "Offer", HELLO)
    writing.shows("tracked").send()
    assert len(browser.gmail.mails(1)[0].pixels) == 1
    tab.close()


def test_two_accounts_in_one_browser_send_side_by_side(browser: Browser) -> None:
    browser.gmail.forget()
    tabs = [browser.open(0), browser.open(1)]
    for tab in tabs:
        tab.send("ben@example.com", html=HELLO)
    mails = browser.gmail.mails(2)
    assert {mail.user for mail in mails} == {"0", "1"}
    assert len({mail.id for mail in mails}) == 2
    for tab in tabs:
        tab.close()


def test_twenty_sends_are_twenty_mails_with_exactly_one_pixel_each(tab: Tab) -> None:
    for number in range(20):
        tab.send("ben@example.com", f"Offer {number}", HELLO)
    mails = tab.gmail.mails(20)
    assert len(mails) == 20
    assert all(len(mail.pixels) == 1 for mail in mails)
    assert len({mail.id for mail in mails}) == 20
    assert tab.gmail.requests("track.example.com") == []


def test_without_a_recipient_nothing_is_sent_and_the_draft_is_unchanged(tab: Tab) -> None:
    writing = tab.compose("", "Offer", HELLO)
    before = writing.root.inner_html()
    writing.click_send()
    tab.page.get_by_text("at least one recipient").wait_for()
    assert tab.gmail.sent() == []
    assert writing.root.locator("[g_editable]").inner_html() in before


def test_a_double_click_sends_one_mail_with_one_id(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HELLO)
    writing.root.locator(".T-I-atl").dblclick()
    writing.left(0)
    assert len({mail.id for mail in tab.gmail.mails(1)}) == 1


def test_a_mail_whose_switch_is_off_is_sent_unchanged(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HELLO)
    writing.switch.click()
    writing.shows("off").send()
    (mail,) = tab.gmail.mails(1)
    assert mail.own == f'<div dir="ltr">{HELLO}</div>'


def test_plain_text_is_not_tracked_and_the_switch_says_why(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HELLO)
    writing.root.locator(".plain").click()
    writing.shows("cannot")
    assert "Plain text" in (writing.root.locator("[role=tooltip]").text_content() or "")
    writing.send()
    assert tab.gmail.mails(1)[0].parts == ((0, "Hello, see this."),)


def test_confidential_mail_is_not_tracked(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HELLO)
    writing.root.locator(".locker").click()
    writing.shows("cannot").send()
    assert tab.gmail.mails(1)[0].pixels == []


def test_a_mail_undone_and_sent_again_keeps_its_id(tab: Tab, tracker: Server) -> None:
    writing = tab.compose("ben@example.com", "First", HELLO)
    writing.send()
    tab.page.click("#undo")
    writing.root.locator("[name=subjectbox]").fill("Second")
    writing.shows("tracked").send()
    first, second = tab.gmail.mails(2)
    assert first.id == second.id
    known = eventually(lambda: registered(tracker, first.id, "Second"), "the later subject")
    assert known["draft_id"] == first.draft


def test_saved_drafts_contain_no_trace_of_the_extension(tab: Tab) -> None:
    writing = tab.compose("ben@example.com", "Offer", HELLO)
    eventually(tab.gmail.drafts, "a saved draft")
    writing.send()
    assert all(TRACKER not in draft.html for draft in tab.gmail.drafts())


def test_every_mail_of_a_batch_has_its_own_id(tab: Tab) -> None:
    for number in (1, 2):
        tab.compose("ben@example.com", f"Offer {number}", HELLO)
    tab.page.evaluate("standIn.batch(...standIn.composes.slice(-2))")
    assert len({mail.id for mail in tab.gmail.mails(2)}) == 2


def test_the_server_learns_gmails_own_ids_after_the_send(tab: Tab, tracker: Server) -> None:
    tab.send("ben@example.com", html=HELLO)
    (mail,) = tab.gmail.mails(1)
    known = eventually(lambda: registered(tracker, mail.id, key="gmail_message_id"), "Gmail's ids")
    assert known["gmail_thread_id"].startswith("18")


def test_the_registration_contains_the_subject_the_recipients_and_the_links(
    tab: Tab, tracker: Server
) -> None:
    tab.send("ben@example.com, cleo@example.com", "Offer 12", HELLO)
    (mail,) = tab.gmail.mails(1)
    known = eventually(lambda: registered(tracker, mail.id), "the registration")
    assert known["subject"] == "Offer 12"
    assert [one["address"] for one in known["recipients"]] == [
        "ben@example.com",
        "cleo@example.com",
    ]
    assert [(one["n"], one["url"]) for one in known["links"]] == [
        (1, "https://example.com/a?x=1&y=2")
    ]


def test_trusted_types_with_a_list_of_allowed_policies_change_nothing(browser: Browser) -> None:
    gmail: StandIn = browser.gmail
    usual, gmail.policy = gmail.policy, f"{gmail.policy}; trusted-types stand-in; style-src 'self'"
    gmail.forget()
    tab = browser.open()
    tab.send("ben@example.com", html=HELLO)
    gmail.policy = usual
    assert len(gmail.mails(1)[0].pixels) == 1
    tab.close()


def registered(tracker: Server, message: str, subject: str | None = None, key: str = "id") -> Any:
    """The message on the server, or None before its registration."""
    found = [one for one in tracker.call("GET", "messages")["messages"] if one["id"] == message]
    fits = [one for one in found if one[key] and subject in (None, one["subject"])]
    return fits[0] if fits else None
