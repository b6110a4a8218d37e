"""What the server erases is erased in the browser too."""

from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.sent import send
from support.gmail.tab import Tab


def are_known(browser: Browser, *subjects: str) -> None:
    def found() -> bool:
        browser.ask("overview", {"refresh": True})
        return all(subject in str(browser.stored("events")) for subject in subjects)

    eventually(found, "the events")


def test_events_panel_and_mark_of_an_erased_mail_go(
    browser: Browser, tracker: Server, tab: Tab
) -> None:
    gone, kept = (send(browser, tracker, subject) for subject in ("Erased", "Kept"))
    for one in (gone, kept):
        one.opened(tracker)
    are_known(browser, "Erased", "Kept")
    popup = browser.page("popup.html")
    expect(popup.locator("#events")).to_contain_text("Erased")
    popup.close()
    browser.gmail.threads["erased"] = gone.thread()
    tab.show_list(gone.row, kept.row)
    tab.mark("Erased").wait_for()
    tab.open_thread("erased")
    tab.panel.wait_for()
    tracker.run("erase", "--yes", "--message", gone.mail.id)
    tab.page.bring_to_front()
    expect(tab.panel).to_have_count(0)
    popup = browser.page("popup.html")
    expect(popup.locator("#events")).to_contain_text("Kept")
    expect(popup.locator("#events")).not_to_contain_text("Erased")
    popup.close()
    tab.show_list(gone.row, kept.row)
    expect(tab.mark("Erased")).to_have_count(0)
    tab.mark("Kept").wait_for()
    everything = browser.worker.evaluate("() => chrome.storage.local.get()")
    mine = {key: value for key, value in everything.items() if key != "drafts"}
    assert "Erased" not in str(everything)
    left = [key for key, value in mine.items() if gone.mail.id in str(value)]
    assert not left, "drafts keep the ID, so that it is not used twice"


def test_an_erasure_while_the_browser_was_closed_is_noticed(
    browser: Browser, tracker: Server
) -> None:
    sent = send(browser, tracker, "Erased meanwhile")
    sent.opened(tracker)
    are_known(browser, "Erased meanwhile")
    browser.restart()
    tracker.run("erase", "--yes", "--message", sent.mail.id)
    browser.ask("overview", {"refresh": True})
    assert "Erased meanwhile" not in str(browser.stored("events"))
