"""Rules about the network that a hit comes from. They decide when no other rule did."""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.browsers import is_old
from sealbreak_server.classification.evidence.networks import (
    Role,
    parse_address,
    same_neighbourhood,
)
from sealbreak_server.classification.rules.outcomes import (
    PROXIES,
    QUICK_SECONDS,
    machine,
    proxied,
    reader,
    scanner_name,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.context import SHOWN_SECONDS
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict

SCAN_SECONDS = 3600.0
"""After this time since the send, scanners have done their work."""
QUIET_SECONDS = 60.0
"""Until then, counted from the send, a hit without a reader's marks is a machine's."""
VPN_SECONDS = 20.0
SCAN_IN_CLOUD_SECONDS = 120.0
"""Until then a scanner is as likely as a reader in a datacenter. Most come within two minutes of
delivery [S: suped.com on bot clicks; O: 31 % of bursts begin more than a minute after the send].
Later ones are mostly told by their bursts, neighbours and missing headers [J]."""
READ_SECONDS = 3.0
"""Nobody reads a mail and follows a link sooner than this after its image was loaded."""
SINGLE_SECONDS = 10.0
"""A source that follows another link within this time did not make a single request."""
BESIDE_SECONDS = 60.0
"""A hit from another network within this time belongs to the same reading or scan."""
OTHERS_CLICK_SECONDS = 12.0
"""A hit this soon after another program's click on the same link repeats that click."""
NO_LANGUAGE = "It names no language, which browsers always do"


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

    A single late hit with a browser's headers may be a person behind an isolation browser. The
    vendors' own staff and companies whose traffic leaves there read mail too: scanners imitate
    browsers, not mail programs [O: section 7].
    """
    if signals.network.role is not Role.SCANNER:
        return None
    via, owner = scanner_name(signals), signals.network.owner
    if signals.is_open and signals.agent.kind is AgentKind.MAIL and signals.agent.name:
        return unknown(
            signals,
            via,
            Reason.MAIL_PROGRAM_AT_SCANNER,
            f"A mail program's headers from {owner}: a scanner, or people behind it",
        )
    if _is_colleague(signals):
        return reader(
            signals,
            "corporate-proxy",
            Reason.COLLEAGUE,
            f"From {owner}, where a mail program had shown the mail within the hour",
            own_program=False,
        )
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
    if not signals.reader_program:
        return _unknown_program(signals) if signals.language else _no_reader(signals)
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
    """A person on a cloud desktop or behind a small VPN comes late, makes a single request and uses
    a reader's program with all headers of that program; all else is a machine [C: warmbly; X4BNet's
    list for the networks; O: section 7].

    Mail programs are taken by their name, as behind a VPN. A browser's device is not told: machines
    imitate complete browsers, and mostly old ones. Soon after the send, or together with a hit from
    another network, it is a person's only if the address had shown the mail.
    """
    if not signals.in_datacenter:
        return None
    mail = signals.is_open and signals.agent.kind is AgentKind.MAIL
    if not _single(signals):
        return _no_reader(signals)
    if signals.sooner_than(QUIET_SECONDS):
        named = mail and signals.agent.name and signals.language
        return _early_mail_program(signals) if named else _no_reader(signals)
    if mail:
        return _mail_in_datacenter(signals)
    browser = signals.reader_program and signals.language and not signals.lacks_fetch_metadata
    if not browser:
        return _no_reader(signals)
    return _browser_in_datacenter(signals)


def _browser_in_datacenter(signals: Signals) -> Verdict:
    evidence = f"A browser's headers from {signals.network.owner}"
    if is_old(signals.header("user-agent")):
        doubt = "The browser is from before 2021; scanners mostly imitate such browsers"
        return unknown(signals, "vpn", Reason.DATACENTER, evidence, doubt)
    if not signals.showed_mail_before(SHOWN_SECONDS, READ_SECONDS):
        if not signals.is_open and signals.showed_mail_before(READ_SECONDS):
            doubt = "It followed the link sooner after loading the image than anybody reads"
            return unknown(signals, "vpn", Reason.TOO_SOON, evidence, doubt)
        if _beside_others(signals):
            doubt = "Another network loaded the message within the same minute"
            return unknown(signals, "vpn", Reason.CLOUD_BESIDE_OTHERS, evidence, doubt)
        if signals.sooner_than(SCAN_IN_CLOUD_SECONDS):
            doubt = "It came so soon after the send that it may be a scanner"
            return unknown(signals, "vpn", Reason.TOO_SOON, evidence, doubt)
    return _hidden_reader(signals, own_program=False)


def _early_mail_program(signals: Signals) -> Verdict:
    """Scanners imitate browsers, not mail programs."""
    return unknown(
        signals,
        "vpn",
        Reason.TOO_SOON,
        f"A mail program's headers from {signals.network.owner}",
        "It came so soon after the send that it may be a scanner",
    )


def _mail_in_datacenter(signals: Signals) -> Verdict:
    """WebKit alone, without a language, is too little: many programs call themselves so."""
    if signals.agent.name or signals.language:
        return _hidden_reader(signals)
    return unknown(
        signals,
        "unverified",
        Reason.DATACENTER,
        f"A mail program's headers from {signals.network.owner}, without a language",
    )


def vpn(signals: Signals) -> Verdict | None:
    """Commercial VPNs, WARP and Tor exits: mostly people [X4BNet/lists_vpn]."""
    if signals.network.role not in (Role.VPN, Role.RELAY):
        return None
    mail = signals.agent.kind is AgentKind.MAIL and signals.is_open
    if not (signals.language or mail) or not _single(signals):
        return _no_reader(signals)
    if not signals.reader_program:
        return _unknown_program(signals)
    if signals.lacks_fetch_metadata and not signals.on_phone:
        return _without_fetch_metadata(signals)
    if signals.sooner_than(VPN_SECONDS):
        return unknown(
            signals, "vpn", Reason.TOO_SOON, "From a VPN, so soon that it may be a scanner"
        )
    return _hidden_reader(signals)


def residential(signals: Signals) -> Verdict:
    """All other networks: residential, mobile and office [J].

    A name that is new proves nothing. Phones lose `Sec-Fetch-*` in apps, computers do not, so
    without them a phone's hit is doubted only right after the send [O: section 7]. So is a browser
    of today without a language: a proxy may strip it, but most such hits are a sandbox's [J].
    """
    if not signals.reader_program:
        too_soon = signals.sooner_than(QUIET_SECONDS) and not signals.language
        return _without_language(signals) if too_soon else _unknown_program(signals)
    quiet = signals.agent.few_headers or _quiet_mail_program(signals)
    if not (signals.language or signals.browser_signs or quiet):
        return _without_language(signals)
    fresh = signals.sooner_than(QUICK_SECONDS)
    if fresh and signals.names_new_browser and not signals.language:
        return unknown(signals, "unverified", Reason.NO_LANGUAGE, NO_LANGUAGE)
    if signals.lacks_fetch_metadata and (fresh or not signals.on_phone):
        return _without_fetch_metadata(signals)
    return _on_own_network(signals)


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


def _hidden_reader(signals: Signals, *, own_program: bool = True) -> Verdict:
    return reader(
        signals,
        "vpn",
        Reason.VPN if signals.network.role in (Role.VPN, Role.RELAY) else Reason.DATACENTER,
        f"A reader's headers from {signals.network.owner}, which is not a reader's own network",
        own_program=own_program,
    )


def _unknown_program(signals: Signals) -> Verdict:
    return unknown(
        signals,
        "unverified",
        Reason.UNKNOWN_PROGRAM,
        "No mail program or browser is known by this name",
    )


def _without_fetch_metadata(signals: Signals) -> Verdict:
    return unknown(
        signals,
        "unverified",
        Reason.NO_FETCH_METADATA,
        "It lacks the Sec-Fetch headers, which the browser it names always sends over https",
    )


def _is_colleague(signals: Signals) -> bool:
    return (
        not signals.is_open
        and signals.full_browser
        and _single(signals)
        and signals.showed_mail_before(SHOWN_SECONDS, mail_program=True)
    )


def _beside_others(signals: Signals) -> bool:
    """A hit from another network in the same minute, image proxies left out: they fetch for
    somebody else."""
    return any(
        abs(near.dt) <= BESIDE_SECONDS
        and not near.sender_viewing
        and signals.read(near.agent).kind not in PROXIES
        and not _is_neighbour(signals, near)
        for near in signals.facts.nearby
    )


def _is_neighbour(signals: Signals, near: Nearby) -> bool:
    there = parse_address(near.address)
    if signals.address is None or there is None:
        return True
    return same_neighbourhood(signals.address, there)


def _without_language(signals: Signals) -> Verdict:
    asks_for_images = signals.is_open and "image/" in signals.header("accept")
    if signals.sooner_than(QUIET_SECONDS) and not asks_for_images:
        return machine(signals, scanner_name(signals), Reason.NO_LANGUAGE, NO_LANGUAGE)
    return unknown(signals, "unverified", Reason.NO_LANGUAGE, NO_LANGUAGE)


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
        same_link = near.same_copy and near.link == signals.facts.link
        repeated = same_link and -OTHERS_CLICK_SECONDS <= near.dt < 0
        if repeated and not signals.same_address(near) and not signals.same_agent(near):
            return False
    return True
