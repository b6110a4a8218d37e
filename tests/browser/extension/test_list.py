"""What the extension shows in Gmail's lists."""

import pytest
from support.gmail.browser import Browser
from support.gmail.sent import HTML, SCANNER, Sent, send
from support.gmail.tab import Tab
from playwright.sync_api import expect
from support.desktop.server import Server


@pytest.fixture(scope="module")
def letter(browser: Browser, tracker: Server) -> Sent:
    """Opened before any test looks at it."""
    sent = send(browser, tracker, "Known letter")
    sent.opened(tracker)
    return sent


OTHER = {"people": "Cleo", "subject": "Not ours", "thread": "18aa000000000001"}


def test_a_sent_mail_is_marked_and_follows_what_happens_without_a_reload(
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


def test_a_mail_that_only_a_machine_has_fetched_says_so(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Scanned letter")
    sent.opened(tracker, SCANNER)
    tab.show_list(sent.row)
    expect(tab.mark("Scanned letter")).to_have_attribute(
        "title", "Sealbreak: Only automated requests so far, none by a person."
    )


def test_a_machine_that_comes_while_the_list_is_looked_at_is_shown_too(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    """Machines make no event: the mail itself is asked for again."""
    sent = send(browser, tracker, "Watched letter")
    tab.page.bring_to_front()
    tab.show_list(sent.row)
    tab.mark("Watched letter").wait_for()
    sent.opened(tracker, SCANNER)
    expect(tab.mark("Watched letter").locator("[data-progress=machines]")).to_be_attached()


def test_a_mail_whose_links_alone_are_tracked_says_so(
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


def test_a_conversation_without_a_tracked_mail_is_left_alone(tab: Tab, letter: Sent) -> None:
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


def test_a_click_on_a_mark_opens_the_conversation_as_elsewhere_in_the_row(
    tab: Tab, letter: Sent
) -> None:
    tab.show_list(letter.row)
    tab.mark("Known letter").click()
    assert tab.page.evaluate("document.body.dataset.clicked") == letter.row["thread"]


def test_marks_come_back_when_gmail_draws_its_list_anew(tab: Tab, letter: Sent) -> None:
    for _ in range(3):
        tab.show_list(letter.row, OTHER)
        expect(tab.mark("Known letter")).to_have_count(1)


def test_a_row_that_gmail_uses_again_loses_the_mark_of_the_old_conversation(
    tab: Tab, letter: Sent
) -> None:
    tab.show_list(letter.row, OTHER)
    tab.mark("Known letter").wait_for()
    tab.recycle(0, OTHER)
    tab.recycle(1, letter.row)
    expect(tab.page.locator("tr.zA").nth(1).locator(".sealbreak-mark")).to_be_visible()
    expect(tab.page.locator("tr.zA").nth(0).locator(".sealbreak-mark")).to_have_count(0)


def test_drawing_comes_to_rest(tab: Tab, letter: Sent) -> None:
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
    tab.page.wait_for_timeout(7000)  # longer than the pause between two questions
    assert tab.page.evaluate("window.changes") == 0


def test_marks_follow_gmails_dark_theme(browser: Browser, letter: Sent) -> None:
    tab = browser.open(dark="1")
    tab.show_list(letter.row)
    expect(tab.mark("Known letter")).to_have_attribute("data-theme", "dark")
    tab.close()


def test_marks_are_there_while_the_server_is_away(
    browser: Browser, tracker: Server, tab: Tab, letter: Sent
) -> None:
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    tracker.stop()
    tab.goto()
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    tracker.start_again()


def test_a_worker_that_was_put_to_sleep_goes_on_telling(
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


def test_signed_out_no_mark_is_left(browser: Browser, tracker: Server, letter: Sent) -> None:
    tab = browser.open()
    tab.show_list(letter.row)
    tab.mark("Known letter").wait_for()
    browser.ask("sign-out")
    expect(tab.mark("Known letter")).to_have_count(0)
    tab.close()
    browser.pair(tracker.address, tracker.pairing_code())
