import pytest
from sealbreak_desktop.errors import BadAddressError
from sealbreak_desktop.server.addresses import (
    is_loopback,
    is_unencrypted,
    live_address,
    server_address,
)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("track.example.com", "https://track.example.com"),
        (" https://track.example.com/ ", "https://track.example.com"),
        ("localhost:8787", "http://localhost:8787"),
        ("127.0.0.2:8787", "http://127.0.0.2:8787"),
        ("[::1]:8787", "http://[::1]:8787"),
    ],
)
def test_an_address_is_completed(typed: str, address: str) -> None:
    assert server_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "ftp://a.example", "https://", "https://a.example?x=1", "[::1", "https://a..example",
        f"{'a' * 64}.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddressError):
        server_address(typed)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("http://localhost:8787", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8787", True),
        ("http://app.localhost", True),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
    ],
)
def test_loopback_is_this_computer_only(address: str, loopback: bool) -> None:
    assert is_loopback(address) is loopback
    assert is_unencrypted(address) is not loopback


def test_the_live_address_resumes_after_both_numbers() -> None:
    assert live_address("https://a.example", 7, 2) == (
        "wss://a.example/api/v1/live?after=7&erasures=2"
    )
