"""The switch, the lists and the panel in Gmail, and the extension's own pages."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch, server
from support.gmail.browser import Browser
from support.gmail.sent import SCANNER, Sent, send
from support.gmail.stand_in import TRACKER, StandIn
from support.gmail.tab import Tab, Writing

MAIL = """<p>Hello Ben,</p>
<p>the offer is on <a href="https://example.com/offer">this page</a>,
and here is <a href="https://example.com/map?from=station">how to find us</a>.</p><p>Ann</p>"""
SUBJECTS = (
    "Contract, second draft",
    "Minutes of Monday",
    "Keys for the office",
    "Invitation",
    "Question",
)
APPLE = {"User-Agent": "Mozilla/5.0", "X-Forwarded-For": "104.28.42.17"}
"""Apple's proxy, if the server trusts loopback as a proxy."""
SCHEMES = ("light", "dark")
EDGE = 24
COLOURS = 256


@contextmanager
def both(browser: Browser, width: int = 1280, height: int = 720) -> Iterator[list[tuple[str, Tab]]]:
    """A tab in each of Gmail's themes."""
    tabs = [
        (scheme, browser.open(dark="1") if scheme == "dark" else browser.open())
        for scheme in SCHEMES
    ]
    for _, tab in tabs:
        tab.page.set_viewport_size({"width": width, "height": height})
    yield tabs
    for _, tab in tabs:
        tab.close()


def shot(page: Page, path: Path, clip: dict[str, float] | None = None, full: bool = False) -> None:
    """In few colours: these pages have few, and the file is a third as large."""
    if clip:
        x, y = max(0, clip["x"] - EDGE), max(0, clip["y"] - EDGE)
        width, height = clip["width"] + 2 * EDGE, clip["height"] + EDGE
        page.screenshot(path=path, clip={"x": x, "y": y, "width": width, "height": height})
    else:
        page.screenshot(path=path, full_page=full)
    picture = Image.open(path).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def compose_pictures(browser: Browser, folder: Path) -> None:
    """The switch: tracked, not tracked, and cannot with its reason."""
    with both(browser) as tabs:
        for scheme, tab in tabs:
            tab.page.bring_to_front()
            writing = tab.compose("ben@example.com", "Offer 12", MAIL)
            for state, act in _acts(writing).items():
                act()
                writing.shows(state)
                if state == "cannot":
                    writing.switch.hover()
                    tab.page.wait_for_timeout(700)  # the tooltip comes with a delay
                else:
                    tab.page.mouse.move(5, 5)
                    tab.page.wait_for_timeout(300)  # the switch slides
                shot(tab.page, folder / f"compose-{state}-{scheme}.png", box(writing))


def _acts(writing: Writing) -> dict[str, Callable[[], None]]:
    plain = writing.root.locator(".plain")
    return {"tracked": lambda: None, "off": writing.switch.click, "cannot": plain.click}


def box(writing: Writing) -> dict[str, float]:
    """Of the compose window with its menu, where that is open."""
    window = writing.tab.page.get_by_role("dialog")
    shown = [window] + ([writing.menu] if writing.menu.count() else [])
    found = [place for one in shown if (place := one.bounding_box())]
    left, top = min(place["x"] for place in found), min(place["y"] for place in found)
    right = max(place["x"] + place["width"] for place in found)
    bottom = max(place["y"] + place["height"] for place in found)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def menu_pictures(browser: Browser, folder: Path) -> None:
    """What is tracked in one mail: opens and one of two links; and the same from right to left."""
    with both(browser) as tabs:
        for scheme, tab in tabs:
            menu_picture(tab, folder / f"compose-menu-{scheme}.png")
    tab = browser.open(dir="rtl")
    menu_picture(tab, folder / "compose-menu-rtl.png")
    tab.close()


def menu_picture(tab: Tab, path: Path) -> None:
    tab.page.bring_to_front()
    writing = tab.compose("ben@example.com, cleo@example.org", "Offer 12", MAIL)
    writing.root.get_by_role("button", name="What to track").click()
    writing.menu.get_by_role("menuitemcheckbox", name="how to find us").click()
    tab.page.mouse.move(5, 5)
    tab.page.wait_for_timeout(300)
    shot(tab.page, path, box(writing))


