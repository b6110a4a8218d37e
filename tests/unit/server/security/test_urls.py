import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.security.urls import is_web_address, location
from support.paths import CONTRACT


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?b=c#d",
        "http://example.com:8080/ä",
        "https://[2001:db8::1]/",
        "https://example.com/@ann",
        "https://münchen.example/",
        "https://example.com/100%25",
        "https://example.com:1/",
        "https://example.com:65535/",
        "https://example.com/".ljust(8192, "a"),
    ],
)
def test_web_addresses_pass(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.com",
        "/path",
        "https://",
        "https:///path",
        "https://bank.example@evil.example/",
        "https://bank.example%40x@evil.example/",
        "https://bank.example\\@evil.example/",
        "https://example.com/\r\nx: y",
        "https://example.com/\u202egpj",
        "https://example.com/ä\x00",
        "https://example.com/a b",
        "https://example.com\uff0fx.example/",
        "https://[1:2:3]/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://[half/",
        " https://example.com",
        "https://example.com/\ud800",
        "https://example.com/".ljust(8193, "a"),
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert not is_web_address(url)


REFUSED = {"not-web", "odd"}
"""The reasons of the shared list that depend on the address alone."""


@pytest.mark.parametrize("case", json.loads((CONTRACT / "links.json").read_text()))
def test_the_server_follows_the_addresses_that_the_extension_wraps(case: dict[str, Any]) -> None:
    target = case.get("target", case["url"])
    assert is_web_address(target) is (case["why"] not in REFUSED)
    assert is_web_address(target) or not case["wrapped"]


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_location_is_always_one_plain_line(url: str) -> None:
    value = location(url)
    assert all(0x20 < byte < 0x7F for byte in value)


def test_a_location_changes_no_encoded_address() -> None:
    url = "https://example.com/a%2Fb?x=1&y=%C3%A4+z#frag"
    assert location(url) == url.encode()
