"""Rules about where a hit comes from, once it has not given itself away."""

from sealbreak_server.classification.agents import AgentKind
from sealbreak_server.classification.networks import Role
from sealbreak_server.classification.outcomes import machine, proxied, reader, scanner_name, unknown
from sealbreak_server.classification.reasons import Reason
from sealbreak_server.classification.seen import Seen
from sealbreak_server.hits import Kind
from sealbreak_server.verdicts import Verdict

SCAN_SECONDS = 3600.0
QUIET_SECONDS = 60.0
VPN_SECONDS = 20.0
SINGLE_SECONDS = 10.0
REPEAT_SECONDS = 12.0


def mail_filter(seen: Seen) -> Verdict | None:
    """Networks that only filter mail: no mailbox is read there [S by way of warmbly]."""
    if seen.network.role is not Role.FILTER:
        return None
    return machine(
        seen,
        scanner_name(seen),
        Reason.MAIL_FILTER_NETWORK,
        "The address belongs to a mail filter",
    )


def scanner_network(seen: Seen) -> Verdict | None:
    """Security vendors' networks [C: 0xZDH/redirect.rules asns.txt, checked against the ASN data].

    A lone late hit with a browser's headers may be a person behind an isolation browser.
    """
    if seen.network.role is not Role.SCANNER:
        return None
    via, owner = scanner_name(seen), seen.network.owner
    late = seen.age is None or seen.age >= SCAN_SECONDS
    if late and seen.full_browser and _single(seen):
        return unknown(
            seen,
            via,
            Reason.ISOLATION_BROWSER,
            f"From {owner}, late and like a browser: a scanner or a protected reader",
        )
    return machine(seen, via, Reason.SCANNER_NETWORK, f"The address belongs to {owner}")


def exchange_online(seen: Seen) -> Verdict | None:
    """Outlook on the web fetches images from Exchange Online [C: warmbly 412]."""
    if seen.network.role is not Role.EXCHANGE or not seen.opened:
        return None
    evidence = "Fetched from Exchange Online, where Outlook on the web loads images"
    if seen.sooner_than(QUIET_SECONDS):
        return unknown(
            seen, "outlook-proxy", Reason.EXCHANGE_ONLINE, evidence, "Scanners come early, too"
        )
    return proxied(seen, "outlook-proxy", Reason.EXCHANGE_ONLINE, evidence)


def mail_network(seen: Seen) -> Verdict | None:
    """An image fetched, without a language, from a mail provider that names no agent [C]."""
    if seen.network.role is not Role.MAIL or not seen.opened or seen.language:
        return None
    via = seen.network.service
    evidence = f"Fetched from {seen.network.owner}'s network"
    if via == "proton-proxy" or seen.sooner_than(QUIET_SECONDS):
        return unknown(
            seen, via, Reason.MAIL_NETWORK, evidence, "It may have been loaded ahead of a reader"
        )
    return proxied(seen, via, Reason.MAIL_NETWORK, evidence)


def company_gateway(seen: Seen) -> Verdict | None:
    """People whose company sends all traffic through a gateway [MISP warning list zscaler]."""
    if seen.network.role is not Role.GATEWAY:
        return None
    if not (seen.reader_program or seen.language):
        return _no_reader(seen)
    return reader(
        seen,
        "corporate-proxy",
        Reason.COMPANY_GATEWAY,
        f"A reader behind a company gateway ({seen.network.owner})",
    )


def apple_relay(seen: Seen) -> Verdict | None:
    """Private Relay carries Safari and apps of Apple's systems, as they are [matomo-org 69].

    Cloudflare's WARP shares a block with it, so other systems' browsers are VPN users [J].
    """
    if seen.network.role is not Role.RELAY or not seen.agent.apple:
        return None
    if not seen.language and not (seen.opened and seen.agent.kind is AgentKind.MAIL):
        return _without_language(seen)
    return reader(seen, "apple-relay", Reason.APPLE_RELAY, "A reader behind Apple's Private Relay")


