"""Where a public address can be reached from, as far as the address itself shows.

The extension has the same rule, and puts nothing into mails that readers cannot reach
(tests/contract/reach.json).
"""

import ipaddress
import re
import socket
from contextlib import suppress
from enum import StrEnum
from urllib.parse import urlsplit

from sealbreak_server.security.addresses import Address, is_public

HOME_DOMAINS = (
    ".local", ".lan", ".home", ".home.arpa", ".internal", ".intranet", ".corp", ".localdomain",
)  # fmt: skip
"""Names that no public name server knows."""
_NUMBERS = re.compile(r"[0-9][0-9a-fx]*(?:\.[0-9][0-9a-fx]*){0,3}")


class Reach(StrEnum):
    LOOPBACK = "loopback"
    """This machine only."""
    PRIVATE = "private"
    """The local network only."""
    PLAIN = "plain"
    """Everywhere, but without encryption."""
    PUBLIC = "public"


def reach(public_url: str) -> Reach:
    url = urlsplit(public_url)
    near = _near((url.hostname or "").removesuffix("."))
    if near:
        return near
    return Reach.PUBLIC if url.scheme == "https" else Reach.PLAIN


def is_loopback(address: str) -> bool:
    """Whether a connection from this address comes from this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _near(host: str) -> Reach | None:
    try:
        address = _address(host)
    except ValueError:
        return _near_name(host)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_unspecified:
        return Reach.LOOPBACK
    return None if is_public(address) else Reach.PRIVATE


def _address(host: str) -> Address:
    """Browsers also read other forms, such as 127.1 and 0x7f.0.0.1."""
    if _NUMBERS.fullmatch(host):
        with suppress(OSError):
            return ipaddress.IPv4Address(socket.inet_aton(host))
    return ipaddress.ip_address(host)


def _near_name(host: str) -> Reach | None:
    if host == "localhost" or host.endswith(".localhost"):
        return Reach.LOOPBACK
    if "." not in host or host.endswith(HOME_DOMAINS):
        return Reach.PRIVATE
    return None
