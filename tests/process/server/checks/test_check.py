"""The server's side: it answers each nonce of its own keys once, and says nothing to others."""

import time

import httpx2
import pytest
from sealbreak_server.security.keyring import read_keys
from sealbreak_server.security.nonces import MARK, Nonce, new_nonce
from sealbreak_server.security.tokens import Keyring
from sealbreak_server.web.responses import NO_STORE, PIXEL
from support.server.process import Server
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect


def made_by(server: Server, ago: float = 0.0) -> Nonce:
    return new_nonce(read_keys(server.data / "keys"), time.time() - ago)


def asked(server: Server, nonce: str) -> httpx2.Response:
    return httpx2.get(
        f"{server.url}/check/{nonce}", headers={"x-forwarded-for": "192.0.2.1, 203.0.113.9"}
    )


def test_a_nonce_is_answered_with_how_the_request_came(server: Server) -> None:
    nonce = made_by(server)
    answer = asked(server, nonce.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, NO_STORE)
    body = answer.json()
    assert (body["answer"], body["host"]) == (nonce.answer, server.url.removeprefix("http://"))
    assert (body["peer"], body["trusted"], body["client"]) == ("127.0.0.1", True, "203.0.113.9")
    assert body["forwarded_for"] == ["192.0.2.1, 203.0.113.9"]


@pytest.mark.parametrize("ago", [61.0, -120.0, 0.0])
def test_an_old_or_repeated_nonce_learns_the_time_only(server: Server, ago: float) -> None:
    nonce = made_by(server, ago)
    if not ago:
        assert "instance" in asked(server, nonce.text).json()
    body = asked(server, nonce.text).json()
    assert set(body) == {"answer", "now"}
    assert abs(body["now"] - time.time()) < 30


@pytest.mark.parametrize("nonce", ["x", "a" * 32, new_nonce(Keyring((b"k" * 32,)), 2e9).text])
def test_an_unknown_nonce_is_nothing(server: Server, nonce: str) -> None:
    answer = asked(server, nonce)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, NO_STORE)
    assert answer.text == "There is nothing at this address.\n"
    with (
        pytest.raises(InvalidStatus, match="404"),
        connect(f"ws{server.url[4:]}/check/{nonce}", proxy=None),
    ):
        pass


def test_a_live_connection_is_answered_and_stays_open(server: Server) -> None:
    nonce = made_by(server)
    with connect(f"ws{server.url[4:]}/check/{nonce.text}", proxy=None) as websocket:
        assert nonce.answer in str(websocket.recv(5))
        websocket.send("ignored")
        with pytest.raises(TimeoutError):
            websocket.recv(0.2)
        websocket.close()
        with pytest.raises(ConnectionClosed):
            websocket.recv(1)


def test_each_pixel_of_a_check_has_another_mark_and_is_no_hit(server: Server) -> None:
    address = f"{server.url}/o/check/{made_by(server).text}.gif"
    one, two = httpx2.get(address), httpx2.get(address)
    assert one.content == two.content == PIXEL
    assert one.headers[MARK] != two.headers[MARK]
    unknown = httpx2.get(f"{server.url}/o/check/{'a' * 32}.gif")
    assert (unknown.content, MARK in unknown.headers) == (PIXEL, False)
