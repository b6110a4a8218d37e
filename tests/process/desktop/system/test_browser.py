import webbrowser
from dataclasses import replace

import pytest
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.events import read_event
from sealbreak_desktop.system import browser
from support.desktop.scripted_server import golden
from support.desktop.server import Server, landing

OPENED = read_event(golden("opened-through-gmail"))


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("", "/history"),
        ("mfzwizltor2xs5dp", "/history/mfzwizltor2xs5dp"),
        ("../devices?x=1", "/history/..%2Fdevices%3Fx%3D1"),
    ],
)
def test_a_message_has_its_page(message: str, path: str) -> None:
    assert browser.page_of(replace(OPENED, message=message)) == path


def test_no_event_leads_to_the_history() -> None:
    assert browser.page_of(None) == "/history"


def test_an_event_with_a_page_of_its_own_leads_there() -> None:
    digest = read_event(golden("digest", path="/history/digest/2026-11-23"))
    assert browser.page_of(digest) == "/history/digest/2026-11-23"


def test_no_browser_is_an_error_with_a_cure(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with pytest.raises(SealbreakError, match="BROWSER"):
        browser.open_page(Api(live.address, token), "/history")


def test_the_page_opens_signed_in(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    opened: list[str] = []

    def browse(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    browser.open_page(Api(live.address, token), "/history")
    assert opened[0].startswith(f"{live.address}/sign-in/")


def test_the_page_of_a_digest_opens_signed_in(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    opened: list[str] = []

    def browse(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    digest = read_event(golden("digest", path="/history/digest/2026-11-23"))
    browser.open_page(Api(live.address, token), browser.page_of(digest))
    assert landing(opened[0]) == "/history/digest/2026-11-23"
