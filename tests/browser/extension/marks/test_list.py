"""What the extension shows in Gmail's lists."""

import pytest
from playwright.sync_api import expect
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import HTML, SCANNER, Sent, send
from support.gmail.tab import Tab


@pytest.fixture(scope="module")
def mail(browser: Browser, tracker: Server) -> Sent:
    """Created before any test uses it."""
    sent = send(browser, tracker, "Known mail")
    sent.opened(tracker)
    return sent


OTHER = {"people": "Cleo", "subject": "Not ours", "thread": "18aa000000000001"}


def test_a_sent_mail_is_marked_and_updated_without_a_reload(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Live mail")
    tab.show_list(sent.row, OTHER)
    mark = tab.mark("Live mail")
    expect(mark).to_have_attribute("aria-label", "Sealbreak: Tracked, no open seen yet.")
    sent.opened(tracker)
    expect(mark.locator("[data-progress=opened]")).to_be_attached()
    sent.followed(tracker)
    expect(mark.locator("[data-progress=clicked]")).to_be_attached()


def test_the_mark_says_when_there_were_only_automated_requests(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Scanned mail")
    sent.opened(tracker, SCANNER)
    tab.show_list(sent.row)
    expect(tab.mark("Scanned mail")).to_have_attribute(
        "title", "Sealbreak: Only automated requests so far, none by a person."
    )


def test_an_automated_request_is_shown_while_the_list_is_visible(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    """Automated requests cause no events: the mail is requested again."""
    sent = send(browser, tracker, "Watched mail")
    tab.page.bring_to_front()
    tab.show_list(sent.row)
    tab.mark("Watched mail").wait_for()
    sent.opened(tracker, SCANNER)
    expect(tab.mark("Watched mail").locator("[data-progress=machines]")).to_be_attached()


def test_the_mark_says_when_only_links_are_tracked(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    writing = tab.compose("ben@example.com", "Linked mail", HTML)
    writing.choose("Opens")
    writing.send()
    sent = Sent(tab.gmail.mails(1)[0], "Linked mail")
    tab.show_list(sent.row)
    expect(tab.mark("Linked mail")).to_have_attribute(
        "title", "Sealbreak: Links tracked; none followed yet."
    )
    sent.followed(tracker)
    expect(tab.mark("Linked mail").locator("[data-progress=clicked]")).to_be_attached()


def test_a_conversation_without_a_tracked_mail_has_no_mark(tab: Tab, mail: Sent) -> None:
    tab.show_list(mail.row, OTHER)
    tab.mark("Known mail").wait_for()
    assert tab.mark("Not ours").count() == 0


def test_a_mark_says_in_one_sentence_what_happened(tab: Tab, mail: Sent) -> None:
    tab.show_list(mail.row)
    mark = tab.page.get_by_role("img", name="Sealbreak: Opened once, on")
    mark.wait_for()
    assert (mark.get_attribute("title") or "").endswith(".")


def test_a_mark_moves_nothing_in_its_row(tab: Tab, mail: Sent) -> None:
    places = (
        "[...document.querySelectorAll('tr.zA *')].filter((x) => !x.closest('.sealbreak-mark'))"
    )
    measure = f"{places}.map((x) => JSON.stringify(x.getBoundingClientRect())).join()"
    tab.show_list(mail.row, OTHER)
    before = tab.page.evaluate(measure)
    tab.mark("Known mail").wait_for()
    assert tab.page.evaluate(measure) == before


def test_a_click_on_a_mark_opens_the_conversation(tab: Tab, mail: Sent) -> None:
    tab.show_list(mail.row)
    tab.mark("Known mail").click()
    assert tab.page.evaluate("document.body.dataset.clicked") == mail.row["thread"]


def test_marks_return_when_gmail_redraws_its_list(tab: Tab, mail: Sent) -> None:
    for _ in range(3):
        tab.show_list(mail.row, OTHER)
        expect(tab.mark("Known mail")).to_have_count(1)


def test_a_reused_row_loses_the_mark_of_the_old_conversation(tab: Tab, mail: Sent) -> None:
    tab.show_list(mail.row, OTHER)
    tab.mark("Known mail").wait_for()
    tab.recycle(0, OTHER)
    tab.recycle(1, mail.row)
    expect(tab.page.locator("tr.zA").nth(1).locator(".sealbreak-mark")).to_be_visible()
    expect(tab.page.locator("tr.zA").nth(0).locator(".sealbreak-mark")).to_have_count(0)


def test_drawing_ends_when_nothing_changes(tab: Tab, mail: Sent) -> None:
    tab.show_list(mail.row, OTHER)
    tab.mark("Known mail").wait_for()
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


def test_marks_follow_gmails_dark_theme(browser: Browser, mail: Sent) -> None:
    tab = browser.open(dark="1")
    tab.show_list(mail.row)
    expect(tab.mark("Known mail")).to_have_attribute("data-theme", "dark")
    tab.close()


def test_marks_are_shown_while_the_server_is_unavailable(
    browser: Browser, tracker: Server, tab: Tab, mail: Sent
) -> None:
    tab.show_list(mail.row)
    tab.mark("Known mail").wait_for()
    tracker.stop()
    tab.goto()
    tab.show_list(mail.row)
    tab.mark("Known mail").wait_for()
    tracker.start_again()


def test_a_worker_that_was_stopped_keeps_reporting(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Sleepy mail")
    tab.page.bring_to_front()
    tab.show_list(sent.row)
    tab.mark("Sleepy mail").wait_for()
    browser.stop_worker()
    tab.page.bring_to_front()
    sent.opened(tracker)
    expect(tab.mark("Sleepy mail").locator("[data-progress=opened]")).to_be_attached()


def test_signing_out_removes_all_marks(browser: Browser, tracker: Server, mail: Sent) -> None:
    tab = browser.open()
    tab.show_list(mail.row)
    tab.mark("Known mail").wait_for()
    browser.ask("sign-out")
    expect(tab.mark("Known mail")).to_have_count(0)
    tab.close()
    browser.pair(tracker.address, tracker.pairing_code())
