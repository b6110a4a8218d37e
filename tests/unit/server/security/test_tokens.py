import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealbreak_server.security.tokens import (
    Keyring,
    Token,
    base32,
    base64url,
    certified_id,
    is_id,
    make_token,
    message_key,
    new_id,
    new_owner,
    sender_mark,
    sign_link,
    sign_link2,
)
from support.paths import CONTRACT

GOLDEN = CONTRACT / "tokens.json"
KEYS = st.binary(min_size=32, max_size=32)
OWNERS = st.binary(min_size=5, max_size=5).map(base32)
IDS = st.binary(min_size=10, max_size=10).map(base32)
COPIES = st.integers(0, 65535)
CHANCES = st.binary(min_size=7, max_size=7)


@pytest.mark.parametrize("case", json.loads(GOLDEN.read_text()), ids=lambda case: case["id"])
def test_tokens_are_the_ones_that_the_extension_makes(case: dict[str, Any]) -> None:
    server_key = bytes.fromhex(case["server_key_hex"])
    key = message_key(server_key, case["owner"], case["id"])
    assert base64url(key) == case["key"]
    assert make_token(key, case["id"], case["copy"]) == case["token"]
    assert sign_link(key, case["n"], case["url"]) == case["sig"]
    for link in case["links2"]:
        assert sign_link2(key, link["n"], link["url"]) == link["s"]
    assert sender_mark(server_key, case["owner"]) == case["sender_mark"]


@given(KEYS, OWNERS, IDS, COPIES)
def test_a_token_is_read_back(key: bytes, owner: str, message: str, copy: int) -> None:
    ring = Keyring((key,))
    token = make_token(ring.message_key(owner, message), message, copy)
    assert len(token) == 32
    assert ring.read(owner, token) == Token(owner, message, copy, ring.message_key(owner, message))


