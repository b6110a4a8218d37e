import webbrowser
from dataclasses import replace

import pytest
from sealbreak_desktop import opener
from sealbreak_desktop.api import Api
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.events import read_event
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
    assert opener.page_of(replace(OPENED, message=message)) == path


def test_no_event_leads_to_the_history() -> None:
    assert opener.page_of(None) == "/history"


def test_an_event_with_a_page_of_its_own_leads_there() -> None:
    digest = read_event(golden("digest", path="/history/digest/2026-11-23"))
    assert opener.page_of(digest) == "/history/digest/2026-11-23"


def test_no_browser_is_an_error_with_a_cure(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with pytest.raises(SealbreakError, match="BROWSER"):
        opener.open_page(Api(live.address, token), "/history")


def test_the_page_opens_signed_in(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    opened: list[str] = []

    def browse(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    opener.open_page(Api(live.address, token), "/history")
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
    opener.open_page(Api(live.address, token), opener.page_of(digest))
    assert landing(opened[0]) == "/history/digest/2026-11-23"
