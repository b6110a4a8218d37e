"""Nonces of the check of reachability. Only who has the server's keys can make one. Pure."""

import hmac
import secrets
from base64 import urlsafe_b64decode
from binascii import Error
from dataclasses import dataclass

from sealbreak_server.security.tokens import Keyring, base64url

NONCE_SECONDS = 60
LENGTH = 32
"""Characters."""
MARK = "x-sealbreak-check"
"""The header of a checked pixel that differs in each answer, unless the answer is a copy."""
_TIME_BYTES, _RANDOM_BYTES, _CHECK_BYTES = 5, 7, 12


@dataclass(frozen=True, slots=True)
class Nonce:
    text: str
    expires_at: int
    answer: str
    """Only a server with the key that made the nonce knows it."""

    def is_current(self, now: float) -> bool:
        return 0 <= self.expires_at - now <= NONCE_SECONDS


def new_nonce(keyring: Keyring, now: float) -> Nonce:
    time = int(now + NONCE_SECONDS).to_bytes(_TIME_BYTES, "big")
    body = time + secrets.token_bytes(_RANDOM_BYTES)
    return _nonce(keyring.keys[0], base64url(body + _check(keyring.keys[0], body)), body)


def read_nonce(keyring: Keyring, text: str) -> Nonce | None:
    """`None` unless one of the keys made it, whenever that was."""
    try:
        raw = urlsafe_b64decode(text) if len(text) == LENGTH and text.isascii() else b""
    except Error:
        return None
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    for key in keyring.keys:
        if raw and hmac.compare_digest(_check(key, body), check):
            return _nonce(key, text, body)
    return None


def _nonce(key: bytes, text: str, body: bytes) -> Nonce:
    expires_at = int.from_bytes(body[:_TIME_BYTES], "big")
    answer = hmac.digest(key, b"check answer" + text.encode("ascii"), "sha256")
    return Nonce(text, expires_at, base64url(answer))


def _check(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"check nonce" + body, "sha256")[:_CHECK_BYTES]