@given(KEYS, OWNERS, IDS, COPIES, st.integers(0, 159))
def test_every_flipped_bit_is_refused(
    key: bytes, owner: str, message: str, copy: int, bit: int
) -> None:
    ring = Keyring((key,))
    token = make_token(ring.message_key(owner, message), message, copy)
    raw = bytearray(base64.b32decode(token.upper()))
    raw[bit // 8] ^= 1 << bit % 8
    assert ring.read(owner, base32(bytes(raw))) is None


@given(KEYS, OWNERS, OWNERS, IDS)
def test_a_token_of_another_owner_is_refused(
    key: bytes, owner: str, other: str, message: str
) -> None:
    ring = Keyring((key,))
    token = make_token(ring.message_key(owner, message), message, 0)
    assert (ring.read(other, token) is None) == (other != owner)


@given(st.text(max_size=40), st.text(max_size=40))
def test_anything_else_is_refused_without_an_error(owner: str, text: str) -> None:
    assert Keyring((bytes(32),)).read(owner, text) is None


@given(KEYS, KEYS, OWNERS, IDS)
def test_a_rotated_key_goes_on_verifying(old: bytes, new: bytes, owner: str, message: str) -> None:
    mail = message_key(old, owner, message)
    read = Keyring((new, old)).read(owner, make_token(mail, message, 3))
    assert read == Token(owner, message, 3, mail)
    assert read.signs(1, "https://example.com/", sign_link(mail, 1, "https://example.com/"))


def test_an_owner_that_cannot_be_has_no_tokens() -> None:
    ring = Keyring((b"k" * 32,))
    token = make_token(ring.message_key("aaaaaaaa", "a" * 16), "a" * 16, 0)
    assert ring.read("aaaaaaaä", token) is None


def test_new_names_are_random() -> None:
    assert {len(new_owner()) for _ in range(9)} == {8}
    assert len({new_owner() for _ in range(9)} | {new_id() for _ in range(9)}) == 18
    assert is_id(new_id())


def test_ids_that_were_issued_stay_certified() -> None:
    assert certified_id(b"k" * 32, "aaaaaaaa", bytes(7)) == "aaaaaaaaaaae4bso"


def test_the_first_key_signs() -> None:
    ring = Keyring((b"n" * 32, b"o" * 32))
    assert ring.message_key("aaaaaaaa", "a" * 16) == message_key(b"n" * 32, "aaaaaaaa", "a" * 16)
    assert ring.sender_mark("aaaaaaaa") == sender_mark(b"n" * 32, "aaaaaaaa")


@given(st.text(max_size=60), st.integers(1, 500), st.integers(1, 500), st.text(max_size=30))
def test_a_link_holds_for_its_own_number_and_address_only(
    url: str, number: int, other: int, other_url: str
) -> None:
    token = Token("aaaaaaaa", "a" * 16, 0, b"k" * 32)
    signature = sign_link(token.key, number, url)
    assert token.signs(number, url, signature)
    same = f"{number}{url}" == f"{other}{other_url}"
    assert token.signs(other, other_url, signature) == same


def test_a_signature_in_the_path_holds_for_every_fragment() -> None:
    token = Token("aaaaaaaa", "a" * 16, 0, b"k" * 32)
    signature = sign_link2(token.key, 1, "https://example.com/?a#part")
    assert token.signs2(1, "https://example.com/?a#part", signature)
    assert token.signs2(1, "https://example.com/?a", signature)
    assert not token.signs2(1, "https://example.com/?b#part", signature)
    assert not token.signs2(2, "https://example.com/?a#part", signature)


@pytest.mark.parametrize(
    ("url", "signature"),
    [("https://example.com/\ud800", "A" * 22), ("https://example.com/", "é" * 22)],
)
def test_a_text_that_cannot_have_been_signed_does_not_verify(url: str, signature: str) -> None:
    assert not Token("aaaaaaaa", "a" * 16, 0, b"k" * 32).signs(1, url, signature)


def test_a_token_shows_no_key() -> None:
    assert "kkk" not in repr(Token("aaaaaaaa", "a" * 16, 0, b"k" * 32))


def test_a_mark_of_any_key_holds() -> None:
    ring = Keyring((b"n" * 32, b"o" * 32))
    assert ring.mark_holds("aaaaaaaa", sender_mark(b"o" * 32, "aaaaaaaa"))
    assert not ring.mark_holds("aaaaaaab", sender_mark(b"o" * 32, "aaaaaaaa"))
    assert not ring.mark_holds("aaaaaaaa", "\xff")


@given(KEYS, OWNERS)
def test_an_id_is_certified_for_the_account_that_it_is_issued_to(key: bytes, owner: str) -> None:
    ring = Keyring((key,))
    made = {ring.new_id(owner) for _ in range(20)}
    assert len(made) == 20
    assert all(is_id(message) and ring.certifies(owner, message) for message in made)


@given(KEYS, OWNERS, CHANCES, st.integers(0, 79))
@settings(derandomize=True)  # one in 2^24 holds by chance
def test_an_id_with_a_flipped_bit_is_not_certified(
    key: bytes, owner: str, chance: bytes, bit: int
) -> None:
    raw = bytearray(base64.b32decode(certified_id(key, owner, chance).upper()))
    raw[bit // 8] ^= 1 << bit % 8
    assert not Keyring((key,)).certifies(owner, base32(bytes(raw)))


@given(KEYS, OWNERS, CHANCES, st.integers(0, 39))
@settings(derandomize=True)
def test_an_id_of_another_account_is_not_certified(
    key: bytes, owner: str, chance: bytes, bit: int
) -> None:
    raw = bytearray(base64.b32decode(owner.upper()))
    raw[bit // 8] ^= 1 << bit % 8
    assert not Keyring((key,)).certifies(base32(bytes(raw)), certified_id(key, owner, chance))


def test_hardly_one_of_many_made_up_ids_is_certified() -> None:
    ring = Keyring((b"k" * 32,))
    made_up = (base32(number.to_bytes(10)) for number in range(20_000))
    assert sum(ring.certifies("aaaaaaaa", message) for message in made_up) == 0


@given(KEYS, KEYS, OWNERS)
def test_an_id_outlives_the_rotation_of_the_keys(old: bytes, new: bytes, owner: str) -> None:
    issued = Keyring((old,)).new_id(owner)
    assert Keyring((new, old)).certifies(owner, issued)
    assert Keyring((new, old)).new_id(owner) != issued
