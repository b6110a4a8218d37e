"""Secrets of devices and people, the rate bucket, and which redirects are safe."""

import hashlib
import hmac
import ipaddress
import re
import secrets
import unicodedata
from collections import OrderedDict
from urllib.parse import quote, urlsplit

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I and O, 0 and 1, which people confuse."""
CODE_LENGTH = 8
MAX_URL = 8192

_LOCATION_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Without salt: the secrets are random and long, and are looked up by this."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token_for(session: str) -> str:
    """What a form of our own page carries: another site can neither read nor make it."""
    return hmac.new(session.encode("utf-8", "surrogatepass"), b"form", "sha256").hexdigest()


def new_code() -> str:
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def hash_code(code: str) -> str:
    """Upper or lower case, with or without the dash: people type codes."""
    return hash_secret(re.sub(r"[\s-]", "", code).upper())


def is_web_address(url: str) -> bool:
    """What a wrapped link may lead to: http and https, nothing hidden, nobody impersonated."""
    if len(url) > MAX_URL or _has_hidden_characters(url) or "\\" in url:
        return False
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and "@" not in parts.netloc
        and port_fits
    )


def _has_hidden_characters(text: str) -> bool:
    if text.isascii():
        return " " in text or not text.isprintable()
    return any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text)


def location(url: str) -> bytes:
    """As a header value: ASCII, so no line can be split and no byte is guessed at."""
    return quote(url, safe=_LOCATION_SAFE).encode("ascii")


def rate_limit_key(address: str) -> str:
    """Who is counted together: an IPv6 customer has 2^64 addresses or more."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


class RateBucket:
    """`capacity` attempts at once for each key, and one more every `seconds`."""

    def __init__(self, capacity: int, seconds: float, keys: int = 10_000) -> None:
        self.capacity = capacity
        self.seconds = seconds
        self.keys = keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Takes one attempt: 0 when it is granted, else the seconds to wait for the next."""
        level, since = self._levels.pop(key, (0.0, now))
        passed = max(0.0, now - since)  # less, when the clock was set back
        level = max(0.0, level - passed / self.seconds)
        granted = level + 1 <= self.capacity
        self._levels[key] = (level + 1 if granted else level, now)
        if len(self._levels) > self.keys:
            self._levels.popitem(last=False)
        return 0.0 if granted else (level + 1 - self.capacity) * self.seconds

    def give_back(self, key: str) -> None:
        """The attempt was a good one: only bad ones count."""
        if key in self._levels:
            level, since = self._levels[key]
            self._levels[key] = (max(0.0, level - 1), since)
