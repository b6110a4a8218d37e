"""The switch, the lists and the panel in Gmail, and the extension's own pages."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from gmail.browser import Browser
from gmail.sent import SCANNER, Sent, send
from gmail.stand_in import TRACKER, StandIn
from playwright.sync_api import Page
from screen.processes import eventually
from screen.server import Server, fetch, server

MAIL = """<p>Hello Ben,</p>
<p>the offer is on <a href="https://example.com/offer">this page</a>.</p><p>Ann</p>"""
SCHEMES = ("light", "dark")


def compose_pictures(browser: Browser, folder: Path) -> None:
    """The switch: tracked, not tracked, and cannot with its reason, in both of Gmail's themes."""
    for scheme in SCHEMES:
        tab = browser.open(dark="1") if scheme == "dark" else browser.open()
        writing = tab.compose("ben@example.com", "Offer 12", MAIL)
        for state, act in _acts(writing.switch.click, writing.root.locator(".plain").click).items():
            act()
            writing.shows(state)
            if state == "cannot":
                writing.switch.hover()
                tab.page.wait_for_timeout(700)  # the tooltip comes with a delay
            else:
                tab.page.mouse.move(5, 5)
                tab.page.wait_for_timeout(200)  # the switch slides
            _save(
                tab.page, folder / f"compose-{state}-{scheme}.png", clip=writing.root.bounding_box()
            )
        tab.close()


def menu_pictures(browser: Browser, folder: Path) -> None:
    """What is tracked in one mail: opens without one of two links."""
    links = """<p>Hello Ben,</p>
    <p>the offer is on <a href="https://example.com/offer">this page</a>,
    and here is <a href="https://example.com/map">how to find us</a>.</p><p>Ann</p>"""
    for scheme in SCHEMES:
        tab = browser.open(dark="1") if scheme == "dark" else browser.open()
        writing = tab.compose("ben@example.com, cleo@example.org", "Offer 12", links)
        writing.root.get_by_role("button", name="What to track").click()
        writing.menu.get_by_role("menuitemcheckbox", name="how to find us").click()
        tab.page.mouse.move(5, 5)
        tab.page.wait_for_timeout(200)
        menu, window = writing.menu.bounding_box(), writing.root.bounding_box()
        assert menu
        assert window
        height = window["y"] + window["height"] - menu["y"]
        _save(
            tab.page, folder / f"compose-menu-{scheme}.png",
            clip={**window, "y": menu["y"], "height": height},
        )  # fmt: skip
        tab.close()


def mails_of_all_kinds(browser: Browser, tracker: Server) -> list[Sent]:
    """Followed, opened, fetched by a machine, and not seen yet."""
    subjects = ("Contract, second draft", "Minutes of Monday", "Invitation", "Question")
    followed, opened, scanned, new = (send(browser, tracker, one, MAIL) for one in subjects)
    scanned.opened(tracker, SCANNER)
    followed.opened(tracker, SCANNER)
    for sent in (followed, opened):
        sent.opened(tracker)
    followed.followed(tracker)
    eventually(lambda: followed.known(tracker)["clicks"] == 1, "the click")
    return [followed, opened, scanned, new]


def list_pictures(browser: Browser, folder: Path, mails: list[Sent]) -> None:
    """Gmail's list with a mark on each tracked conversation."""
    others = {"people": "Cleo", "subject": "Lunch on Friday?", "thread": "18aa000000000001"}
    for scheme in SCHEMES:
        tab = browser.open(dark="1") if scheme == "dark" else browser.open()
        tab.page.set_viewport_size({"width": 820, "height": 300})
        tab.show_list(*(sent.row for sent in mails), others)
        for sent in mails:
            tab.mark(sent.subject).wait_for()
        tab.page.screenshot(path=folder / f"list-{scheme}.png")
        tab.close()


def panel_pictures(browser: Browser, folder: Path, sent: Sent) -> None:
    """The history under an opened mail, and the question before tracking is stopped."""
    browser.gmail.threads["shown"] = sent.thread()
    for scheme in SCHEMES:
        tab = browser.open(dark="1") if scheme == "dark" else browser.open()
        tab.page.set_viewport_size({"width": 820, "height": 560})
        tab.open_thread("shown")
        tab.panel.wait_for()
        tab.page.screenshot(path=folder / f"panel-{scheme}.png")
        tab.panel.get_by_role("button", name="Stop tracking this mail").click()
        tab.panel.locator("details > summary").click()
        tab.page.screenshot(path=folder / f"panel-stop-{scheme}.png")
        tab.close()


