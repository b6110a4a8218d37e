"""What the extension shows below an open mail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import SCANNER, Sent, send
from support.gmail.stand_in import Thread
from support.gmail.tab import Tab


@pytest.fixture(scope="module")
def mail(browser: Browser, tracker: Server) -> Sent:
    """Opened by a reader and by a machine, its link followed."""
    sent = send(browser, tracker, "Mail in a thread")
    sent.opened(tracker, SCANNER)
    sent.opened(tracker)
    sent.followed(tracker)
    eventually(lambda: sent.known(tracker)["clicks"] == 1, "the click")
    return sent


@pytest.fixture
def thread(browser: Browser, mail: Sent) -> Iterator[str]:
    browser.gmail.threads["mail"] = mail.thread()
    yield "mail"
    del browser.gmail.threads["mail"]


def show(browser: Browser, tab: Tab, thread: Thread) -> None:
    browser.gmail.threads["shown"] = thread
    tab.open_thread("shown")


def test_an_own_mail_shows_its_history_below_its_text(tab: Tab, thread: str) -> None:
    tab.open_thread(thread)
    expect(tab.panel).to_contain_text("link followed once")
    expect(tab.panel).to_contain_text("https://example.com/a")
    expect(tab.panel.locator("> ul li")).to_have_count(2)
    assert tab.page.locator(".ii.gt + .sealbreak-panel").count() == 1


def test_automated_requests_are_collapsed(tab: Tab, thread: str) -> None:
    tab.open_thread(thread)
    machines = tab.panel.locator("details")
    expect(machines.locator("summary")).to_have_text("1 automated request")
    expect(machines.locator("li")).not_to_be_visible()
    machines.locator("summary").click()
    expect(machines.locator("li")).to_be_visible()


def test_a_mail_without_its_image_is_recognised_by_gmails_id(
    browser: Browser, tab: Tab, mail: Sent
) -> None:
    """Gmail shows no images when the user wants to be asked first."""
    own = mail.thread()
    show(browser, tab, Thread(own.id, own.thread, "<p>Hi</p>", own.legacy, own.legacy_thread))
    tab.panel.wait_for()


def test_a_reply_that_quotes_an_own_mail_has_no_panel(
    browser: Browser, tab: Tab, mail: Sent
) -> None:
    html = f'<p>Thanks</p><div class="gmail_quote">{mail.thread().html}</div>'
    show(browser, tab, Thread("msg-f:2", "thread-f:2", html, sender="ben@example.com"))
    tab.page.wait_for_timeout(1500)
    assert tab.panel.count() == 0


def test_a_reply_with_an_unmarked_quote_has_no_panel(
    browser: Browser, tab: Tab, mail: Sent
) -> None:
    with tab.page.context.expect_event("request", lambda one: mail.mail.id in one.url):
        show(
            browser, tab,
            Thread("msg-f:3", "thread-f:3", mail.thread().html, sender="ben@example.com"),
        )  # fmt: skip
    tab.page.wait_for_timeout(500)
    assert tab.panel.count() == 0


def test_events_are_shown_without_a_reload(browser: Browser, tracker: Server, tab: Tab) -> None:
    sent = send(browser, tracker, "Live in a thread")
    show(browser, tab, sent.thread())
    expect(tab.panel).to_contain_text("no open seen yet")
    sent.followed(tracker)
    expect(tab.panel).to_contain_text("https://example.com/a")


def test_the_alerts_of_a_mail_can_be_muted_and_unmuted(
    tab: Tab, thread: str, mail: Sent, tracker: Server
) -> None:
    tab.open_thread(thread)
    switch = tab.panel.get_by_role("switch", name="Mute alerts")
    for state in ("true", "false"):
        switch.press("Enter")
        expect(switch).to_have_attribute("aria-checked", state)
        expect(switch).to_be_focused()
        assert mail.known(tracker)["muted"] is (state == "true")


def test_tracking_can_be_stopped_after_a_confirmation(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Stopped")
    show(browser, tab, sent.thread())
    tab.panel.get_by_text("Tracked, no open seen yet.").click()
    tab.panel.get_by_role("button", name="Stop tracking this mail").click()
    expect(tab.panel.get_by_role("button", name="Keep tracking")).to_be_focused()
    assert sent.known(tracker)["level"] == "full"
    tab.panel.get_by_role("button", name="Stop", exact=True).click()
    expect(tab.panel).to_contain_text("Tracking was stopped")
    sent.opened(tracker)
    assert sent.known(tracker)["hits"] == []


AWAY = """() => {
  globalThis.original = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError("away"));
}"""
BACK = "() => { globalThis.fetch = globalThis.original; }"


def test_what_the_server_did_not_confirm_is_said_in_the_panel(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    sent = send(browser, tracker, "Server away")
    show(browser, tab, sent.thread())
    tab.panel.get_by_text("Tracked, no open seen yet.").click()
    problem = tab.panel.get_by_role("alert")
    mute = tab.panel.get_by_role("switch", name="Mute alerts")
    browser.worker.evaluate(AWAY)
    mute.click()
    expect(problem).to_contain_text("did not confirm this. The server does not answer")
    expect(mute).to_have_attribute("aria-checked", "false")
    tab.panel.get_by_role("button", name="Stop tracking this mail").click()
    tab.panel.get_by_role("button", name="Stop", exact=True).press("Enter")
    expect(tab.panel.get_by_role("button", name="Stop tracking this mail")).to_be_focused()
    expect(problem).to_contain_text("did not confirm this.")
    browser.worker.evaluate(BACK)
    mute.click()
    expect(mute).to_have_attribute("aria-checked", "true")
    expect(problem).to_have_count(0)


def test_gmails_page_cannot_press_the_buttons(
    tab: Tab, thread: str, mail: Sent, tracker: Server
) -> None:
    tab.open_thread(thread)
    tab.panel.get_by_role("button", name="Stop tracking this mail").evaluate("(b) => b.click()")
    tab.panel.get_by_role("switch").evaluate("(b) => b.click()")
    tab.page.wait_for_timeout(500)
    assert tab.panel.get_by_role("button", name="Keep tracking").count() == 0
    assert mail.known(tracker)["muted"] is False


def test_the_panel_follows_gmails_dark_theme(browser: Browser, thread: str) -> None:
    tab = browser.open(dark="1")
    tab.open_thread(thread)
    expect(tab.panel).to_have_attribute("data-theme", "dark")
    tab.close()
