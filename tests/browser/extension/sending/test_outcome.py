"""What the switch says, what is sent, and what the user is told agree."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.gmail.browser import Browser
from support.gmail.tab import Tab

HELLO = '<p>Hello, see <a href="https://example.com/a">this</a>.</p>'
UNCHANGED = f'<div dir="ltr">{HELLO}</div>'
Open = Callable[..., Tab]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens tabs of a changed Gmail."""
    browser.gmail.forget()
    browser.ask("dismiss-outcomes")
    tabs: list[Tab] = []

    def open_tab(**query: str) -> Tab:
        tabs.append(browser.open(0, "", **query))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.close()


@pytest.fixture
def settings(browser: Browser) -> Iterator[dict[str, Any]]:
    """The settings, which are restored afterwards."""
    kept = browser.ask("overview", {"refresh": False})["settings"]
    yield kept
    browser.ask("settings", kept)


def outcomes(browser: Browser) -> list[str]:
    """The entries in the popup."""
    popup = browser.page("popup.html")
    popup.locator("#latest").wait_for()
    texts = popup.locator("#outcome-list li p").all_inner_texts()
    popup.close()
    return texts


def test_a_mail_that_leaves_as_its_switch_showed_causes_no_notice(
    opened: Open, browser: Browser
) -> None:
    tab = opened()
    tab.compose("ben@example.com", "Offer", HELLO).send()
    tab.compose("cleo@example.com", "Offer", HELLO).choose_off().send()
    tracked, untracked = tab.gmail.mails(2)
    assert len(tracked.pixels) == 1
    assert untracked.own == UNCHANGED
    assert tab.notices() == []
    assert outcomes(browser) == []


def test_before_a_draft_has_its_id_the_switch_does_not_say_tracked(opened: Open) -> None:
    tab = opened(lateid="3000")
    writing = tab.compose("ben@example.com", "Offer", HELLO, state="waiting")
    assert writing.switch.inner_text() == "Not ready yet"
    assert writing.switch.get_attribute("aria-checked") == "false"
    assert "not ready yet" in writing.described()
    writing.shows("tracked").send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert tab.notices() == []


def test_a_mail_that_is_sent_before_its_draft_has_an_id_is_tracked_with_a_notice(
    opened: Open, browser: Browser
) -> None:
    tab = opened(lateid="60000")
    tab.compose("ben@example.com", "Early", HELLO, state="waiting").send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert tab.notice() == "Tracked (opens and links)."
    assert tab.page.locator(".sealbreak-notice > strong").inner_text() == "Early"
    assert outcomes(browser) == ["Tracked (opens and links)."]


def test_a_choice_before_the_id_is_applied_at_send(opened: Open) -> None:
    tab = opened(lateid="60000")
    tab.compose("ben@example.com", "Early", HELLO, state="waiting").choose_off().send()
    assert tab.gmail.mails(1)[0].own == UNCHANGED
    assert tab.notices() == []


def test_a_choice_before_the_id_belongs_to_the_draft_when_the_id_comes(opened: Open) -> None:
    tab = opened(lateid="2000")
    writing = tab.compose("ben@example.com", "Early", HELLO, state="waiting").choose_off()
    eventually(writing.draft, "the draft's id")
    writing.shows("off").send()
    assert tab.gmail.mails(1)[0].own == UNCHANGED
    assert tab.notices() == []


def test_of_two_windows_without_an_id_the_closed_one_is_sent(opened: Open) -> None:
    tab = opened(lateid="60000")
    first = tab.compose("ben@example.com", "First", HELLO, state="waiting")
    tab.compose("cleo@example.com", "Second", HELLO, state="waiting").choose_off()
    first.root.page.locator(".M9").first.locator(".T-I-atl").click()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert tab.notice().startswith("Tracked")


def test_without_a_switch_a_mail_follows_the_default_and_a_notice_says_what_happened(
    opened: Open, browser: Browser
) -> None:
    tab = opened(renamed="1")
    writing = tab.compose("ben@example.com", "No switch", HELLO, state=None)
    assert writing.switch.count() == 0
    writing.send()
    assert len(tab.gmail.mails(1)[0].pixels) == 1
    assert "No switch was shown for this mail" in tab.notice()
    assert len(outcomes(browser)) == 1


def test_without_a_switch_and_with_a_default_of_off_nothing_is_tracked(
    opened: Open, browser: Browser, settings: dict[str, Any]
) -> None:
    browser.ask("settings", {**settings, "tracking": False})
    tab = opened(renamed="1")
    tab.compose("ben@example.com", "No switch", HELLO, state=None).send()
    assert tab.gmail.mails(1)[0].own == UNCHANGED
    assert tab.notice().startswith("Not tracked")


def test_a_recipient_that_is_known_only_at_send_stops_tracking_with_a_notice(
    opened: Open, browser: Browser, settings: dict[str, Any]
) -> None:
    browser.ask("settings", {**settings, "doNotTrack": ["example.org"]})
    tab = opened(added="cleo@example.org")
    tab.compose("ben@example.com", "Added later", HELLO).send()
    assert tab.gmail.mails(1)[0].own == UNCHANGED
    told = "Not tracked: A recipient is on your do-not-track list."
    assert tab.notice() == told
    assert outcomes(browser) == [told]


@pytest.mark.parametrize(
    ("change", "told"),
    [("locked", "confidential mode is not tracked"), ("plainsent", "Plain text cannot contain")],
)
def test_what_the_request_says_counts_although_the_page_shows_nothing(
    opened: Open, browser: Browser, change: str, told: str
) -> None:
    tab = opened(**{change: "1"})
    tab.compose("ben@example.com", "Offer", HELLO).send()
    (mail,) = tab.gmail.mails(1)
    assert "track.example.com" not in mail.html
    assert told in tab.notice()
    assert len(outcomes(browser)) == 1


def test_with_links_only_and_no_link_the_switch_says_that_nothing_is_tracked(
    opened: Open, browser: Browser, settings: dict[str, Any]
) -> None:
    browser.ask("settings", {**settings, "opens": False})
    tab = opened()
    writing = tab.compose("ben@example.com", "Offer", "<p>No link</p>", state="cannot")
    assert "has none" in writing.described()
    writing.send()
    assert tab.gmail.mails(1)[0].pixels == []
    assert tab.notices() == []


def test_without_an_id_in_stock_the_switch_says_so_and_the_mail_is_untracked(
    opened: Open, browser: Browser
) -> None:
    account = browser.stored("account")
    browser.worker.evaluate(
        """(account) => chrome.storage.local.set(
            { pool: [], account: { ...account, address: "http://127.0.0.1:9" } })""",
        account,
    )
    tab = opened()
    writing = tab.compose("ben@example.com", "Offer", HELLO, state="cannot")
    assert "No tracking IDs" in writing.described()
    writing.send()
    assert tab.gmail.mails(1)[0].own == UNCHANGED
    assert tab.notices() == []
    browser.worker.evaluate("(account) => chrome.storage.local.set({ account })", account)
    browser.ask("overview", {"refresh": True})


def test_entries_in_the_popup_can_be_dismissed(opened: Open, browser: Browser) -> None:
    tab = opened(renamed="1")
    tab.compose("ben@example.com", "Dismissed later", HELLO, state=None).send()
    tab.notice()
    popup = browser.page("popup.html")
    expect(popup.locator("#outcomes")).to_contain_text("Dismissed later")
    popup.get_by_role("button", name="Dismiss").click()
    expect(popup.locator("#outcomes")).to_be_hidden()
    popup.close()
    assert outcomes(browser) == []
