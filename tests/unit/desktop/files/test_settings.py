from pathlib import Path

import pytest
from sealbreak_desktop.errors import BadAddressError
from sealbreak_desktop.files.settings import (
    Pairing,
    is_readable_on_the_way,
    live_address,
    load_pairing,
    save_pairing,
    server_address,
)

PAIRING = Pairing("https://track.example.com", "abcdefgh", "Ann", "d1", "keyring")


def test_a_pairing_comes_back_as_it_was(tmp_path: Path) -> None:
    save_pairing(tmp_path / "desktop.json", PAIRING)
    assert load_pairing(tmp_path / "desktop.json") == PAIRING


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "x": 2}'])
def test_a_file_that_makes_no_sense_is_no_pairing(tmp_path: Path, text: str) -> None:
    (tmp_path / "desktop.json").write_text(text)
    assert load_pairing(tmp_path / "desktop.json") is None


def test_no_file_is_no_pairing(tmp_path: Path) -> None:
    assert load_pairing(tmp_path / "desktop.json") is None


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://track.example.com/", "https://track.example.com"),
        ("track.example.com", "https://track.example.com"),
        ("localhost:8787", "http://localhost:8787"),
        (" http://127.0.0.1:8787/sub/ ", "http://127.0.0.1:8787/sub"),
    ],
)
def test_an_address_has_one_form(given: str, meant: str) -> None:
    assert server_address(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        "",
        "ftp://example.com",
        "http://",
        "https://a b",
        "https://x:99999",
        "file:///etc",
        "https://u:p@x",
    ],
)
def test_an_address_that_is_none_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(BadAddressError, match=r"track\.example\.com"):
        server_address(given)


def test_plain_http_to_another_machine_is_noticed() -> None:
    assert is_readable_on_the_way("http://track.example.com")
    assert not is_readable_on_the_way("https://track.example.com")
    assert not is_readable_on_the_way("http://127.0.0.1:8787")


def test_the_live_address_keeps_scheme_and_path() -> None:
    assert live_address("https://x/sub", 7, 2) == "wss://x/sub/api/v1/live?after=7&erasures=2"
    assert live_address("http://x", 0, 0) == "ws://x/api/v1/live?after=0&erasures=0"
