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
    """`seen`: a request that came through the public address and carried `LIE`."""
    yield _judge_address(seen, own_address)
    if seen.host.lower() != public_host.lower():
        yield warning(
            "readers",
            f"The proxy replaces the name {public_host} by {seen.host}.",
            "Let it pass the header Host on.",
        )


def _judge_address(seen: Seen, own_address: str) -> Finding:
    header = seen.client_header if seen.client_named else "X-Forwarded-For"
    written = seen.client_named or seen.forwarded_for
    if not written or written[-1] == LIE:
        return problem(
            "readers",
            f"The proxy at {seen.peer} does not write readers' addresses into {header}"
            + (", and passes on what readers write there." if written else "."),
            "Let it set that header to the address of its client.",
        )
    if not seen.trusted:
        return warning(
            "readers",
            f"{seen.peer} sends {header} and is not trusted: all readers seem to be there."
            " Countries and devices' networks cannot be told.",
            f"If it is your proxy, set {TRUST}={ipaddress.ip_network(seen.peer)}",
        )
    if seen.client == own_address or is_public(seen.client):
        return ok(
            "readers", f"The proxy passes readers' addresses on: this machine is {seen.client}."
        )
    if seen.client == LIE:
        why = f"This machine is itself in {TRUST}, so its own address proves nothing."
        return not_checked("readers", why)
    return not_checked(
        "readers",
        f"Through the proxy this machine is {seen.client}, which is not public. From inside the"
        " network that may be right.",
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
