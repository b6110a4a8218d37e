"""Which addresses a redirect may lead to, and how they are written in its header."""

import ipaddress
import re
import unicodedata
from urllib.parse import quote

MAX_URL = 8192
_LOCATION_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_WEB = re.compile(
    r"https?://(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[^\[\]/?#:@]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_LABEL = r"[a-z0-9_\x80-\U0010ffff-]+"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}\.?", re.IGNORECASE)
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)


def is_web_address(url: str) -> bool:
    """Whether a wrapped link may lead there: http or https, no hidden characters, no user name that
    could pose as the host, and a host that no browser has to correct. The extension has the same
    rule (tests/contract/links.json)."""
    if len(url) > MAX_URL or _has_hidden_characters(url) or "\\" in url:
        return False
    match = _WEB.fullmatch(url)
    if match is None:
        return False
    port = match["port"]
    if port is not None and not 0 < int(port) < 65536:
        return False
    return _is_ipv6(match["ipv6"]) if match["ipv6"] else _is_host(match["name"])


def _is_host(name: str) -> bool:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)  # as browsers do: some letters become "/" or "."
    if _ENDS_IN_NUMBER.fullmatch(name):
        return _is_ipv4(name)
    return _NAME.fullmatch(name) is not None


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _has_hidden_characters(text: str) -> bool:
    if text.isascii():
        return " " in text or not text.isprintable()
    return any(c.isspace() or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text)


def location(url: str) -> bytes:
    """The address as a header value: ASCII without line breaks."""
    return quote(url, safe=_LOCATION_SAFE).encode("ascii")
