"""What the user chose survives."""

from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.tab import Tab, Writing

HELLO = "<p>Hello</p>"
NEVER_TRACKED = "Domains, one per line"
LINE_DOMAINS = "Domains of recipients, one per line"
LISTS = {
    "Addresses and domains": "doNotTrack",
    NEVER_TRACKED: "neverWrap",
    LINE_DOMAINS: "readerLineDomains",
}
"""The lists on the options page by their label, and their settings."""


def test_not_tracked_survives_signing_out_and_pairing_again(
    tab: Tab, browser: Browser, tracker: Server
) -> None:
    writing = tab.compose("ben@example.com", "Off", HELLO).choose_off()
    draft = writing.draft()
    browser.ask("sign-out", {"giveUp": True})
    writing.shows("cannot")
    browser.pair(tracker.address, tracker.pairing_code())
    tab.goto()
    tab.page.evaluate("(id) => { standIn.compose({ id }); }", draft)
    again = Writing(tab, tab.page.locator(".M9"))
    again.fill("ben@example.com", "Off", HELLO)
    again.shows("off").send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert tab.notices() == []


def test_before_its_settings_are_loaded_the_options_form_cannot_be_used(browser: Browser) -> None:
    before = browser.ask("overview", {"refresh": False})["settings"]
    page = browser.context.new_page()
    page.add_init_script(
        """const { sendMessage } = chrome.runtime;
        chrome.runtime.sendMessage = async (...message) => {
            await new Promise((done) => { globalThis.loadNow = done; });
            return sendMessage.apply(chrome.runtime, message);
        };"""
    )
    page.goto(f"chrome-extension://{browser.id}/options.html")
    switch = page.get_by_role("switch", name="Track new mail")
    expect(switch).to_be_disabled()
    switch.click(force=True)
    page.evaluate("loadNow()")
    expect(switch).to_be_enabled()
    expect(switch).to_be_checked()
    assert browser.ask("overview", {"refresh": False})["settings"] == before
    page.close()


def test_an_entry_that_is_typed_is_saved_although_the_page_is_closed(browser: Browser) -> None:
    page = browser.page("options.html")
    field = page.get_by_label("Addresses and domains")
    expect(field).to_be_enabled()
    field.fill("ann@example.com")
    page.goto("about:blank")
    eventually(lambda: browser.stored("settings")["doNotTrack"] == ["ann@example.com"], "the entry")
    page.close()
    browser.ask("edit-list", {"list": "doNotTrack", "add": [], "remove": ["ann@example.com"]})


def test_two_open_options_pages_do_not_overwrite_each_other(browser: Browser) -> None:
    browser.ask("settings", {"readerLine": "domains"})
    first, second = browser.page("options.html"), browser.page("options.html")
    for page, entry, name in (
        (first, "a.example", "Only count"),
        (second, "b.example", "A hidden"),
    ):
        for label in LISTS:
            field = page.get_by_label(label)
            expect(field).to_be_enabled()
            field.press("Control+End")
            field.press_sequentially(f"\n{entry}")
            field.blur()
        page.get_by_role("switch", name=name).check()
        expect(page.locator("#saved")).to_have_text("Saved")
    settings = browser.stored("settings")
    for name in LISTS.values():
        assert settings[name] == ["a.example", "b.example"]
    assert (settings["level"], settings["hiddenLink"]) == ("count", True)
    first.bring_to_front()
    first.get_by_label(NEVER_TRACKED).fill("b.example")
    first.get_by_label(NEVER_TRACKED).blur()
    eventually(lambda: browser.stored("settings")["neverWrap"] == ["b.example"], "the removal")
    for name in LISTS.values():
        edit = {"list": name, "add": [], "remove": ["a.example", "b.example"]}
        assert browser.ask("edit-list", edit)[name] == []
    browser.ask("settings", {"level": "full", "hiddenLink": False, "readerLine": "off"})
    first.close()
    second.close()


def test_the_text_of_the_line_is_saved_as_it_is_typed(browser: Browser) -> None:
    page = browser.page("options.html")
    field = page.get_by_label("Its text")
    expect(field).to_be_enabled()
    before = field.input_value()
    field.fill("Who tracks this?")
    eventually(lambda: browser.stored("settings")["readerLineText"] == "Who tracks this?", "it")
    expect(field).to_be_focused()
    field.fill("")
    field.blur()
    expect(field).to_have_value(before)
    assert browser.stored("settings")["readerLineText"] == before
    page.close()


def test_what_is_no_domain_is_named_and_stays_in_the_field(browser: Browser) -> None:
    page = browser.page("options.html")
    field = page.get_by_label(NEVER_TRACKED)
    expect(field).to_be_enabled()
    field.fill("a.example\nann@example.com")
    field.blur()
    expect(page.locator("#neverWrap-problem")).to_contain_text("\u201cann@example.com\u201d")
    expect(field).to_have_value("a.example\nann@example.com")
    assert browser.stored("settings")["neverWrap"] == ["a.example"]
    browser.ask("edit-list", {"list": "neverWrap", "add": [], "remove": ["a.example"]})
    page.close()


def test_what_was_read_while_the_server_was_away_reaches_it_later(browser: Browser) -> None:
    last = browser.stored("lastEvent") or 0
    account = browser.stored("account")
    away = {"lastEvent": last + 1, "account": {**account, "address": "http://127.0.0.1:9"}}
    browser.worker.evaluate("(values) => chrome.storage.local.set(values)", away)
    browser.ask("seen")
    (choice,) = [one for one in browser.stored("choices") if one["path"] == "read"]
    assert choice["body"] == {"up_to": last + 1}
    back = {"lastEvent": last, "readUpTo": last, "account": account}
    browser.worker.evaluate("(values) => chrome.storage.local.set(values)", back)
    browser.ask("overview", {"refresh": True})
    eventually(lambda: not browser.stored("choices"), "the delivery")
