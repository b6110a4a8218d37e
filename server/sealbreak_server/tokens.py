"""Tracking IDs, tokens and signatures: pure, and checked without any database."""

import base64
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

ID_BYTES = 10
CHECK_BYTES = 8
SIGNATURE_LENGTH = 22
COPIES = 1 << 16

_OWNER = re.compile(r"[a-z2-7]{8}")
_ID = re.compile(r"[a-z2-7]{16}")
_TOKEN = re.compile(r"[a-z2-7]{32}")


def base32(data: bytes) -> str:
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


_DIGITS = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", "0123456789abcdefghijklmnopqrstuv")


def _unbase32(text: str) -> bytes:
    """Of whole groups of 8 characters; ten times as fast as the standard library's."""
    return int(text.translate(_DIGITS), 32).to_bytes(len(text) * 5 // 8, "big")


def _mac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def new_owner() -> str:
    return base32(secrets.token_bytes(5))


def new_id() -> str:
    return base32(secrets.token_bytes(ID_BYTES))


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def message_key(server_key: bytes, owner: str, message: str) -> bytes:
    return _mac(server_key, owner.encode("ascii") + _unbase32(message))


def make_token(key: bytes, message: str, copy: int) -> str:
    number = copy.to_bytes(2, "big")
    return base32(_unbase32(message) + number + _mac(key, b"copy" + number)[:CHECK_BYTES])


def sign_link(key: bytes, number: int, url: str) -> str:
    return base64url(_mac(key, str(number).encode("ascii") + url.encode()))[:SIGNATURE_LENGTH]


def sender_mark(server_key: bytes, owner: str) -> str:
    return base64url(_mac(server_key, b"sender" + owner.encode("ascii")))[:SIGNATURE_LENGTH]


@dataclass(frozen=True, slots=True)
class Token:
    owner: str
    message: str
    copy: int


@dataclass(frozen=True, slots=True)
class Keyring:
    """The first key signs, all of them verify: a rotation breaks no mail that was sent."""

    keys: tuple[bytes, ...]

    def message_key(self, owner: str, message: str) -> bytes:
        return message_key(self.keys[0], owner, message)

    def sender_mark(self, owner: str) -> str:
        return sender_mark(self.keys[0], owner)

    def read(self, owner: str, text: str) -> Token | None:
        """The token, when one of the keys made it for this owner."""
        if _OWNER.fullmatch(owner) is None or _TOKEN.fullmatch(text) is None:
            return None
        raw = _unbase32(text)
        message = text[:16]
        number, check = raw[ID_BYTES : ID_BYTES + 2], raw[ID_BYTES + 2 :]
        for key in self._message_keys(owner, message):
            if hmac.compare_digest(_mac(key, b"copy" + number)[:CHECK_BYTES], check):
                return Token(owner, message, int.from_bytes(number, "big"))
        return None

    def link_holds(self, token: Token, number: int, url: str, signature: str) -> bool:
        given = signature.encode("utf-8", "surrogatepass")
        try:
            return any(
                hmac.compare_digest(sign_link(key, number, url).encode("ascii"), given)
                for key in self._message_keys(token.owner, token.message)
            )
        except UnicodeEncodeError:
            return False

    def mark_holds(self, owner: str, mark: str) -> bool:
        given = mark.encode("utf-8", "surrogatepass")
        return any(
            hmac.compare_digest(sender_mark(key, owner).encode("ascii"), given) for key in self.keys
        )

    def _message_keys(self, owner: str, message: str) -> Iterator[bytes]:
        return (message_key(key, owner, message) for key in self.keys)
