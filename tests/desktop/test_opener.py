import webbrowser

import pytest
from screen.server import Server
from sealbreak_desktop import opener
from sealbreak_desktop.api import Api
from sealbreak_desktop.errors import SealbreakError


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (None, "/history"),
        ("mfzwizltor2xs5dp", "/history/mfzwizltor2xs5dp"),
        ("../devices?x=1", "/history/..%2Fdevices%3Fx%3D1"),
    ],
)
def test_a_message_has_its_page(message: str | None, path: str) -> None:
    assert opener.page_of(message) == path


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
