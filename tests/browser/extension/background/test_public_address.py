"""The server's public address: readers must be able to reach it, and it may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desktop.processes import eventually
from support.desktop.server import Server, server
from support.gmail.browser import Browser
from support.gmail.sent import Sent
from support.gmail.stand_in import TRACKER, StandIn, proxied
from support.gmail.tab import Tab

HELLO = "<p>Hello</p>"
OTHER = "https://new.example.com"
OFFICE = "http://office-server:8787"


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose public address each test sets."""
    with server(tmp_path_factory.mktemp("moving"), SEALBREAK_PUBLIC_URL=TRACKER) as running:
        yield running


@pytest.fixture(scope="module")
def browser(gmail: StandIn, moving: Server, profile: Path) -> Iterator[Browser]:
    with Browser(gmail, profile) as running:
        running.pair(moving.address, moving.pairing_code())
        yield running


def move(moving: Server, browser: Browser, address: str) -> None:
    """Restarts the server under another public address; the browser contacts it again."""
    moving.stop()
    moving.env["SEALBREAK_PUBLIC_URL"] = address
    moving.start_again()
    browser.worker.evaluate(
        """async () => {
            const { account } = await chrome.storage.local.get("account");
            await chrome.storage.local.set({ account: { ...account, addressAt: 0 } });
        }"""
    )
    browser.ask("overview", {"refresh": True})
    eventually(lambda: browser.stored("account")["base"] == address, "the new address")


def test_ids_in_stock_and_open_windows_use_the_new_public_address(
    browser: Browser, moving: Server, tab: Tab
) -> None:
    move(moving, browser, TRACKER)
    writing = tab.compose("ben@example.com", "Moved", HELLO)
    stock = browser.stored("pool")
    move(moving, browser, OTHER)
    assert {one["id"] for one in stock} & {one["id"] for one in browser.stored("pool")}
    writing.shows("tracked").send()
    (mail,) = tab.gmail.mails(1)
    assert mail.pixels[0].startswith(f"{OTHER}/o/")
    assert tab.notices() == []


def test_the_choice_of_a_draft_survives_a_changed_public_address(
    browser: Browser, moving: Server, tab: Tab
) -> None:
    move(moving, browser, TRACKER)
    writing = tab.compose("ben@example.com", "Moved", HELLO).choose_off()
    move(moving, browser, OTHER)
    writing.shows("off").send()
    assert "/o/" not in tab.gmail.mails(1)[0].html


@pytest.mark.parametrize(
    ("address", "who"),
    [("http://127.0.0.1:8787", "Only this computer"), (OFFICE, "Only this network")],
)
def test_an_address_that_readers_cannot_reach_tracks_nothing_and_the_switch_says_why(
    browser: Browser, moving: Server, tab: Tab, address: str, who: str
) -> None:
    move(moving, browser, address)
    writing = tab.compose("ben@example.com", "Local", HELLO, state="cannot")
    assert who in writing.described()
    writing.send()
    assert "/o/" not in tab.gmail.mails(1)[0].html
    assert tab.notices() == []


def test_an_option_allows_the_address_of_an_office_network(
    browser: Browser, moving: Server, tab: Tab
) -> None:
    move(moving, browser, OFFICE)
    options = browser.page("options.html")
    switch = options.get_by_role("switch", name="Track with a local address")
    expect(switch).to_be_enabled()
    switch.check()
    expect(options.locator("#saved")).to_have_text("Saved")
    writing = tab.compose("ben@example.com", "Office", HELLO)
    writing.send()
    assert tab.gmail.mails(1)[0].pixels[0].startswith(f"{OFFICE}/o/")
    switch.uncheck()
    tab.compose("ben@example.com", "Office", HELLO, state="cannot")
    options.close()


def test_a_server_that_comes_back_names_its_address_at_the_first_contact(
    browser: Browser, moving: Server, tab: Tab
) -> None:
    move(moving, browser, TRACKER)
    moving.stop()
    browser.ask("overview", {"refresh": True})
    moving.env["SEALBREAK_PUBLIC_URL"] = OTHER
    moving.start_again()
    browser.ask("overview", {"refresh": True})
    assert browser.stored("account")["base"] == OTHER
    tab.compose("ben@example.com", "Back", HELLO).send()
    assert tab.gmail.mails(1)[0].pixels[0].startswith(f"{OTHER}/o/")


def test_own_pixels_of_the_former_address_stay_blocked(browser: Browser, moving: Server) -> None:
    move(moving, browser, TRACKER)
    move(moving, browser, OTHER)
    rules = browser.worker.evaluate("chrome.declarativeNetRequest.getDynamicRules()")
    filters = [rule["condition"]["urlFilter"] for rule in rules]
    assert any(one.startswith(f"|{TRACKER}/o/") for one in filters)
    assert any(one.startswith(f"|{OTHER}/o/") for one in filters)


ANSWER = """(answer) => {
  const original = globalThis.fetch;
  globalThis.fetch = (url, init) => url.endsWith("/api/v1/ids")
    ? Promise.resolve(Response.json(answer)) : original(url, init);
  globalThis.restoreFetch = () => { globalThis.fetch = original; };
}"""


def test_an_internationalised_address_is_used_in_its_ascii_form_and_former_ones_are_known(
    browser: Browser, moving: Server, tab: Tab
) -> None:
    move(moving, browser, TRACKER)
    ids = browser.stored("pool")[:1]
    former = ["https://former.example.com"]
    answer = {"base_url": "https://bücher.example.com", "former_base_urls": former, "ids": ids}
    browser.worker.evaluate(ANSWER, answer)
    browser.worker.evaluate("chrome.storage.local.set({ pool: [] })")
    browser.ask("overview", {"refresh": True})
    assert browser.stored("account")["base"] == "https://xn--bcher-kva.example.com"
    known = [one["base"] for one in browser.stored("identities")]
    assert "https://former.example.com" in known
    assert known[-1] == "https://xn--bcher-kva.example.com"
    tab.compose("ben@example.com", "Umlaut", HELLO).send()
    assert "https://xn--bcher-kva.example.com/o/" in tab.gmail.mails(1)[0].pixels[0]
    browser.worker.evaluate("restoreFetch()")


def test_a_browser_that_is_paired_later_knows_the_former_address(
    browser: Browser, moving: Server, gmail: StandIn, tab: Tab, tmp_path: Path
) -> None:
    move(moving, browser, TRACKER)
    tab.send("ben@example.com", "Before", HELLO)
    sent = Sent(tab.gmail.mails(1)[0], "Before")
    move(moving, browser, OTHER)
    gmail.forget()
    gmail.threads["answered"] = sent.thread()
    with Browser(gmail, tmp_path) as later:
        later.pair(moving.address, moving.pairing_code())
        again = later.open()
        again.load_images("innerHTML attached", proxied(sent.mail.pixels[0]))
        again.reply("answered").send()
        (mail,) = gmail.mails(1)
    assert TRACKER not in mail.html, "the older pixel in the quote"
    assert mail.pixels[0].startswith(f"{OTHER}/o/")
    assert gmail.requests("ci3.googleusercontent.com") == [], "the own pixel was loaded"