def mails_of_all_kinds(browser: Browser, tracker: Server) -> list[Sent]:
    """Followed, opened, loaded by Apple's proxy, fetched by a machine, and not seen yet."""
    followed, opened, apple, scanned, new = (
        send(browser, tracker, subject, MAIL) for subject in SUBJECTS
    )
    apple.opened(tracker, APPLE)
    scanned.opened(tracker, SCANNER)
    followed.opened(tracker, SCANNER)
    for sent in (followed, opened):
        sent.opened(tracker)
    for link in (1, 2):
        followed.followed(tracker, link)
        eventually(partial(_has, followed, tracker, link), "a click")
        time.sleep(3)  # every link in one moment would be a scanner's work
    return [followed, opened, apple, scanned, new]


def _has(sent: Sent, tracker: Server, clicks: int) -> bool:
    return int(sent.known(tracker)["clicks"]) >= clicks


def list_pictures(browser: Browser, folder: Path, mails: list[Sent]) -> None:
    """Gmail's list with a mark on each tracked conversation."""
    others = {"people": "Cleo", "subject": "Lunch on Friday?", "thread": "18aa000000000001"}
    with both(browser, 820, 340) as tabs:
        for scheme, tab in tabs:
            tab.page.bring_to_front()
            tab.show_list(*(sent.row for sent in mails), others)
            for sent in mails:
                tab.mark(sent.subject).wait_for()
            shot(tab.page, folder / f"list-{scheme}.png")


def panel_pictures(browser: Browser, folder: Path, sent: Sent) -> None:
    """The history under an opened mail; muted; the question before tracking ends; ended."""
    browser.gmail.threads["shown"] = sent.thread()
    with both(browser, 820, 640) as tabs:
        for name, act in PANELS.items():
            for scheme, tab in tabs:
                tab.page.bring_to_front()
                tab.goto(dark="1") if scheme == "dark" else tab.goto()
                tab.open_thread("shown")
                tab.panel.wait_for()
                act(tab)
                tab.page.mouse.move(5, 5)
                shot(tab.page, folder / f"{name}-{scheme}.png")


def _mute(tab: Tab) -> None:
    switch = tab.panel.get_by_role("switch")
    if switch.get_attribute("aria-checked") == "false":
        switch.click()
    tab.panel.locator("[role=switch][aria-checked=true]").wait_for()


def _ask(tab: Tab) -> None:
    tab.panel.get_by_role("button", name="Stop tracking this mail").click()
    tab.panel.locator("details > summary").click()


def _end(tab: Tab) -> None:
    if tab.panel.get_by_role("button", name="Stop tracking this mail").count():
        _ask(tab)
        tab.panel.get_by_role("button", name="Stop", exact=True).click()
    tab.panel.get_by_text("Tracking was stopped").wait_for()


PANELS: dict[str, Callable[[Tab], None]] = {
    "panel": lambda _: None,
    "panel-muted": _mute,
    "panel-stop": _ask,
    "panel-ended": _end,
}


def search_pictures(browser: Browser, folder: Path) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "popup.html", scheme, {"width": 360, "height": 520})
        page.get_by_role("searchbox").fill("ben")
        page.locator(".event[data-kind=sent]").first.wait_for()
        shot(page, folder / f"popup-search-{scheme}.png")
        page.close()


def popup_pictures(browser: Browser, folder: Path, name: str) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "popup.html", scheme, {"width": 360, "height": 520})
        page.locator("#status").filter(has_text=re.compile(r"\S")).wait_for()
        page.wait_for_timeout(800)  # the fresh events
        height = page.evaluate("document.body.scrollHeight")
        page.set_viewport_size({"width": 360, "height": min(600, height)})
        shot(page, folder / f"popup-{name}-{scheme}.png")
        page.close()


def options_pictures(browser: Browser, folder: Path, name: str, width: int = 760) -> None:
    for scheme in SCHEMES:
        page = _own_page(browser, "options.html", scheme, {"width": width, "height": 900})
        page.wait_for_selector("#account:not([hidden]), #pairing:not([hidden])")
        page.wait_for_timeout(400)  # the switches slide
        shot(page, folder / f"options-{name}-{scheme}.png", full=True)
        page.close()


def _own_page(browser: Browser, name: str, scheme: str, size: ViewportSize) -> Page:
    page = browser.page(name)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    return page


