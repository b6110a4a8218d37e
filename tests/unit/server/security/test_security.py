import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.security.rate_limit import RateBucket
from sealbreak_server.security.secrets import hash_code, new_code
from sealbreak_server.security.urls import is_web_address, location
from support.paths import CONTRACT


def test_codes_are_the_same_however_they_are_typed() -> None:
    code = new_code()
    assert hash_code(code) == hash_code(f" {code.lower().replace('-', '')} ")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?b=c#d",
        "http://example.com:8080/ä",
        "https://[2001:db8::1]/",
        "https://example.com/@ann",
        "https://münchen.example/",
        "https://example.com/100%25",
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
        "https://example.com:99999/",
        "https://[half/",
        " https://example.com",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * 9000,
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


def test_the_bucket_empties_and_refills() -> None:
    bucket = RateBucket(capacity=2, seconds=10)
    assert [bucket.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 10.0]
    assert bucket.wait("b", 0.0) == 0.0
    assert bucket.wait("a", 10.0) == 0.0


def test_a_good_attempt_costs_nothing() -> None:
    bucket = RateBucket(capacity=1, seconds=10)
    for _ in range(5):
        assert bucket.wait("a", 0.0) == 0.0
        bucket.give_back("a")


def test_the_bucket_forgets_rather_than_grows() -> None:
    bucket = RateBucket(capacity=1, seconds=10, keys=3)
    for key in "abcd":
        bucket.wait(key, 0.0)
    assert bucket.wait("a", 0.0) == 0.0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    bucket = RateBucket(capacity=2, seconds=10)
    assert [bucket.wait("a", now) for now in (5000.0, 0.0, 0.0)] == [0.0, 0.0, 10.0]
    assert bucket.wait("a", 10.0) == 0.0


def test_what_is_given_back_late_makes_no_bucket_grow() -> None:
    bucket = RateBucket(capacity=1, seconds=10, keys=1)
    for key in "abc":
        bucket.wait(key, 0.0)
    for key in "abc":
        bucket.give_back(key)
    assert list(bucket._levels) == ["c"]
