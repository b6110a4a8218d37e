"""Where a public address can be reached from, as far as the address itself shows."""

import ipaddress
from enum import StrEnum
from urllib.parse import urlsplit

from sealbreak_server.security.addresses import is_public

HOME_DOMAINS = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain")


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
    near = _near(url.hostname or "")
    if near:
        return near
    return Reach.PUBLIC if url.scheme == "https" else Reach.PLAIN


def _near(host: str) -> Reach | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _near_name(host)
    if address.is_loopback or address.is_unspecified:
        return Reach.LOOPBACK
    return None if is_public(address) else Reach.PRIVATE


def _near_name(host: str) -> Reach | None:
    if host == "localhost" or host.endswith(".localhost"):
        return Reach.LOOPBACK
    if "." not in host or host.endswith(HOME_DOMAINS):
        return Reach.PRIVATE
    return None
