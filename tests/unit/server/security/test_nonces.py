import pytest
from sealbreak_server.security.nonces import (
    LENGTH,
    NONCE_SECONDS,
    TEST_SECONDS,
    new_nonce,
    new_test_nonce,
    nonce_end,
    read_nonce,
)
from sealbreak_server.security.tokens import Keyring

OLD, NEW, OTHER = (bytes([n]) * 32 for n in range(3))
NOW = 1_800_000_000.0


def test_a_server_with_the_key_gives_the_same_answer() -> None:
    nonce = new_nonce(Keyring((OLD,)), NOW)
    assert len(nonce.text) == LENGTH
    assert read_nonce(Keyring((NEW, OLD)), nonce.text) == nonce


def test_a_server_without_the_key_knows_neither_nonce_nor_answer() -> None:
    nonce = new_nonce(Keyring((OLD,)), NOW)
    assert read_nonce(Keyring((OTHER,)), nonce.text) is None


@pytest.mark.parametrize("text", ["", "a" * 31, "a" * 32, "é" * 32, "*" * 32, "a" * 33])
def test_another_text_is_no_nonce(text: str) -> None:
    assert read_nonce(Keyring((OLD,)), text) is None


@pytest.mark.parametrize(
    ("seconds", "current"), [(0, True), (NONCE_SECONDS, True), (61, False), (-1, False)]
)
def test_a_nonce_is_good_for_a_minute_from_when_it_was_made(seconds: float, current: bool) -> None:
    assert new_nonce(Keyring((OLD,)), NOW).is_current(NOW + seconds) is current


def test_each_nonce_differs() -> None:
    assert new_nonce(Keyring((OLD,)), NOW) != new_nonce(Keyring((OLD,)), NOW)


def test_a_nonce_of_a_test_mail_lasts_a_day_and_is_none_of_the_check() -> None:
    keyring = Keyring((OLD,))
    text = new_test_nonce(keyring, NOW)
    assert len(text) == LENGTH
    assert nonce_end(keyring, text) == NOW + TEST_SECONDS
    assert read_nonce(keyring, text) is None
    assert nonce_end(keyring, new_nonce(keyring, NOW).text) is None
    assert nonce_end(Keyring((OTHER,)), text) is None
    assert nonce_end(keyring, "é" * LENGTH) is None
