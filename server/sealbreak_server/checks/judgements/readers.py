"""Whether readers' addresses come through the proxy. Pure."""

import ipaddress
from collections.abc import Iterator, Sequence

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.judgements.answers import Seen

LIE = "192.0.2.66"
"""The check sends it as X-Forwarded-For, as any reader can. Nobody has this address (RFC 5737)."""
SAMPLE = 5
"""Fewer hits may all come from one network."""
TRUST = "SEALBREAK_TRUSTED_PROXIES"


def judge_forwarding(seen: Seen, own_address: str, public_host: str) -> Iterator[Finding]:
    """Of a request through the public address with `LIE`."""
    hops = seen.forwarded_for
    if not hops or hops[-1] == LIE:
        yield problem(
            "readers",
            f"The proxy at {seen.peer} does not write readers' addresses into X-Forwarded-For"
            + (", and passes on what readers write there." if hops else "."),
            "Let it set that header to the address of its client.",
        )
    elif not seen.trusted:
        yield warning(
            "readers",
            f"{seen.peer} sends X-Forwarded-For and is not trusted: all readers seem to be there."
            " Countries and devices' networks cannot be told.",
            f"If it is your proxy, set {TRUST}={ipaddress.ip_network(seen.peer)}",
        )
    elif seen.client == own_address or is_public(seen.client):
        yield ok(
            "readers", f"The proxy passes readers' addresses on: this machine is {seen.client}."
        )
    elif seen.client == LIE:
        yield not_checked(
            "readers", f"This machine is itself in {TRUST}, so its own address proves nothing."
        )
    else:
        yield not_checked(
            "readers",
            f"Through the proxy this machine is {seen.client}, which is not public. From inside the"
            " network that may be right.",
        )
    if seen.host.lower() != public_host.lower():
        yield warning(
            "readers",
            f"The proxy replaces the name {public_host} by {seen.host}.",
            "Let it pass the header Host on.",
        )


def judge_hits(addresses: Sequence[str]) -> Iterator[Finding]:
    """`addresses`: of the newest hits."""
    if len(addresses) < SAMPLE or any(map(is_public, addresses)):
        return
    if len(set(addresses)) == 1:
        yield warning(
            "readers",
            f"All visitors come from {addresses[0]}: the proxy hides them. Countries and devices'"
            " networks cannot be told.",
            f"Set {TRUST}, and see that containers do not translate addresses.",
        )


def is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
