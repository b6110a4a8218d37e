"""Which addresses a redirect may lead to, and how they are written in its header."""

import unicodedata
from urllib.parse import quote, urlsplit

MAX_URL = 8192
_LOCATION_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def is_web_address(url: str) -> bool:
    """Whether a wrapped link may lead there: http or https, no hidden characters, no user name that
    could pose as the host."""
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
    """The address as a header value: ASCII without line breaks."""
    return quote(url, safe=_LOCATION_SAFE).encode("ascii")
