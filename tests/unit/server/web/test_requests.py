import asyncio
from typing import Any

import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError, NotJsonError
from sealbreak_server.web.requests import (
    is_api_path,
    is_number,
    json_body,
    message_id,
    query_number,
    read_cursor,
    search_text,
    write_cursor,
)
from starlette.requests import Request


def request(
    body: bytes = b"", kind: str | None = "application/json", query: str = "", id_: str = ""
) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [] if kind is None else [(b"content-type", kind.encode())]
    path = {"id": id_}
    scope = {
        "type": "http", "headers": headers, "query_string": query.encode(), "path_params": path,
    }  # fmt: skip
    return Request(scope, receive)


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/json ;x", None]
)
def test_json_is_read_with_its_content_type_or_without_any(kind: str | None) -> None:
    assert asyncio.run(json_body(request(b'{"count": 2}', kind))) == {"count": 2}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_content_types_that_a_form_can_send_are_refused(kind: str) -> None:
    with pytest.raises(NotJsonError):
        asyncio.run(json_body(request(b'{"count": 2}', kind)))


def test_an_empty_body_is_an_empty_object() -> None:
    assert asyncio.run(json_body(request(b"", "text/plain"))) == {}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe{", b"[" * 100_000, b"1" * 5000])
def test_invalid_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequestError, match="must be JSON"):
        asyncio.run(json_body(request(body)))


def test_a_malformed_id_is_not_found() -> None:
    assert message_id(request(id_="abcdefghijklmnop")) == "abcdefghijklmnop"
    for odd in ("", "ABCDEFGHIJKLMNOP", "abcdefghijklmno1", "abc"):
        with pytest.raises(NotFoundError, match="no such message"):
            message_id(request(id_=odd))


def test_a_query_number_has_a_default_and_bounds() -> None:
    assert query_number(request(), "limit", 50, 1, 200) == 50
    assert [query_number(request(query=f"limit={n}"), "limit", 50, 1, 200) for n in (1, 200)] == [
        1, 200,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["0", "201", "-1", "+5", "5.0", "", "²", "٣", "1" * 17, "x"])
def test_a_wrong_query_number_is_named(text: str) -> None:
    with pytest.raises(BadRequestError, match=r"^limit must be a whole number from 1 to 200"):
        query_number(request(query=f"limit={text}"), "limit", 50, 1, 200)


@pytest.mark.parametrize("place", [((1.5,), "a" * 16), ((0.0, 12.25), "b2" * 8)])
def test_a_cursor_survives_a_round_trip(place: tuple[tuple[float, ...], str]) -> None:
    assert read_cursor(write_cursor(place), keys=len(place[0])) == place


@pytest.mark.parametrize("text", ["x", "AAAA", write_cursor(((1.0, 2.0), "a" * 16))])
def test_a_wrong_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError, match="cursor must be a `next` value"):
        read_cursor(text)


def test_without_a_cursor_a_list_starts_at_the_beginning() -> None:
    assert read_cursor(None) is read_cursor("") is None


def test_a_search_text_is_trimmed_and_cut() -> None:
    assert search_text(request(query="q=%20tea%00%20")) == "tea"
    assert len(search_text(request(query="q=" + "x" * 200))) == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", True),
        ("9" * 16, True),
        ("9" * 17, False),
        ("", False),
        ("-1", False),
        ("\u0663", False),
    ],
)
def test_a_number_has_at_most_16_ascii_digits(text: str, expected: bool) -> None:
    assert is_number(text) is expected


@pytest.mark.parametrize(
    ("path", "expected"), [("/api/v1/events", True), ("/api/v1", False), ("/api/v10/x", False)]
)
def test_api_paths_are_recognized(path: str, expected: bool) -> None:
    assert is_api_path(path) is expected