def hosting(seen: Seen) -> Verdict | None:
    """Hosting: a person in a cloud desktop or behind a small VPN names a language, comes late and
    alone; all else is a machine [C: warmbly; X4BNet's list for the networks]."""
    cloudy = (Role.CLOUD, Role.GOOGLE, Role.YAHOO, Role.MAIL, Role.EXCHANGE)
    if seen.network.role not in cloudy:
        return None
    if seen.sooner_than(QUIET_SECONDS) or not seen.language or not _single(seen):
        return _no_reader(seen)
    return _hidden_reader(seen)


def vpn(seen: Seen) -> Verdict | None:
    """Networks that are sold as VPNs, WARP, exits of Tor: mostly people [X4BNet/lists_vpn]."""
    if seen.network.role not in (Role.VPN, Role.RELAY):
        return None
    mail = seen.agent.kind is AgentKind.MAIL and seen.opened
    if not (seen.language or mail) or not _single(seen):
        return _no_reader(seen)
    if seen.sooner_than(VPN_SECONDS):
        return unknown(seen, "vpn", Reason.TOO_SOON, "From a VPN, so soon that it may be a scanner")
    return _hidden_reader(seen)


def home(seen: Seen) -> Verdict:
    """What is left: homes, phones and companies [J]."""
    if seen.agent.kind is AgentKind.STRANGE and not seen.language:
        return machine(
            seen, "http-client", Reason.UNKNOWN_PROGRAM, "No reader's program is known by this name"
        )
    if not seen.reader_program:
        return unknown(
            seen, "unverified", Reason.UNKNOWN_PROGRAM, "No reader's program is known by this name"
        )
    if seen.language or seen.browser_signs:
        return _at_home(seen)
    return _at_home(seen) if _quiet_mail_program(seen) else _without_language(seen)


def _quiet_mail_program(seen: Seen) -> bool:
    """Some mail programs name no language; a browser does, unless something strips it, but then
    it still asks for images."""
    if not seen.opened:
        return False
    if seen.agent.kind is AgentKind.MAIL:
        return True
    return "image/" in seen.header("accept") and not seen.sooner_than(QUIET_SECONDS)


def _at_home(seen: Seen) -> Verdict:
    if seen.header("via"):
        return reader(
            seen,
            "corporate-proxy",
            Reason.COMPANY_GATEWAY,
            "A reader's program, behind a proxy that says so",
        )
    what = "Mail program" if seen.agent.kind is AgentKind.MAIL else "Browser"
    return reader(seen, "direct", Reason.READER, f"{what} headers from a network of people")


def _hidden_reader(seen: Seen) -> Verdict:
    return reader(
        seen,
        "vpn",
        Reason.VPN if seen.network.role in (Role.VPN, Role.RELAY) else Reason.HOSTING,
        f"A reader's headers from {seen.network.owner}, which is no reader's own network",
    )


def _without_language(seen: Seen) -> Verdict:
    evidence = "It names no language, which browsers always do"
    asks_for_images = seen.opened and "image/" in seen.header("accept")
    if seen.sooner_than(QUIET_SECONDS) and not asks_for_images:
        return machine(seen, scanner_name(seen), Reason.NO_LANGUAGE, evidence)
    return unknown(seen, "unverified", Reason.NO_LANGUAGE, evidence)


def _no_reader(seen: Seen) -> Verdict:
    return machine(
        seen,
        scanner_name(seen),
        Reason.HOSTING,
        f"From {seen.network.owner}, and not as people come from there",
    )


def _single(seen: Seen) -> bool:
    """No other link followed by the same source within seconds, and nobody's click repeated."""
    for near in seen.facts.nearby:
        if near.kind is not Kind.CLICK:
            continue
        other_link = near.link != seen.facts.link or seen.opened
        if other_link and abs(near.dt) <= SINGLE_SECONDS and seen.same_source(near):
            return False
        repeated = near.link == seen.facts.link and -REPEAT_SECONDS <= near.dt < 0
        if repeated and not seen.same_address(near) and not seen.same_agent(near):
            return False
    return True
