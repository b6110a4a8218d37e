"""The options page and the popup, with the real server behind them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch
from support.gmail.browser import Browser
from support.gmail.sent import Sent, send
from support.gmail.stand_in import TRACKER
from support.paths import EVENTS

EXTENSION_ID = "mjfkcdfmephdhaknmikfdhofedikmdnl"
"""By the key in the manifest."""
REPLACE_FEED = """(feed) => {
  const original = globalThis.fetch;
  globalThis.restoreFeed = () => { globalThis.fetch = original; };
  globalThis.fetch = (url, init) => {
    if (url.includes("/api/v1/events?")) return Promise.resolve(Response.json(feed));
    if (url.endsWith("/api/v1/read")) return Promise.resolve(new Response(null, { status: 204 }));
    return original(url, init);
  };
}"""
"""Answers the background in place of the server: requests for events, and what was read."""


@pytest.fixture
def options(browser: Browser) -> Iterator[Page]:
    page = browser.page("options.html")
    yield page
    page.close()


@pytest.fixture
def popup(browser: Browser) -> Iterator[Page]:
    page = browser.page("popup.html")
    yield page
    page.close()


def test_the_options_name_the_server_and_the_account(options: Page, tracker: Server) -> None:
    expect(options.locator("#facts")).to_contain_text(tracker.address.removeprefix("http://"))
    expect(options.locator("#facts")).to_contain_text("track.example.com")


def test_the_popup_names_a_newer_version_on_the_server(browser: Browser) -> None:
    set_version = """(version) => chrome.storage.local.get(["account"]).then(({ account }) =>
      chrome.storage.local.set({ account: { ...account, extensionVersion: version } }))"""
    built = json.loads((browser.extension / "manifest.json").read_text())["version"]
    for version, named in (("1000.2", True), (built, False)):
        browser.worker.evaluate(set_version, version)
        assert browser.ask("overview", {"refresh": False})["newerVersion"] == (
            version if named else None
        )
    browser.worker.evaluate(set_version, "1000.2")
    popup = browser.page("popup.html")
    expect(popup.locator("#newer")).to_contain_text("1000.2")
    popup.close()
    browser.worker.evaluate(set_version, "")


def test_the_server_names_the_version_of_its_extension(browser: Browser, tracker: Server) -> None:
    built = json.loads((browser.extension / "manifest.json").read_text())["version"]
    assert tracker.call("POST", "ids", {"count": 1})["extension_version"] == built


def test_a_changed_option_is_saved(options: Page) -> None:
    options.get_by_role("switch", name="Also links whose text").check()
    expect(options.locator("#saved")).to_have_text("Saved")
    options.reload()
    expect(options.get_by_role("switch", name="Also links whose text")).to_be_checked()
    options.get_by_role("switch", name="Also links whose text").uncheck()


def test_the_do_not_track_list_is_normalised(options: Page) -> None:
    options.get_by_label("Addresses and domains").fill("Ann@Example.com, @example.org\n")
    options.get_by_label("Addresses and domains").blur()
    expect(options.locator("#saved")).to_have_text("Saved")
    options.reload()
    expect(options.get_by_label("Addresses and domains")).to_have_value(
        "ann@example.com\nexample.org"
    )
    options.get_by_label("Addresses and domains").fill("")
    options.get_by_label("Addresses and domains").blur()


def test_the_popup_shows_an_open_of_a_mail(browser: Browser, tracker: Server) -> None:
    browser.gmail.forget()
    tab = browser.open()
    tab.send("ben@example.com", "Shown in the popup")
    tab.close()
    (mail,) = browser.gmail.mails(1)
    eventually(lambda: browser.stored("queue")["entries"] == [], "the registration")
    fetch(mail.pixels[0].replace(TRACKER, tracker.address))
    page = browser.page("popup.html")
    row = page.get_by_role("button", name="Shown in the popup")
    eventually(lambda: row.count() or page.reload(), "the event", within=40)
    page.close()


def test_the_popup_shows_events_of_unknown_kinds_by_their_sentence(browser: Browser) -> None:
    unknown = json.loads((EVENTS / "unknown-kind.json").read_text())
    last = browser.stored("lastEvent") or 0
    made_up = {**unknown, "kind": "made-up", "verdict": {"sentence": "Something made up happened"}}
    erased = {**unknown, "kind": "erased", "message": None, "verdict": None}
    events = [{**one, "number": last + at} for at, one in enumerate((unknown, made_up, erased), 1)]
    feed = {"events": events, "last": last + 3, "read": last}
    browser.worker.evaluate(REPLACE_FEED, feed)
    popup = browser.page("popup.html")
    rows = popup.locator("#events .sentence")
    expect(rows.filter(has_text="Something made up happened")).to_be_visible()
    expect(rows.filter(has_text=unknown["verdict"]["sentence"]).first).to_be_visible()
    kept = [event["number"] for event in browser.stored("events")]
    assert [number for number in kept if number > last] == [last + 1, last + 2]
    popup.close()
    browser.worker.evaluate("restoreFeed()")
    browser.ask("overview", {"refresh": True})


def test_the_history_opens_in_a_signed_in_tab(popup: Page, browser: Browser) -> None:
    with browser.context.expect_page() as opened:
        popup.get_by_role("button", name="Open history").click()
    assert "/sign-in/" in opened.value.url or "/history" in opened.value.url
    opened.value.close()


def test_after_signing_out_the_options_ask_to_connect_and_old_pixels_stay_blocked(
    browser: Browser, options: Page, tracker: Server
) -> None:
    options.get_by_role("button", name="Sign out").click()
    expect(options.get_by_role("heading", name="Connect your server")).to_be_visible()
    rules = browser.worker.evaluate("chrome.declarativeNetRequest.getDynamicRules()")
    assert [rule["action"]["type"] for rule in rules] == ["block", "block"]
    browser.pair(tracker.address, tracker.pairing_code())


def test_a_wrong_code_shows_how_to_create_a_new_one(
    browser: Browser, options: Page, tracker: Server
) -> None:
    browser.ask("sign-out")
    options.reload()
    options.get_by_label("Server address").fill(tracker.address)
    options.get_by_label("Pairing code").fill("AAAA-AAAA")
    options.get_by_label("I agree").check()
    options.get_by_role("button", name="Connect").click()
    expect(options.get_by_role("alert")).to_contain_text("sealbreak-server pair")
    browser.pair(tracker.address, tracker.pairing_code())


def test_without_consent_nothing_is_paired(
    browser: Browser, options: Page, tracker: Server
) -> None:
    browser.ask("sign-out")
    options.reload()
    options.get_by_label("Server address").fill(tracker.address)
    options.get_by_label("Pairing code").fill(tracker.pairing_code())
    options.get_by_role("button", name="Connect").click()
    assert browser.stored("account") is None
    browser.pair(tracker.address, tracker.pairing_code())


def test_the_popup_directs_a_new_user_to_the_options(browser: Browser, tracker: Server) -> None:
    browser.ask("sign-out")
    page = browser.page("popup.html")
    expect(page.get_by_role("button", name="Connect")).to_be_visible()
    page.close()
    browser.pair(tracker.address, tracker.pairing_code())


def test_without_a_pairing_a_tab_asks_for_nothing_and_no_poll_wakes_the_worker(
    browser: Browser, tracker: Server
) -> None:
    browser.ask("sign-out")
    tab = browser.open()
    tab.compose("ben@example.com", state="cannot")
    assert browser.worker.evaluate("chrome.alarms.get('poll')") is None
    browser.worker.evaluate(RECORD_MESSAGES)
    tab.page.wait_for_timeout(6000)
    assert browser.worker.evaluate("globalThis.asked") == []
    tab.close()
    browser.pair(tracker.address, tracker.pairing_code())


RECORD_MESSAGES = """() => {
  globalThis.asked = [];
  chrome.runtime.onMessage.addListener(({ kind }) => { globalThis.asked.push(kind); });
}"""


def test_the_icon_counts_unread_events_until_the_popup_is_opened(
    browser: Browser, tracker: Server
) -> None:
    sent = send(browser, tracker, "Counted on the icon")
    browser.ask("seen")
    sent.opened(tracker)
    tab = browser.open()
    eventually(lambda: badge(browser) == "1", "the number")
    popup = browser.page("popup.html")
    expect(popup.get_by_role("button", name="New Counted on the icon")).to_be_visible()
    eventually(lambda: badge(browser) == "", "no number")
    assert tracker.call("GET", "events?limit=1")["read"] == browser.stored("lastEvent")
    popup.close()
    tab.close()


def badge(browser: Browser) -> str:
    return str(browser.worker.evaluate("chrome.action.getBadgeText({})"))


def test_sent_mail_is_found_by_subject_and_recipient(
    browser: Browser, tracker: Server, popup: Page
) -> None:
    send(browser, tracker, "A needle in the hay")
    found = popup.locator("#events").get_by_role("button", name="A needle in the hay")
    for text in ("NEEDLE", "ben@example.com"):
        popup.get_by_role("searchbox").fill(text)
        expect(found).to_contain_text("To ben. Tracked, no open seen yet.")
    popup.get_by_role("searchbox").fill("nowhere at all")
    expect(popup.locator("#latest-title")).to_have_text("No mail found")
    popup.get_by_role("searchbox").fill("")
    expect(popup.locator("#latest-title")).to_have_text("Latest")


def test_mail_from_several_gmail_accounts_is_named_and_filtered(
    browser: Browser, tracker: Server
) -> None:
    accounts = {0: "ann@example.com", 1: "ann@example.org"}
    for number, address in accounts.items():
        browser.gmail.forget()
        tab = browser.open(number)
        tab.send("ben@example.com", f"Several, from {address}")
        _open_when_listed(Sent(browser.gmail.mails(1)[0], ""), tracker)
        tab.close()
    eventually(lambda: from_all(browser) >= set(accounts.values()), "both events")
    popup = browser.page("popup.html")
    select = popup.get_by_label("Sent from")
    rows = popup.locator("#events li")
    expect(rows.filter(has_text="Sent from ann@example.org").first).to_be_visible()
    for search, only in (("", "ann@example.org"), ("several", "ann@example.com")):
        popup.get_by_role("searchbox").fill(search)
        select.select_option(only)
        expect(rows.filter(has_text=f"Several, from {only}")).to_have_count(1)
        others = set(accounts.values()) - {only}
        for other in others:
            expect(rows.filter(has_text=f"Several, from {other}")).to_have_count(0)
    select.select_option("From all accounts")
    expect(rows.filter(has_text="Several, from")).to_have_count(2)
    popup.close()


def _open_when_listed(sent: Sent, tracker: Server) -> None:
    """Events name the account of mails whose conversation is known."""
    eventually(lambda: sent.known(tracker).get("gmail_thread_id"), "the ids")
    sent.opened(tracker)


def from_all(browser: Browser) -> set[str]:
    browser.ask("overview", {"refresh": True})
    return {one.get("account") for one in browser.stored("events") or []}


def test_a_moved_folder_keeps_its_identity_and_its_pairing(
    browser: Browser, tmp_path: Path
) -> None:
    assert browser.id == EXTENSION_ID
    paired = browser.stored("account")["token"]
    browser.extension = Path(shutil.move(browser.extension, tmp_path / "moved"))
    browser.restart()
    assert browser.worker.url.split("/")[2] == EXTENSION_ID
    assert browser.stored("account")["token"] == paired
