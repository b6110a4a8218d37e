"""Rules about the network that a hit comes from. They decide when no other rule did."""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.networks import Role
from sealbreak_server.classification.rules.outcomes import (
    machine,
    proxied,
    reader,
    scanner_name,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict

SCAN_SECONDS = 3600.0
"""After this time since the send, scanners have done their work."""
QUIET_SECONDS = 60.0
"""Until then, counted from the send, a hit without a reader's marks is a machine's."""
VPN_SECONDS = 20.0
SINGLE_SECONDS = 10.0
"""A source that follows another link within this time did not make a single request."""
OTHERS_CLICK_SECONDS = 12.0
"""A hit this soon after another program's click on the same link repeats that click."""


def mail_filter(signals: Signals) -> Verdict | None:
    """Networks that only filter mail: no mailbox is read there [S by way of warmbly]."""
    if signals.network.role is not Role.FILTER:
        return None
    return machine(
        signals,
        scanner_name(signals),
        Reason.MAIL_FILTER_NETWORK,
        "The address belongs to a mail filter",
    )


def scanner_network(signals: Signals) -> Verdict | None:
    """Security vendors' networks [C: 0xZDH/redirect.rules asns.txt, checked against the ASN data].

    A single late hit with a browser's headers may be a person behind an isolation browser.
    """
    if signals.network.role is not Role.SCANNER:
        return None
    via, owner = scanner_name(signals), signals.network.owner
    late = signals.age is None or signals.age >= SCAN_SECONDS
    if late and signals.full_browser and _single(signals):
        return unknown(
            signals,
            via,
            Reason.ISOLATION_BROWSER,
            f"From {owner}, late and like a browser: a scanner or a reader's isolation browser",
        )
    return machine(signals, via, Reason.SCANNER_NETWORK, f"The address belongs to {owner}")


def exchange_online(signals: Signals) -> Verdict | None:
    """Outlook on the web fetches images from Exchange Online [C: warmbly 412]."""
    if signals.network.role is not Role.EXCHANGE or not signals.is_open:
        return None
    evidence = "Fetched from Exchange Online, where Outlook on the web loads images"
    if signals.sooner_than(QUIET_SECONDS):
        return unknown(
            signals,
            "outlook-proxy",
            Reason.EXCHANGE_ONLINE,
            evidence,
            "Scanners come this early too",
        )
    return proxied(signals, "outlook-proxy", Reason.EXCHANGE_ONLINE, evidence)


def mail_network(signals: Signals) -> Verdict | None:
    """An image fetched, without a language, from a mail provider that names no agent [C]."""
    if signals.network.role is not Role.MAIL or not signals.is_open or signals.language:
        return None
    via = signals.network.service
    evidence = f"Fetched from {signals.network.owner}'s network"
    if via == "proton-proxy" or signals.sooner_than(QUIET_SECONDS):
        return unknown(
            signals,
            via,
            Reason.MAIL_NETWORK,
            evidence,
            "It may have been loaded before anybody read it",
        )
    return proxied(signals, via, Reason.MAIL_NETWORK, evidence)


def company_gateway(signals: Signals) -> Verdict | None:
    """People whose company sends all traffic through a gateway [MISP warning list zscaler]."""
    if signals.network.role is not Role.GATEWAY:
        return None
    if not (signals.reader_program or signals.language):
        return _no_reader(signals)
    return reader(
        signals,
        "corporate-proxy",
        Reason.COMPANY_GATEWAY,
        f"A reader behind a company gateway ({signals.network.owner})",
    )


def apple_relay(signals: Signals) -> Verdict | None:
    """Private Relay carries Safari and apps of Apple's systems, as they are [matomo-org 69].

    Cloudflare's WARP shares a block with it, so other systems' browsers are VPN users [J].
    """
    if signals.network.role is not Role.RELAY or not signals.agent.apple:
        return None
    if not signals.language and not (signals.is_open and signals.agent.kind is AgentKind.MAIL):
        return _without_language(signals)
    return reader(
        signals, "apple-relay", Reason.APPLE_RELAY, "A reader behind Apple's Private Relay"
    )


def datacenter(signals: Signals) -> Verdict | None:
    """A person on a cloud desktop or behind a small VPN names a language, comes late and makes a
    single request; all else is a machine [C: warmbly; X4BNet's list for the networks]."""
    datacenters = (Role.CLOUD, Role.GOOGLE, Role.YAHOO, Role.MAIL, Role.EXCHANGE)
    if signals.network.role not in datacenters:
        return None
    if signals.sooner_than(QUIET_SECONDS) or not signals.language or not _single(signals):
        return _no_reader(signals)
    return _hidden_reader(signals)


def vpn(signals: Signals) -> Verdict | None:
    """Commercial VPNs, WARP and Tor exits: mostly people [X4BNet/lists_vpn]."""
    if signals.network.role not in (Role.VPN, Role.RELAY):
        return None
    mail = signals.agent.kind is AgentKind.MAIL and signals.is_open
    if not (signals.language or mail) or not _single(signals):
        return _no_reader(signals)
    if signals.sooner_than(VPN_SECONDS):
        return unknown(
            signals, "vpn", Reason.TOO_SOON, "From a VPN, so soon that it may be a scanner"
        )
    return _hidden_reader(signals)


def residential(signals: Signals) -> Verdict:
    """All other networks: residential, mobile and office [J]."""
    if signals.agent.kind is AgentKind.STRANGE and not signals.language:
        return machine(
            signals,
            "http-client",
            Reason.UNKNOWN_PROGRAM,
            "No mail program or browser is known by this name",
        )
    if not signals.reader_program:
        return unknown(
            signals,
            "unverified",
            Reason.UNKNOWN_PROGRAM,
            "No mail program or browser is known by this name",
        )
    if signals.language or signals.browser_signs:
        return _on_own_network(signals)
    return _on_own_network(signals) if _quiet_mail_program(signals) else _without_language(signals)


def _quiet_mail_program(signals: Signals) -> bool:
    """Some mail programs name no language. A browser names one unless something strips it, and even
    then it asks for images."""
    if not signals.is_open:
        return False
    if signals.agent.kind is AgentKind.MAIL:
        return True
    return "image/" in signals.header("accept") and not signals.sooner_than(QUIET_SECONDS)


def _on_own_network(signals: Signals) -> Verdict:
    if signals.header("via"):
        return reader(
            signals,
            "corporate-proxy",
            Reason.COMPANY_GATEWAY,
            "A mail program or browser, behind a proxy that names itself",
        )
    what = "Mail program" if signals.agent.kind is AgentKind.MAIL else "Browser"
    return reader(
        signals,
        "direct",
        Reason.READER,
        f"{what} headers from a home, mobile or office network",
    )


def _hidden_reader(signals: Signals) -> Verdict:
    return reader(
        signals,
        "vpn",
        Reason.VPN if signals.network.role in (Role.VPN, Role.RELAY) else Reason.DATACENTER,
        f"A reader's headers from {signals.network.owner}, which is not a reader's own network",
    )


def _without_language(signals: Signals) -> Verdict:
    evidence = "It names no language, which browsers always do"
    asks_for_images = signals.is_open and "image/" in signals.header("accept")
    if signals.sooner_than(QUIET_SECONDS) and not asks_for_images:
        return machine(signals, scanner_name(signals), Reason.NO_LANGUAGE, evidence)
    return unknown(signals, "unverified", Reason.NO_LANGUAGE, evidence)


def _no_reader(signals: Signals) -> Verdict:
    return machine(
        signals,
        scanner_name(signals),
        Reason.DATACENTER,
        f"From {signals.network.owner}, and unlike a person's request from there",
    )


def _single(signals: Signals) -> bool:
    """The same source followed no other link within seconds, and the hit repeats no other click."""
    for near in signals.facts.nearby:
        if near.kind is not Kind.CLICK:
            continue
        other_link = near.link != signals.facts.link or signals.is_open
        if other_link and abs(near.dt) <= SINGLE_SECONDS and signals.same_source(near):
            return False
        repeated = near.link == signals.facts.link and -OTHERS_CLICK_SECONDS <= near.dt < 0
        if repeated and not signals.same_address(near) and not signals.same_agent(near):
            return False
    return True
