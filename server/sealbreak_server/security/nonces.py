"""Nonces of the check of reachability and of test mails. Only who has the server's keys can make
one. Pure."""

import hmac
import secrets
from base64 import urlsafe_b64decode
from binascii import Error
from dataclasses import dataclass

from sealbreak_server.security.tokens import Keyring, base64url

NONCE_SECONDS = 60
TEST_SECONDS = 24 * 3600
"""A test mail that is opened later proves nothing any more."""
LENGTH = 32
"""Characters."""
MARK = "x-sealbreak-check"
"""The header of a checked pixel that differs in each answer, unless the answer is a copy."""
_TIME_BYTES, _RANDOM_BYTES, _CHECK_BYTES = 5, 7, 12
_CHECK, _TEST = b"check nonce", b"test nonce"
"""What a nonce is for: one of the check is none of a test mail."""


@dataclass(frozen=True, slots=True)
class Nonce:
    text: str
    expires_at: int
    answer: str
    """Only a server with the key that made the nonce knows it."""

    def is_current(self, now: float) -> bool:
        return 0 <= self.expires_at - now <= NONCE_SECONDS


def new_nonce(keyring: Keyring, now: float) -> Nonce:
    body = _body(now + NONCE_SECONDS)
    return _nonce(keyring.keys[0], _text(keyring.keys[0], body, _CHECK), body)


def read_nonce(keyring: Keyring, text: str) -> Nonce | None:
    """`None` unless one of the keys made it, whenever that was."""
    found = _read(keyring, text, _CHECK)
    return _nonce(found[0], text, found[1]) if found else None


def new_test_nonce(keyring: Keyring, now: float) -> str:
    return _text(keyring.keys[0], _body(now + TEST_SECONDS), _TEST)


def nonce_end(keyring: Keyring, text: str) -> int | None:
    """When it expires; `None` unless one of the keys made it."""
    found = _read(keyring, text, _TEST)
    return _time(found[1]) if found else None


def _body(expires_at: float) -> bytes:
    return int(expires_at).to_bytes(_TIME_BYTES, "big") + secrets.token_bytes(_RANDOM_BYTES)


def _text(key: bytes, body: bytes, purpose: bytes) -> str:
    return base64url(body + _check(key, body, purpose))


def _read(keyring: Keyring, text: str, purpose: bytes) -> tuple[bytes, bytes] | None:
    """The key that made it, and its body."""
    try:
        raw = urlsafe_b64decode(text) if len(text) == LENGTH and text.isascii() else b""
    except Error:
        return None
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    for key in keyring.keys:
        if raw and hmac.compare_digest(_check(key, body, purpose), check):
            return key, body
    return None


def _nonce(key: bytes, text: str, body: bytes) -> Nonce:
    answer = hmac.digest(key, b"check answer" + text.encode("ascii"), "sha256")
    return Nonce(text, _time(body), base64url(answer))


def _time(body: bytes) -> int:
    return int.from_bytes(body[:_TIME_BYTES], "big")


def _check(key: bytes, body: bytes, purpose: bytes) -> bytes:
    return hmac.digest(key, purpose + body, "sha256")[:_CHECK_BYTES]
