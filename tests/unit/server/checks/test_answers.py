import json
from typing import Any

import pytest
from sealbreak_server.checks.judgements.answers import (
    Response,
    Seen,
    Stale,
    Stranger,
    read_answer,
)
from sealbreak_server.security.nonces import Nonce

NONCE = Nonce("n" * 32, 0, "right")
BODY = {
    "answer": "right", "now": 5.0, "instance": "one", "version": "0.1.0", "public_url": "",
    "host": "h", "peer": "127.0.0.1", "trusted": True, "client": "203.0.113.9",
    "client_header": "", "client_named": [],
    "forwarded_for": ["192.0.2.66", "203.0.113.9, 10.0.0.1"],
}  # fmt: skip


def read(body: Any, status: int = 200, **headers: str) -> Seen | Stale | Stranger:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_answer(NONCE, Response(status, headers, raw))


def test_the_right_answer_tells_how_the_request_came() -> None:
    found = read(BODY)
    assert isinstance(found, Seen)
    assert found.forwarded_for == ("192.0.2.66", "203.0.113.9", "10.0.0.1")


def test_an_old_nonce_tells_the_time_only() -> None:
    assert read({"answer": "right", "now": 5.0}) == Stale(5.0)


@pytest.mark.parametrize("body", [{**BODY, "answer": "wrong"}, [], b"GIF89a", {}, b"\xff"])
def test_everything_else_is_a_stranger(body: object) -> None:
    assert isinstance(read(body), Stranger)
    assert isinstance(read(BODY, status=203), Stranger)


def test_a_stranger_is_named_by_its_page_or_its_program() -> None:
    page = b"<html><TITLE lang=en>\n Fritz &amp; Co\n</TITLE>"
    assert read(page, server="nginx") == Stranger(200, "Fritz & Co")
    assert read(b"", 404, server="nginx") == Stranger(404, "nginx")
    assert read(b"<title>" + b"x" * 500).what == "x" * 60  # type: ignore[union-attr]


def test_redirects_and_other_sealbreak_servers_are_known() -> None:
    assert read(b"", 302, location="https://example.com/") == Stranger(
        302, "", "https://example.com/"
    )
    found = read(b"There is nothing at this address.\n", 404)
    assert found == Stranger(404, "", is_sealbreak=True)
