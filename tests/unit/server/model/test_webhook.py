import hashlib
import hmac
from ipaddress import ip_network

import pytest
from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.webhook import (
    DEAD_FAILURES,
    DEAD_SECONDS,
    check_url,
    delay,
    is_dead,
    may_reach,
    signature,
)

OFFICE = (ip_network("10.1.0.0/16"), ip_network("::1/128"))


def test_a_receiver_can_check_the_signature() -> None:
    header = signature("secret", 1795426200, b'{"number":1}')
    made = hmac.new(b"secret", b'1795426200.{"number":1}', hashlib.sha256).hexdigest()
    assert header == f"t=1795426200,v1={made}"


def test_the_time_is_signed_too() -> None:
    first, second = (signature("secret", moment, b"{}") for moment in (1, 2))
    assert first.partition("v1=")[2] != second.partition("v1=")[2]


def test_delays_double_up_to_an_hour() -> None:
    assert [delay(failures) for failures in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert delay(13) == delay(5000) == 3600


def test_a_hook_is_dead_after_days_of_failing() -> None:
    assert not is_dead(DEAD_FAILURES, 0.0, DEAD_SECONDS - 1)
    assert is_dead(DEAD_FAILURES, 0.0, DEAD_SECONDS)


def test_days_without_tries_make_no_hook_dead() -> None:
    assert not is_dead(2, 0.0, 2 * DEAD_SECONDS)
    assert not is_dead(DEAD_FAILURES - 1, 0.0, 2 * DEAD_SECONDS)


def test_the_failures_needed_are_as_many_as_a_day_has_tries() -> None:
    last = sum(delay(failures) for failures in range(1, DEAD_FAILURES))
    assert last <= 24 * 3600 < last + delay(DEAD_FAILURES)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?for=ann",
        "http://hooks.example.org:8080",
        "https://[2a00:1450:4001::1]/",
        "http://10.1.2.3/in-the-office",
    ],
)
def test_a_url_is_taken(url: str) -> None:
    check_url(url, OFFICE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "https://",
        "https://ann:secret@example.com/",
        "https://example.com/\r\nX-Header: 1",
        "https://example.com/a b",
        "https://example.com/#part",
        "https://exämple.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://[::1/",
        "https://example.com/" + "x" * 2000,
        "http://127.0.0.1/",
        "http://10.2.0.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_a_url_is_refused(url: str) -> None:
    with pytest.raises(BadRequestError, match="url"):
        check_url(url, OFFICE)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.2.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "fc00::1", "::",
     "::ffff:10.2.0.1", "64:ff9b::a02:1", "2002:a02:1::1", "100.64.0.1",
     "::10.2.0.1", "::ffff:0:10.2.0.1", "fec0::1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_reached(address: str) -> None:
    assert not may_reach(address, OFFICE)


@pytest.mark.parametrize("address", ["8.8.8.8", "10.1.9.9", "::ffff:10.1.9.9", "::1"])
def test_public_addresses_and_allowed_ones_are_reached(address: str) -> None:
    assert may_reach(address, OFFICE)
