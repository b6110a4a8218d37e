"""Marks and panels in lists and panes that look different from the usual ones."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import Sent, send
from support.gmail.stand_in import Thread
from support.gmail.tab import Tab

OTHER = {"people": "Cleo", "subject": "Not ours", "thread": "18aa000000000001"}
LIMIT = 500
"""Conversations in one message from the tab to the background."""
ASKED = """() => {
    const real = self.fetch;
    self.asked = [];
    self.fetch = (url, ...rest) => { self.asked.push(String(url)); return real(url, ...rest); };
}"""


@pytest.fixture(scope="module")
def mails(browser: Browser, tracker: Server) -> list[Sent]:
    return [send(browser, tracker, f"Mail {number}") for number in (1, 2, 3)]


@pytest.fixture
def thread(browser: Browser, mails: list[Sent]) -> Iterator[str]:
    browser.gmail.threads["mail"] = mails[0].thread()
    yield "mail"
    del browser.gmail.threads["mail"]


def others(count: int) -> list[dict[str, str]]:
    return [
        {"people": "Cleo", "subject": f"Other {n}", "thread": f"18ab{n:012x}"} for n in range(count)
    ]


@pytest.mark.parametrize("text", ["undefined", "", "null", "thread-a:r1|msg-a:r2"])
def test_an_id_that_is_none_hides_no_mark(tab: Tab, mails: list[Sent], text: str) -> None:
    tab.show_list({**OTHER, "thread": text}, mails[0].row)
    tab.mark("Mail 1").wait_for()
    assert tab.mark("Not ours").count() == 0


def test_a_row_whose_id_comes_late_gets_its_mark(tab: Tab, mails: list[Sent]) -> None:
    tab.show_list({**mails[0].row, "thread": "undefined"}, mails[1].row)
    tab.mark("Mail 2").wait_for()
    tab.recycle(0, mails[0].row)
    tab.mark("Mail 1").wait_for()


@pytest.mark.parametrize("count", [LIMIT, 3 * LIMIT])
def test_any_number_of_conversations_can_be_on_the_page(
    tab: Tab, mails: list[Sent], count: int
) -> None:
    tab.show_list(mails[0].row, *others(count), mails[1].row)
    tab.mark("Mail 1").wait_for()
    tab.mark("Mail 2").wait_for()


def test_the_conversations_that_the_user_sees_are_asked_for_first(
    browser: Browser, tab: Tab, mails: list[Sent]
) -> None:
    first, second, _ = mails
    tab.page.evaluate("standIn.showList([])")
    browser.worker.evaluate("() => chrome.storage.local.set({ threads: {} })")
    browser.worker.evaluate(ASKED)
    tab.page.evaluate(
        "(rows) => { standIn.showList(rows); scrollTo(0, document.body.scrollHeight); }",
        [first.row, *others(200), second.row],
    )
    tab.mark("Mail 2").wait_for()
    both = (first.thread_id, second.thread_id)
    asked: list[str] = browser.worker.evaluate("self.asked")
    named = [url for url in asked if all(thread in url for thread in both)]
    assert named
    assert named[0].index(second.thread_id) < named[0].index(first.thread_id)


def test_a_pane_below_a_list_has_a_panel_and_its_row_a_mark(
    tab: Tab, mails: list[Sent], thread: str
) -> None:
    tab.show_split(thread, mails[0].row, OTHER)
    tab.mark("Mail 1").wait_for()
    expect(tab.panel).to_have_count(1)
    assert tab.mark("Not ours").count() == 0


def test_beside_a_vertical_pane_each_conversation_has_one_mark_in_its_first_line(
    tab: Tab, mails: list[Sent], thread: str
) -> None:
    tab.show_split(thread, mails[0].row, OTHER, mails[1].row, mails[2].row, vertical=True)
    marks = tab.page.locator(".sealbreak-mark")
    expect(marks).to_have_count(3)
    assert tab.page.locator("tr.apv > td.apy > .sealbreak-mark").count() == 3
    expect(tab.panel).to_have_count(1)


def test_a_reply_that_was_just_sent_has_a_panel_although_its_id_is_its_drafts(
    browser: Browser, tab: Tab, tracker: Server
) -> None:
    """Gmail shows it as it was written, without a pixel, under the former id of its draft."""
    browser.gmail.threads["other"] = Thread("msg-f:5", "thread-f:5", "<p>Offer?</p>")
    writing = tab.reply("other")
    writing.send()
    (mail,) = browser.gmail.mails(1)
    browser.gmail.threads["sent"] = Thread(
        mail.draft, "thread-f:5", "<p>Thanks</p>", "18ff000000000001", "18ff000000000002"
    )
    tab.open_thread("sent")
    expect(tab.panel).to_contain_text("no open seen yet")
    again = browser.open()
    again.open_thread("sent")
    again.page.wait_for_timeout(500)
    assert again.panel.count() == 0, "this conversation has no tracked mail on the server"
    again.close()


def test_after_a_reload_a_reply_is_recognised_by_its_draft(
    browser: Browser, tab: Tab, mails: list[Sent]
) -> None:
    own = mails[0].thread()
    browser.gmail.threads["sent"] = Thread(
        own.id, own.thread, "<p>Hi</p>", "18ff000000000001", own.legacy_thread
    )
    tab.open_thread("sent")
    tab.panel.wait_for()


def test_an_untracked_reply_under_an_own_mails_quote_has_no_panel(
    browser: Browser, tab: Tab, mails: list[Sent]
) -> None:
    quoted = mails[0].thread()
    browser.gmail.threads["sent"] = Thread("msg-a:r9", quoted.thread, quoted.html)
    with tab.page.context.expect_event("request", lambda one: mails[0].mail.id in one.url):
        tab.open_thread("sent")
    tab.page.wait_for_timeout(500)
    assert tab.panel.count() == 0


@pytest.mark.parametrize("way", [{}, {"fetch": "1"}])
def test_ids_that_only_a_later_answer_names_reach_the_server(
    browser: Browser, tracker: Server, way: dict[str, str]
) -> None:
    browser.gmail.forget()
    tab = browser.open(0, "", noids="1", **way)
    tab.send("ben@example.com", "Late ids")
    sent = Sent(browser.gmail.mails(1)[0], "Late ids")
    eventually(lambda: sent.known(tracker), "the registration")
    assert sent.known(tracker)["gmail_thread_id"] is None
    tab.refetch("msg-f:1", sent.mail.draft)
    eventually(lambda: sent.known(tracker)["gmail_thread_id"] == sent.thread_id, "the ids")
    assert sent.known(tracker)["gmail_message_id"] == sent.message_id
    tab.show_list(sent.row)
    tab.mark("Late ids").wait_for()
    tab.close()
