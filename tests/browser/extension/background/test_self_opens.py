"""The sender's own browser never counts as a reader."""

import re
from collections.abc import Iterator

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server
from support.gmail.browser import Browser
from support.gmail.stand_in import TRACKER, Thread, proxied
from support.gmail.tab import Tab

TRIES = 20
PROXY = "ci3.googleusercontent.com"
OTHERS = f"{TRACKER}/o/zzzzzzzz/{'a' * 32}.gif"
WAYS = re.split(
    r",\s+",
    """innerHTML attached, innerHTML detached, img.src, setAttribute, DOMParser, importNode,
    template, insertAdjacentHTML, new Image, CSS background, static HTML, XHR rendered,
    fetch rendered, createContextualFragment, cloneNode, srcset, picture, object, embed,
    video poster, svg image, input type=image, iframe, fetch, XHR, preload, CSS rule""",
)


@pytest.fixture(scope="module")
def pixel(browser: Browser) -> str:
    """The pixel of a mail that this browser sent."""
    browser.gmail.forget()
    tab = browser.open()
    tab.send("ben@example.com", html='<a href="https://example.com/a">this</a>')
    tab.close()
    return browser.gmail.mails(1)[0].pixels[0]


@pytest.fixture(scope="module")
def page(browser: Browser, pixel: str) -> Iterator[Tab]:
    tab = browser.open()
    yield tab
    tab.close()


def fetched(tab: Tab, marker: str) -> int:
    """Requests for an image whose address contains the marker, since fragments are not sent."""
    hosts = (PROXY, TRACKER.removeprefix("https://"))
    return sum(marker in one.path for host in hosts for one in tab.gmail.requests(host))


@pytest.mark.parametrize("way", WAYS)
def test_the_own_pixel_is_never_loaded(page: Tab, pixel: str, way: str) -> None:
    page.gmail.forget()
    for number in range(TRIES):
        # An address that the page has loaded before would come from its cache.
        name = f"{way.replace(' ', '')}{number}"
        own = f"https://{PROXY}/meips/own-{name}=s0-d-e1-ft#{pixel}"
        seen = f"https://{PROXY}/meips/seen-{name}=s0-d-e1-ft#{OTHERS}"
        page.load_images(way, own, pixel, seen)
    eventually(lambda: fetched(page, "/seen") == TRIES, "every image of somebody else")
    assert fetched(page, "/own-") == 0
    assert page.gmail.requests(TRACKER.removeprefix("https://")) == []


def test_the_tested_ways_are_those_of_the_page(page: Tab) -> None:
    assert page.ways() == WAYS


def test_the_old_address_form_of_the_proxy_is_blocked_too(page: Tab, pixel: str) -> None:
    page.gmail.forget()
    page.load_images("img.src", f"https://{PROXY}/proxy/own-=s0-d-e1-ft#{pixel}")
    page.load_images("img.src", f"https://{PROXY}/proxy/seen=s0-d-e1-ft#{OTHERS}")
    eventually(lambda: fetched(page, "/seen"), "somebody else's image")
    assert fetched(page, "own-") == 0


def test_rules_apply_from_the_first_request_after_a_restart(browser: Browser, pixel: str) -> None:
    browser.restart()
    browser.gmail.forget()
    tab = browser.open()
    for number in range(TRIES):
        tab.load_images("img.src", f"https://{PROXY}/meips/own{number}#{pixel}")
    tab.load_images("img.src", f"https://{PROXY}/meips/seen#{OTHERS}")
    eventually(lambda: fetched(tab, "/seen"), "somebody else's image")
    assert fetched(tab, "/own") == 0
    tab.close()


def test_a_click_on_an_own_link_carries_the_senders_mark(browser: Browser, pixel: str) -> None:
    owner, name = pixel.removesuffix(".gif").split("/")[-2:]
    link = f"{TRACKER}/l/{owner}/{name}/1?to=https%3A%2F%2Fexample.com&sig=x"
    assert follow(browser, link)["x-sealbreak-sender"] == browser.stored("account")["senderMark"]


def test_a_click_on_another_owners_link_carries_no_mark(browser: Browser) -> None:
    link = f"{TRACKER}/l/zzzzzzzz/{'a' * 32}/1?to=https%3A%2F%2Fexample.com&sig=x"
    assert "x-sealbreak-sender" not in follow(browser, link)


def test_opening_a_thread_with_an_own_mail_reports_a_view_by_the_sender(
    browser: Browser, pixel: str, tracker: Server
) -> None:
    browser.gmail.threads["own"] = Thread("msg-f:1", "thread-f:1", f'<img src="{proxied(pixel)}">')
    tab = browser.open()
    with browser.context.expect_event(
        "request", lambda one: one.url.endswith("/api/v1/views")
    ) as told:
        tab.open_thread("own")
    assert told.value.post_data_json == {"messages": [pixel.rsplit("/", 1)[1][:16]]}
    tab.close()


def follow(browser: Browser, link: str) -> dict[str, str]:
    browser.gmail.forget()
    page = browser.context.new_page()
    page.goto(link)
    page.close()
    return browser.gmail.requests(TRACKER.removeprefix("https://"), "/l/")[0].headers
