"""Webhooks: which addresses are allowed, how posts are signed and when they are retried. Pure."""

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from sealbreak_server.errors import BadRequestError
from sealbreak_server.security.addresses import is_public

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SIGNATURE_HEADER = "Sealbreak-Signature"
LONGEST_URL = 2000
FIRST_DELAY = 1.0
LONGEST_DELAY = 3600.0
DEAD_SECONDS = 5 * 24 * 3600
"""A receiver that accepted nothing for five days is given up: longer than a long weekend."""
DEAD_FAILURES = 35
"""Consecutive failures that are needed as well, as a machine that sleeps for days tries nothing in
them. By `delay` one day has this many tries: the first, 12 in 68 minutes, and 22 an hour apart."""
GONE = 410

_WRAPPED = tuple(
    map(
        ipaddress.ip_network,
        ("64:ff9b::/32", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96"),
    )
)
"""Gateways to IPv4 and its older forms: these addresses do not show where they lead."""


def signature(secret: str, time: int, body: bytes) -> str:
    """The header's value. The time is signed too, so that nobody can send an old event again."""
    signed = f"{time}.".encode() + body
    mac = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={time},v1={mac}"


def delay(failures: int) -> float:
    """Seconds until the next try: 1, 2, 4, ... up to an hour."""
    return float(min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(failures - 1, 20)))


def is_dead(failures: int, failing_since: float, now: float) -> bool:
    return failures >= DEAD_FAILURES and now - failing_since >= DEAD_SECONDS


def check_url(url: str, allowed: Sequence[Network]) -> None:
    """Raises `BadRequestError`. A host name is resolved later, when something is sent to it."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise BadRequestError("url must be an address such as https://example.com/hook.")
    if " " in url or parts.username or parts.password or parts.fragment:
        raise BadRequestError("url must have no user name, no password, no spaces and no fragment.")
    try:
        literal = may_reach(parts.hostname or "", allowed)
    except ValueError:
        return
    if not literal:
        raise BadRequestError(
            "url points to a private address; the owner allows those with --webhook-networks."
        )


def may_reach(address: str, allowed: Sequence[Network]) -> bool:
    """Whether it is on the public internet or in a network that the owner allowed. Raises
    `ValueError` for a host name."""
    ip = ipaddress.ip_address(address)
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if any(ip in network for network in allowed):
        return True
    return is_public(ip) and not any(ip in network for network in _WRAPPED)
