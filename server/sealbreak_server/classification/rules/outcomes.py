"""The verdicts that rules return. Each function claims only what its kind of hit can prove."""

from collections.abc import Callable

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.browsers import is_desktop_site, is_uniform
from sealbreak_server.classification.evidence.networks import Role
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Actor, Verdict

RULES_VERSION = 4

Rule = Callable[[Signals], Verdict | None]

QUICK_SECONDS = 20.0
"""Until then, counted from the send, further hits may still change a verdict."""

_PATHS = {
    Role.RELAY: "apple-relay",
    Role.VPN: "vpn",
    Role.CLOUD: "vpn",
    Role.GATEWAY: "corporate-proxy",
}
PROXIES = (AgentKind.GMAIL_PROXY, AgentKind.GMAIL_PREFETCH, AgentKind.YAHOO_PROXY, AgentKind.PROXY)


def machine(signals: Signals, via: str, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.MACHINE, via, reason, evidence, network=signals.network.owner, rules=RULES_VERSION
    )


def unknown(signals: Signals, via: str, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.UNKNOWN,
        via,
        reason,
        evidence,
        network=signals.network.owner,
        sure=not _may_change(signals),
        rules=RULES_VERSION,
    )


def failed() -> Verdict:
    return Verdict(
        Actor.UNKNOWN,
        "unverified",
        Reason.RULE_FAILED,
        ("A rule failed on this request, so nothing is known about it",),
        rules=RULES_VERSION,
    )


def sender(signals: Signals, reason: Reason, *evidence: str) -> Verdict:
    return Verdict(
        Actor.SENDER,
        path(signals),
        reason,
        evidence,
        network=signals.network.owner,
        rules=RULES_VERSION,
    )


def proxied(signals: Signals, via: str, reason: Reason, *evidence: str) -> Verdict:
    """A reader behind a proxy that hides the reader's program and place."""
    return Verdict(
        Actor.HUMAN,
        via,
        reason,
        evidence,
        network=signals.network.owner,
        sure=not _may_change(signals),
        rules=RULES_VERSION,
    )


def reader(
    signals: Signals, via: str, reason: Reason, *evidence: str, own_program: bool = True
) -> Verdict:
    """A reader's own program. The place is known only on the reader's own network.

    `own_program`: false where another browser may stand between the reader and the network. A
    browser that may be Tor's comes out anywhere.
    """
    uniform = is_uniform(signals.header("user-agent"))
    hidden = uniform or _is_hidden_browser(signals)
    known = own_program and signals.reader_program and not hidden
    own_network = via == "direct" and signals.network.role is Role.ACCESS and not uniform
    return Verdict(
        Actor.HUMAN,
        via,
        reason,
        evidence,
        device=signals.agent.device if known else None,
        network=signals.network.owner,
        device_known=known,
        location_known=own_network,
        sure=not _may_change(signals),
        rules=RULES_VERSION,
    )


def _is_hidden_browser(signals: Signals) -> bool:
    """Isolation shows pages in a browser of its own, and Tor Browser names the same system
    everywhere [S: Menlo Security, Tor Project]. A phone that asks for the site of a computer hides
    its system."""
    isolated = signals.network.service in ("menlo", "tor")
    return isolated or is_desktop_site(signals.header("user-agent"), signals.facts.headers)


def path(signals: Signals) -> str:
    """How the hit came, by agent and network alone."""
    if signals.agent.kind in PROXIES:
        return signals.agent.via
    if signals.agent.kind is AgentKind.BARE and signals.network.role in (Role.RELAY, Role.APPLE):
        return "apple-mpp"
    return _PATHS.get(signals.network.role, "direct")


def scanner_name(signals: Signals) -> str:
    """A name for a machine that poses as a reader: the owner of its network when that is known."""
    if signals.network.role in (Role.FILTER, Role.SCANNER):
        return signals.network.service
    if signals.network.role is Role.EXCHANGE:
        return "outlook-safelinks"
    if signals.network.role in (Role.CLOUD, Role.GOOGLE) and signals.network.service:
        return signals.network.service
    return "security-scanner" if signals.reader_program else "http-client"


def _may_change(signals: Signals) -> bool:
    """A click may be the first of a burst, and soon after the send any hit may be a scanner's.

    An older message of a thread may be loaded together with a newer one that is yet to be loaded.
    """
    fresh = signals.age is not None and signals.age < QUICK_SECONDS
    return not signals.is_open or fresh or signals.facts.seconds_after_reply is not None
