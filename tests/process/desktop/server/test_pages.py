import webbrowser

import pytest
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.server import pages
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.decoding import read_event
from support.desktop.scripted_server import golden
from support.desktop.server import Server, landing


def test_a_missing_browser_is_an_error(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    with pytest.raises(SealbreakError, match="BROWSER"):
        pages.open_page(Api(live.address, token), "/history")


def test_the_page_opens_signed_in(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    opened: list[str] = []

    def browse(link: str) -> bool:
        opened.append(link)
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    pages.open_page(Api(live.address, token), "/history")
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
    pages.open_page(Api(live.address, token), pages.page_of(digest))
    assert landing(opened[0]) == "/history/digest/2026-11-23"