def a_few_events(browser: Browser, tracker: Server) -> None:
    """Four mails are sent; readers open them and follow a link."""
    subjects = (
        "Offer 12",
        "Minutes of Monday",
        "A question about the second draft of the contract",
        "הצעה חדשה",
    )
    browser.gmail.forget()
    tab = browser.open()
    for subject in subjects:
        tab.send("ben@example.com", subject, MAIL)
    tab.close()
    eventually(
        lambda: (browser.stored("queue") or {"entries": [1]})["entries"] == [], "registration"
    )
    mails = browser.gmail.mails(len(subjects))
    for mail in mails:
        fetch(mail.pixels[0].replace(TRACKER, tracker.address))
    fetch(mails[1].links[0].replace(TRACKER, tracker.address))
    eventually(lambda: tracker.call("GET", "events?limit=1")["last"] >= 5, "events", within=60)


def remember_domains(browser: Browser) -> None:
    settings = browser.ask("overview", {"refresh": False})["settings"]
    domains = {
        "example.com": {"on": True, "opens": True, "links": False},
        "a-very-long-name-of-a-department.example.org": {"on": False, "opens": True, "links": True},
    }
    browser.ask("settings", {**settings, "domains": domains, "doNotTrack": ["cleo@example.org"]})


def surprise_pictures(browser: Browser, folder: Path) -> None:
    """Two mails that leave in another way than their switches showed: notices, and the popup."""
    for scheme in SCHEMES:
        dark = {"dark": "1"} if scheme == "dark" else {}
        tab = browser.open(0, "", locked="1", **dark)
        tab.page.set_viewport_size({"width": 820, "height": 480})
        tab.send("ben@example.com", "Offer 12", MAIL)
        tab.send("ben@example.com", "A question about the second draft of the contract", MAIL)
        tab.page.locator(".sealbreak-notice").nth(1).wait_for()
        shot(tab.page, folder / f"notice-{scheme}.png")
        tab.close()
    popup_pictures(browser, folder, "outcomes")
    browser.ask("dismiss-outcomes")


def unsure_pictures(browser: Browser, folder: Path) -> None:
    """After a mail that was not understood: the switch, and the report on a narrow page."""
    shape = "[[null,number,[text(14 html),^pfg]],msg-a:text(27)," * 12
    browser.worker.evaluate(HEALTH, {"missed": 1})
    browser.worker.evaluate("(shape) => chrome.storage.local.set({ unreadShape: shape })", shape)
    with both(browser) as tabs:
        for scheme, tab in tabs:
            tab.page.bring_to_front()
            writing = tab.compose("ben@example.com", "Offer 12", MAIL, state="unsure")
            writing.switch.hover()
            tab.page.wait_for_timeout(700)
            shot(tab.page, folder / f"compose-unsure-{scheme}.png", box(writing))
    options_pictures(browser, folder, "phone", 390)
    browser.ask("dismiss-warning")


def troubled_pictures(browser: Browser, tracker: Server, folder: Path) -> None:
    browser.worker.evaluate(HEALTH, {"unreadableAt": "2026-11-23T09:00:00.000Z"})
    popup_pictures(browser, folder, "gmail-changed")
    browser.worker.evaluate(HEALTH, {"unreadableAt": None})
    tracker.stop()
    tab = browser.open()
    tab.send("ben@example.com", "Sent while the server was away", MAIL)
    tab.close()
    eventually(lambda: browser.stored("queue")["failures"] > 0, "a failure")
    browser.worker.evaluate(LONG_AWAY)
    popup_pictures(browser, folder, "away")


HEALTH = """(change) => chrome.storage.local.get(["health"]).then(({ health }) =>
  chrome.storage.local.set({ health: { ...health, ...change } }))"""
LONG_AWAY = """() => chrome.storage.local.get(["queue"]).then(({ queue }) =>
  chrome.storage.local.set({ queue: { ...queue, failures: 4 } }))"""


def extension_pictures(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with (
            StandIn() as gmail,
            server(
                work / "server",
                SEALBREAK_PUBLIC_URL=TRACKER,
                SEALBREAK_TRUSTED_PROXIES="127.0.0.1/32",
            ) as tracker,
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
            mails = mails_of_all_kinds(browser, tracker)
            list_pictures(browser, folder, mails)
            panel_pictures(browser, folder, mails[0])
            search_pictures(browser, folder)
            remember_domains(browser)
            options_pictures(browser, folder, "paired")
            surprise_pictures(browser, folder)
            unsure_pictures(browser, folder)
            troubled_pictures(browser, tracker, folder)
    return sorted(folder.glob("*.png"))
