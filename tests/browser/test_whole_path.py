"""From a compose window in Chromium to a pop-up on a desktop, in one piece."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display, skip_reason, virtual_display
from support.desktop.processes import eventually
from support.desktop.server import BROWSER, Server, fetch, server
from support.desktop.tray import pair, start_tray
from support.gmail.browser import Browser
from support.gmail.mails import Mail, target
from support.gmail.stand_in import TRACKER, StandIn

GMAIL_PROXY = {
    "User-Agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"
    " (via ggpht.com GoogleImageProxy)",
    "X-Forwarded-For": "66.249.84.17",
}
AT_HOME = {**BROWSER, "X-Forwarded-For": "93.184.216.34"}


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Server]:
    proxies = "127.0.0.1/32"
    with server(
        tmp_path / "server", SEALBREAK_PUBLIC_URL=TRACKER, SEALBREAK_TRUSTED_PROXIES=proxies
    ) as running:
        yield running


@pytest.fixture
def screen() -> Iterator[Display]:
    if reason := skip_reason():
        pytest.skip(reason)
    with virtual_display() as here:
        yield here


def written(browser: Browser) -> Mail:
    """A mail with one link, written and sent in the browser, and known to the server."""
    tab = browser.open()
    tab.send("ann@example.com", "Offer 12", '<p>See <a href="https://example.com/offer">it</a></p>')
    (mail,) = browser.gmail.mails(1)
    return mail


def here(tracker: Server, url: str) -> str:
    """The address in the mail, as the reverse proxy in front of the server would hand it on."""
    assert url.startswith(TRACKER)
    return tracker.address + url.removeprefix(TRACKER)


def sent_at(tracker: Server) -> float:
    (message,) = tracker.call("GET", "messages")["messages"]
    return datetime.fromisoformat(message["sent_at"]).timestamp()


def test_a_mail_sent_in_chromium_ends_as_a_pop_up_on_the_desktop(
    tmp_path: Path, tracker: Server, screen: Display, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn() as gmail, Browser(gmail, tmp_path) as browser:
        browser.pair(tracker.address, tracker.pairing_code())
        pair(screen, tracker.address, tracker.pairing_code())
        tray = start_tray(screen)
        with NotifyMonitor(screen.bus_address) as pop_ups:
            mail = written(browser)
            eventually(lambda: tracker.call("GET", "messages")["messages"], "the registration")
            # A fetch in the very seconds of sending proves no reader: it would rightly be silent.
            eventually(lambda: time.time() > sent_at(tracker) + 2.5, "time to read")
            began = time.monotonic()
            assert fetch(here(tracker, mail.pixels[0]), GMAIL_PROXY) == 200
            opened = pop_ups.wait()
            opened_after = time.monotonic() - began
            began = time.monotonic()
            assert fetch(here(tracker, mail.links[0]), AT_HOME) == 302
            clicked = pop_ups.wait()
            clicked_after = time.monotonic() - began

        assert opened.title == "Your mail to ann, 'Offer 12', was opened"
        assert "Gmail" in opened.body
        assert "link" in clicked.title
        assert target(mail.links[0]) == "https://example.com/offer"
        assert urlsplit(mail.pixels[0]).netloc == urlsplit(TRACKER).netloc
        assert tray.stop() == 0
    with capsys.disabled():
        print(f"\nfetch to pop-up: open {opened_after:.2f} s, click {clicked_after:.2f} s")
