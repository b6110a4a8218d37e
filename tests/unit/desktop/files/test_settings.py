from pathlib import Path

import pytest
from sealbreak_desktop.errors import BadAddressError
from sealbreak_desktop.files.settings import Pairing, load_pairing, save_pairing
from sealbreak_desktop.server.addresses import is_unencrypted, live_address, server_address

PAIRING = Pairing("https://track.example.com", "abcdefgh", "Ann", "d1", "keyring")


def test_a_pairing_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    save_pairing(tmp_path / "desktop.json", PAIRING)
    assert load_pairing(tmp_path / "desktop.json") == PAIRING


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 99}', '{"version": 1, "x": 2}'])
def test_a_file_that_cannot_be_read_is_no_pairing(tmp_path: Path, text: str) -> None:
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
def test_a_bad_address_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(BadAddressError, match=r"track\.example\.com"):
        server_address(given)


def test_plain_http_to_another_machine_is_noticed() -> None:
    assert is_unencrypted("http://track.example.com")
    assert not is_unencrypted("https://track.example.com")
    assert not is_unencrypted("http://127.0.0.1:8787")


def test_the_live_address_keeps_scheme_and_path() -> None:
    assert live_address("https://x/sub", 7, 2) == "wss://x/sub/api/v1/live?after=7&erasures=2"
    assert live_address("http://x", 0, 0) == "ws://x/api/v1/live?after=0&erasures=0"
