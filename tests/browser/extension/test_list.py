"""What the extension shows in Gmail's lists."""

import pytest
from support.gmail.browser import Browser
from support.gmail.sent import HTML, SCANNER, Sent, send
from support.gmail.tab import Tab
from playwright.sync_api import expect
from support.desktop.server import Server


@pytest.fixture(scope="module")
def letter(browser: Browser, tracker: Server) -> Sent:
    """Created before any test uses it."""
    sent = send(browser, tracker, "Known letter")
    sent.opened(tracker)
    return sent


OTHER = {"people": "Cleo", "subject": "Not ours", "thread": "18aa000000000001"}


def test_a_sent_mail_is_marked_and_updated_without_a_reload(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Live letter")
    tab.show_list(sent.row, OTHER)
    mark = tab.mark("Live letter")
    expect(mark).to_have_attribute("aria-label", "Sealbreak: Tracked, no open seen yet.")
    sent.opened(tracker)
    expect(mark.locator("[data-progress=opened]")).to_be_attached()
    sent.followed(tracker)
    expect(mark.locator("[data-progress=clicked]")).to_be_attached()


def test_the_mark_says_when_there_were_only_automated_requests(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Scanned letter")
    sent.opened(tracker, SCANNER)
    tab.show_list(sent.row)
    expect(tab.mark("Scanned letter")).to_have_attribute(
        "title", "Sealbreak: Only automated requests so far, none by a person."
    )


def test_an_automated_request_is_shown_while_the_list_is_visible(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    """Automated requests cause no events: the mail is requested again."""
    sent = send(browser, tracker, "Watched letter")
    tab.page.bring_to_front()
    tab.show_list(sent.row)
    tab.mark("Watched letter").wait_for()
    sent.opened(tracker, SCANNER)
    expect(tab.mark("Watched letter").locator("[data-progress=machines]")).to_be_attached()


def test_the_mark_says_when_only_links_are_tracked(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    writing = tab.compose("ben@example.com", "Linked letter", HTML)
    writing.choose("Opens")
    writing.send()
    sent = Sent(tab.gmail.mails(1)[0], "Linked letter")
    tab.show_list(sent.row)
    expect(tab.mark("Linked letter")).to_have_attribute(
        "title", "Sealbreak: Links tracked; none followed yet."
    )
    sent.followed(tracker)
    expect(tab.mark("Linked letter").locator("[data-progress=clicked]")).to_be_attached()


def test_a_conversation_without_a_tracked_mail_has_no_mark(tab: Tab, letter: Sent) -> None:
    tab.show_list(letter.row, OTHER)
    tab.mark("Known letter").wait_for()
    assert tab.mark("Not ours").count() == 0


def test_a_mark_says_in_one_sentence_what_happened(tab: Tab, letter: Sent) -> None:
    tab.show_list(letter.row)
    mark = tab.page.get_by_role("img", name="Sealbreak: Opened once, on")
    mark.wait_for()
    assert (mark.get_attribute("title") or "").endswith(".")


def test_a_mark_moves_nothing_in_its_row(tab: Tab, letter: Sent) -> None:
    places = (
        "[...document.querySelectorAll('tr.zA *')].filter((x) => !x.closest('.sealbreak-mark'))"
    )
    measure = f"{places}.map((x) => JSON.stringify(x.getBoundingClientRect())).join()"
    tab.show_list(letter.row, OTHER)
    before = tab.page.evaluate(measure)
    tab.mark("Known letter").wait_for()
    assert tab.page.evaluate(measure) == before


def test_a_click_on_a_mark_opens_the_conversation(tab: Tab, letter: Sent) -> None:
    tab.show_list(letter.row)
    tab.mark("Known letter").click()
    assert tab.page.evaluate("document.body.dataset.clicked") == letter.row["thread"]


def test_marks_return_when_gmail_redraws_its_list(tab: Tab, letter: Sent) -> None:
    for _ in range(3):
        tab.show_list(letter.row, OTHER)
        expect(tab.mark("Known letter")).to_have_count(1)


def test_a_reused_row_loses_the_mark_of_the_old_conversation(tab: Tab, letter: Sent) -> None:
    tab.show_list(letter.row, OTHER)
    tab.mark("Known letter").wait_for()
    tab.recycle(0, OTHER)
    tab.recycle(1, letter.row)
    expect(tab.page.locator("tr.zA").nth(1).locator(".sealbreak-mark")).to_be_visible()
    expect(tab.page.locator("tr.zA").nth(0).locator(".sealbreak-mark")).to_have_count(0)


def test_drawing_ends_when_nothing_changes(tab: Tab, letter: Sent) -> None:
    tab.show_list(letter.row, OTHER)
    tab.mark("Known letter").wait_for()
    tab.page.evaluate(
        """() => {
          window.changes = 0;
          new MutationObserver((all) => { window.changes += all.length; })
            .observe(document.getElementById("main"),
              { subtree: true, childList: true, attributes: true });
        }"""
    )
    tab.page.wait_for_timeout(7000)  # longer than the pause between two requests
    assert tab.page.evaluate("window.changes") == 0


def test_marks_follow_gmails_dark_theme(browser: Browser, letter: Sent) -> None:
    tab = browser.open(dark="1")
    tab.show_list(letter.row)
    expect(tab.mark("Known letter")).to_have_attribute("data-theme", "dark")
    tab.close()


def test_marks_are_shown_while_the_server_is_unavailable(
    browser: Browser, tracker: Server, tab: Tab, letter: Sent
) -> None:
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    tracker.stop()
    tab.goto()
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    tracker.start_again()


def test_a_worker_that_was_stopped_keeps_reporting(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Sleepy letter")
    tab.page.bring_to_front()
    tab.show_list(sent.row)
    tab.mark("Sleepy letter").wait_for()
    browser.stop_worker()
    tab.page.bring_to_front()
    sent.opened(tracker)
    expect(tab.mark("Sleepy letter").locator("[data-progress=opened]")).to_be_attached()


def test_signing_out_removes_all_marks(browser: Browser, tracker: Server, letter: Sent) -> None:
    tab = browser.open()
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    browser.ask("sign-out")
    expect(tab.mark("Known letter")).to_have_count(0)
    tab.close()
    browser.pair(tracker.address, tracker.pairing_code())
