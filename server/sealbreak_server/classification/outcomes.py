"""The verdicts that rules hand out, so that no rule can claim what its kind of hit cannot carry."""

from collections.abc import Callable

from sealbreak_server.classification.agents import AgentKind
from sealbreak_server.classification.networks import Role
from sealbreak_server.classification.reasons import Reason
from sealbreak_server.classification.seen import Seen
from sealbreak_server.verdicts import Actor, Verdict

RULES_VERSION = 2

Rule = Callable[[Seen], Verdict | None]

QUICK_SECONDS = 20.0
"""Sooner after the send, what else comes in may still change a verdict."""

_PATHS = {
    Role.RELAY: "apple-relay",
    Role.VPN: "vpn",
    Role.CLOUD: "vpn",
    Role.GATEWAY: "corporate-proxy",
}
_PROXIES = (AgentKind.GMAIL_PROXY, AgentKind.GMAIL_PREFETCH, AgentKind.YAHOO_PROXY, AgentKind.PROXY)


def machine(seen: Seen, via: str, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.MACHINE, via, reason, evidence, network=seen.network.owner, rules=RULES_VERSION
    )


def unknown(seen: Seen, via: str, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.UNKNOWN,
        via,
        reason,
        evidence,
        network=seen.network.owner,
        sure=not _may_change(seen),
        rules=RULES_VERSION,
    )


def failed() -> Verdict:
    return Verdict(
        Actor.UNKNOWN,
        "unverified",
        Reason.RULE_FAILED,
        ("The rules failed on this request, so they say nothing of it",),
        rules=RULES_VERSION,
    )


def sender(seen: Seen, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.SENDER,
        path(seen),
        reason,
        evidence,
        network=seen.network.owner,
        rules=RULES_VERSION,
    )


def proxied(seen: Seen, via: str, reason: Reason, *evidence: str) -> Verdict:
    """A reader behind a proxy that shows neither the reader's program nor the place."""
    return Verdict(
        Actor.HUMAN,
        via,
        reason,
        evidence,
        network=seen.network.owner,
        sure=not _may_change(seen),
        rules=RULES_VERSION,
    )


def reader(seen: Seen, via: str, reason: Reason, *evidence: str) -> Verdict:
    """A reader's own program. The place is known on the reader's own network only."""
    at_home = via == "direct" and seen.network.role is Role.ACCESS
    return Verdict(
        Actor.HUMAN,
        via,
        reason,
        evidence,
        device=seen.agent.device,
        network=seen.network.owner,
        device_known=seen.reader_program,
        location_known=at_home,
        sure=not _may_change(seen),
        rules=RULES_VERSION,
    )


def path(seen: Seen) -> str:
    """How it came, by agent and network alone."""
    if seen.agent.kind in _PROXIES:
        return seen.agent.via
    if seen.agent.kind is AgentKind.BARE and seen.network.role in (Role.RELAY, Role.APPLE):
        return "apple-mpp"
    return _PATHS.get(seen.network.role, "direct")


def scanner_name(seen: Seen) -> str:
    """A name for a machine that poses as a reader: its network's owner, if that tells."""
    if seen.network.role in (Role.FILTER, Role.SCANNER):
        return seen.network.service
    if seen.network.role is Role.EXCHANGE:
        return "outlook-safelinks"
    if seen.network.role in (Role.CLOUD, Role.GOOGLE) and seen.network.service:
        return seen.network.service
    return "security-scanner" if seen.reader_program else "http-client"


def _may_change(seen: Seen) -> bool:
    """A click may be the first of a burst; after a fresh send, anything may be a scanner's.

    An older message of a thread may be loaded together with a newer one, whose load is on its way.
    """
    fresh = seen.age is not None and seen.age < QUICK_SECONDS
    return not seen.opened or fresh or seen.facts.seconds_after_reply is not None
