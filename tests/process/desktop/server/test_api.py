import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sealbreak_desktop.errors import (
    NotSealbreakError,
    RefusedError,
    SealbreakError,
    SignedOutError,
    UnreachableError,
)
from sealbreak_desktop.server.api import Api
from support.desktop.server import Server, server


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for all tests, as each pairs a device of its own."""
    with server(tmp_path_factory.mktemp("server")) as running:
        yield running


class Strange(ThreadingHTTPServer):
    """A server that gives one answer to everything."""

    status = 200
    body = b""
    headers: dict[str, str]
    asked: list[dict[str, str]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        assert isinstance(self.server, Strange)
        self.server.asked.append({"path": self.path, **dict(self.headers)})
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def strange() -> Iterator[Strange]:
    with Strange(("127.0.0.1", 0), Handler) as running:
        running.headers, running.asked = {}, []
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_pairing_gives_a_token_that_works(live: Server) -> None:
    paired = Api(live.address).pair(live.pairing_code().lower(), "Desk")
    assert Api(live.address, paired.token).newest_event() == 0


def test_a_wrong_code_says_how_to_get_another(live: Server) -> None:
    with pytest.raises(RefusedError, match="sealbreak-server pair"):
        Api(live.address).pair("WRNG-CODE", "Desk")


def test_a_code_works_once(live: Server) -> None:
    code = live.pairing_code()
    Api(live.address).pair(code, "Desk")
    with pytest.raises(RefusedError):
        Api(live.address).pair(code, "Desk")


def test_a_wrong_token_is_signed_out(live: Server) -> None:
    with pytest.raises(SignedOutError):
        Api(live.address, "wrong").newest_event()


def test_a_link_for_the_browser_lands_where_asked(live: Server) -> None:
    paired = Api(live.address).pair(live.pairing_code(), "Desk")
    link = Api(live.address, paired.token).sign_in_link("/history")
    assert link.startswith(f"{live.address}/sign-in/")


def test_signing_out_ends_the_token(live: Server) -> None:
    api = Api(live.address, Api(live.address).pair(live.pairing_code(), "Desk").token)
    api.sign_out()
    with pytest.raises(SignedOutError):
        api.newest_event()


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"[]", b"{}", b"\xff"])
def test_another_program_is_named_as_such(strange: Strange, body: bytes) -> None:
    strange.body = body
    with pytest.raises(NotSealbreakError, match="does not look like"):
        Api(strange.address).pair("ABCD-EFGH", "Desk")


def test_a_missing_page_means_another_program(strange: Strange) -> None:
    strange.status, strange.body = 404, b"nothing here"
    with pytest.raises(NotSealbreakError):
        Api(strange.address).pair("ABCD-EFGH", "Desk")


def test_a_failing_server_is_not_taken_for_another_program(strange: Strange) -> None:
    strange.status, strange.body = 502, b"<html>bad gateway</html>"
    with pytest.raises(UnreachableError, match="502"):
        Api(strange.address, "secret").newest_event()


def test_a_sign_in_page_of_another_program_does_not_sign_us_out(strange: Strange) -> None:
    strange.status, strange.body = 401, b"<html>Guests, sign in here</html>"
    strange.headers = {"WWW-Authenticate": 'Basic realm="Guests"'}
    with pytest.raises(NotSealbreakError):
        Api(strange.address, "secret").newest_event()


def test_too_many_tries_say_how_long_to_wait(strange: Strange) -> None:
    strange.status, strange.headers = 429, {"Retry-After": "7"}
    strange.body = json.dumps({"title": "Too many tries"}).encode()
    with pytest.raises(RefusedError, match="in 7 seconds"):
        Api(strange.address).pair("ABCD-EFGH", "Desk")


def test_a_refused_connection_asks_whether_the_server_runs(strange: Strange) -> None:
    with pytest.raises(UnreachableError, match="Is the server running"):
        Api("http://127.0.0.1:1").pair("ABCD-EFGH", "Desk")


def test_the_token_does_not_follow_a_redirect(strange: Strange) -> None:
    strange.status = 302
    strange.headers = {"Location": f"{strange.address}/elsewhere"}
    with pytest.raises(SealbreakError):
        Api(strange.address, "secret").newest_event()
    assert strange.asked[0]["Authorization"] == "Bearer secret"
    assert all("Authorization" not in later for later in strange.asked[1:])


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", None, 7])
def test_only_web_pages_are_ever_opened(strange: Strange, url: object) -> None:
    strange.body = json.dumps({"url": url}).encode()
    with pytest.raises(NotSealbreakError):
        Api(strange.address, "secret").sign_in_link("/history")


def test_mutes_are_set_and_ended(live: Server) -> None:
    api = Api(live.address, Api(live.address).pair(live.pairing_code(), "Desk").token)
    message = live.message()
    for muted in (True, False):
        api.mute_message(message.id, muted)
        api.mute_person("Ann+test@example.com", muted)
        assert live.call("GET", f"messages/{message.id}")["muted"] is muted
        people = ["ann+test@example.com"] if muted else []
        assert live.call("GET", "mutes")["recipients"] == people
