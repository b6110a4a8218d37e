"""Generated requests, tokens, links, headers and frames cause no exception.

`tests/soak/fuzz.py` does the same for any length of time.
"""

import string
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealbreak_server.app import make_app, make_services
from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import Keyring, Token, make_token, message_key
from sealbreak_server.settings import read_settings
from sealbreak_server.web.api.devices import is_history_path
from sealbreak_server.web.live import _token_of
from sealbreak_server.web.middleware.proxies import plain_address
from sealbreak_server.web.requests import read_cursor, write_cursor
from starlette.testclient import TestClient
from support.server.fuzzing import Counts, fuzz_document
from support.server.process import running
from support.server.stranger import join, said, token_of

KEY = bytes(range(32))
RING = Keyring((bytes(32), KEY))
OWNER = "a2b3c4d5"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
TEXT = st.text(st.characters(), max_size=40)
"""Texts of all characters, including unpaired surrogates, which JSON can express."""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "subject", "recipients", "links", "sent_at", "scheduled_for", "level", "draft_id", "n", "url",
    "address", "name", "kind", "copy", "hidden",
)  # fmt: skip


def test_generated_requests_match_the_document(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server, join(server, "Ann") as ann:
        counts = Counts()
        fuzz_document(server.url, token_of(ann), counts, examples=6, number=1)
        assert counts.requests > 100
        assert counts.failures == []
        assert "Traceback" not in said(server)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The app without a server, so that its exceptions reach the test."""
    data = str(tmp_path_factory.mktemp("fuzz") / "data")
    found = read_settings({"data": data, "public_url": "http://testserver"}, {})
    with TestClient(make_app(make_services(found)), follow_redirects=False) as made:
        yield made


path_parts = st.text(max_size=40) | st.text(BASE32, min_size=8, max_size=8) | st.text(
    BASE32, min_size=32, max_size=32
)  # fmt: skip


@given(kind=st.sampled_from("olr"), parts=st.tuples(path_parts, path_parts, path_parts))
@settings(max_examples=150, deadline=None)
def test_no_generated_address_causes_an_error(
    client: TestClient, kind: str, parts: tuple[str, ...]
) -> None:
    owner, token, last = (quote(part, safe="") for part in parts)
    path = {"o": f"/o/{owner}/{token}.gif", "l": f"/l/{owner}/{token}/{last}?to={last}&sig={last}",
            "r": f"/r/{owner}/{token}"}[kind]  # fmt: skip
    assert client.get(path).status_code in {200, 404}


@given(st.binary(max_size=200), st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_no_generated_body_or_header_causes_an_error(
    client: TestClient, body: bytes, header: bytes
) -> None:
    value = header.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    named = [(b"authorization", b"Bearer " + value), (b"cookie", b"sealbreak=" + value),
             (b"x-forwarded-for", value), (b"content-type", b"application/json")]  # fmt: skip
    for method, path in (("POST", "/api/v1/pair"), ("PUT", "/api/v1/messages/x"),
                         ("POST", "/history/sign-out"), ("GET", "/history")):  # fmt: skip
        answer = client.request(method, path, content=body, headers=named)
        assert answer.status_code < 500


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_a_random_token_is_invalid(owner: str, text: str) -> None:
    assert RING.read(owner, text) is None


@given(st.text(BASE32, min_size=32, max_size=32))
@settings(max_examples=150, deadline=None)
def test_a_random_token_of_the_right_shape_is_invalid(text: str) -> None:
    assert RING.read(OWNER, text) is None


@given(st.text(BASE32, min_size=16, max_size=16), st.integers(0, 65535), st.data())
@settings(max_examples=200, deadline=None)
def test_a_token_with_one_changed_letter_is_invalid(
    message: str, copy: int, data: st.DataObject
) -> None:
    token = make_token(message_key(KEY, OWNER, message), message, copy)
    assert RING.read(OWNER, token) == Token(OWNER, message, copy, message_key(KEY, OWNER, message))
    at = data.draw(st.integers(0, 31))
    message = data.draw(
        st.sampled_from(BASE32 + string.ascii_uppercase).filter(lambda c: c != token[at])
    )
    assert RING.read(OWNER, token[:at] + message + token[at + 1 :]) is None


@given(st.text(max_size=80), st.text(max_size=30), st.integers(0, 10**7))
@settings(max_examples=150, deadline=None)
def test_a_link_is_valid_only_with_its_own_signature(url: str, signature: str, number: int) -> None:
    assert not Token(OWNER, "a" * 16, 0, KEY).signs(number, url, signature)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
@settings(max_examples=150, deadline=None)
def test_a_registration_is_read_or_refused(body: object) -> None:
    with suppress(BadRequestError):
        read_registration(body)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_texts_are_read_without_what_databases_cannot_store(value: object) -> None:
    with suppress(BadRequestError):
        for text in Fields({"x": value}).texts("x", 3):
            assert b"\0" not in text.encode()


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_cursor_is_valid_or_refused(text: str) -> None:
    try:
        place = read_cursor(text)
    except BadRequestError:
        return
    assert place is None or read_cursor(write_cursor(place)) == place


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_cursor_of_random_bytes_is_valid_or_refused(raw: bytes) -> None:
    try:
        place = read_cursor(urlsafe_b64encode(raw).decode())
    except BadRequestError:
        return
    assert place is None or (max(place[0]) < float("inf") and place[1].isalnum())


@given(st.text() | st.from_regex(r'\{"token": ?".*"\}'))
@settings(max_examples=150, deadline=None)
def test_a_first_frame_is_a_token_or_nothing(frame: str) -> None:
    assert isinstance(_token_of(frame), str)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_sign_in_path_is_a_page_of_ours(path: str) -> None:
    assert not is_history_path(path) or path.startswith("/history")


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_address_in_a_header_causes_an_error(text: str) -> None:
    assert isinstance(plain_address(text), str)