def search_pictures(browser: Browser, folder: Path) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "popup.html", scheme, {"width": 360, "height": 520})
        page.get_by_role("searchbox").fill("ben")
        page.locator(".event[data-kind=sent]").first.wait_for()
        page.screenshot(path=folder / f"popup-search-{scheme}.png")
        page.close()


def _acts(click: Callable[[], None], plain: Callable[[], None]) -> dict[str, Callable[[], None]]:
    return {"tracked": lambda: None, "off": click, "cannot": plain}


def popup_pictures(browser: Browser, folder: Path, name: str) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "popup.html", scheme, {"width": 360, "height": 520})
        page.wait_for_function("document.getElementById('status').textContent.trim() !== ''")
        page.wait_for_timeout(500)  # the fresh events
        height = page.evaluate("document.body.scrollHeight")
        page.set_viewport_size({"width": 360, "height": min(600, height)})
        page.screenshot(path=folder / f"popup-{name}-{scheme}.png")
        page.close()


def options_pictures(browser: Browser, folder: Path, name: str) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "options.html", scheme, {"width": 760, "height": 900})
        page.wait_for_selector("#account:not([hidden]), #pairing:not([hidden])")
        page.screenshot(path=folder / f"options-{name}-{scheme}.png", full_page=True)
        page.close()


def _own_page(browser: Browser, name: str, scheme: str, size: dict[str, int]) -> Page:
    page = browser.page(name)
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    return page


def _save(page: Page, path: Path, clip: object) -> None:
    assert isinstance(clip, dict)
    edge = 24
    x, y = max(0, clip["x"] - edge), max(0, clip["y"] - edge)
    page.screenshot(
        path=path,
        clip={"x": x, "y": y, "width": clip["width"] + 2 * edge, "height": clip["height"] + edge},
    )


def a_few_events(browser: Browser, tracker: Server) -> None:
    """Three mails are sent; readers open them and follow a link."""
    tab = browser.open()
    for subject in ("Offer 12", "Minutes of Monday", "A question about the contract"):
        tab.send("ben@example.com", subject, MAIL)
    tab.close()
    eventually(
        lambda: (browser.stored("queue") or {"entries": [1]})["entries"] == [], "registration"
    )
    for mail in browser.gmail.mails(3):
        fetch(mail.pixels[0].replace(TRACKER, tracker.address))
    fetch(browser.gmail.mails(3)[1].links[0].replace(TRACKER, tracker.address))
    count = "chrome.runtime.sendMessage({kind: 'overview', request: {refresh: true}})"
    page = browser.page("popup.html")
    eventually(lambda: len(page.evaluate(count)["events"]) >= 3, "events", within=60)
    page.close()


def extension_pictures(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with (
            StandIn() as gmail,
            server(work / "server", SEALBREAK_PUBLIC_URL=TRACKER) as tracker,
            Browser(gmail, work / "browser") as browser,
        ):
            popup_pictures(browser, folder, "new")
            options_pictures(browser, folder, "new")
            browser.pair(tracker.address, tracker.pairing_code())
            popup_pictures(browser, folder, "empty")
            compose_pictures(browser, folder)
            menu_pictures(browser, folder)
            a_few_events(browser, tracker)
            popup_pictures(browser, folder, "events")
            options_pictures(browser, folder, "paired")
            mails = mails_of_all_kinds(browser, tracker)
            list_pictures(browser, folder, mails)
            panel_pictures(browser, folder, mails[0])
            search_pictures(browser, folder)
            tracker.stop()
            browser.worker.evaluate(TROUBLED)
            popup_pictures(browser, folder, "troubled")
    return sorted(folder.glob("*.png"))


TROUBLED = """
chrome.storage.local.get(["health"]).then(({ health }) => chrome.storage.local.set({
  health: { ...health, unreadableAt: new Date().toISOString() },
}))
"""
