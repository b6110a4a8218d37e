"""Rules about the image proxies of mail providers, and about Apple's privacy protection."""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.networks import Role
from sealbreak_server.classification.rules.outcomes import (
    machine,
    path,
    proxied,
    scanner_name,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Verdict

AT_ONCE_SECONDS = 2.0
ELSEWHERE_SECONDS = 600.0
"""Until then a sender who reads in Gmail is as likely as a reader to whom it was forwarded."""
_SELF_HOSTED = ("nextcloud-proxy", "snappymail-proxy", "thumbor-proxy")
"""Programs that anybody runs, at home too."""


def gmail_prefetch(signals: Signals) -> Verdict | None:
    """Gmail prefetches images for a reader who has Gmail open [S: bird.com; O: mautic 10245]."""
    if signals.agent.kind is not AgentKind.GMAIL_PREFETCH:
        return None
    if signals.network.role is not Role.GOOGLE:
        return _unverified(signals, "Gmail's prefetcher", "Google's")
    return machine(
        signals,
        "gmail-prefetch",
        Reason.GMAIL_PREFETCH,
        "Gmail loaded the images ahead, which it does when mail arrives",
    )


def gmail_proxy(signals: Signals) -> Verdict | None:
    """Gmail's image proxy fetches when a message is shown [S: bird.com], from AS15169 only [O]."""
    if signals.agent.kind is not AgentKind.GMAIL_PROXY:
        return None
    if signals.network.role is not Role.GOOGLE:
        return _unverified(signals, "Gmail's image proxy", "Google's")
    evidence = "Fetched by Gmail's image proxy from Google's network"
    if signals.is_open and signals.elsewhere("google"):
        return _read_elsewhere(signals, evidence)
    return _shown(signals, Reason.GMAIL_IMAGE_PROXY, evidence)


def _read_elsewhere(signals: Signals, evidence: str) -> Verdict:
    """Gmail, although no recipient's address is at Google [O: section 7].

    The mail was forwarded, or the recipient reads another provider's mailbox in Gmail, or the
    sender looks at a reply that quotes it. The last is most likely soon after the send.
    """
    names = " and ".join(sorted({one.name for one in signals.providers})[:3])
    where = f"The recipient's address is at {names}, not at Google"
    if len(signals.facts.recipient_domains) > 1:
        where = f"The recipients' addresses are at {names}, none at Google"
    if signals.sooner_than(ELSEWHERE_SECONDS):
        return unknown(signals, path(signals), Reason.GMAIL_ELSEWHERE, evidence, where)
    return proxied(signals, path(signals), Reason.GMAIL_ELSEWHERE, evidence, where)


def yahoo_proxy(signals: Signals) -> Verdict | None:
    """One proxy for Yahoo and AOL, under Yahoo's names [O: crawlerdex; litmus.com]."""
    if signals.agent.kind is not AgentKind.YAHOO_PROXY:
        return None
    if signals.network.role is not Role.YAHOO:
        return _unverified(signals, "Yahoo's image proxy", "Yahoo's")
    return _shown(
        signals, Reason.YAHOO_IMAGE_PROXY, "Fetched by Yahoo's image proxy from Yahoo's network"
    )


def other_proxy(signals: Signals) -> Verdict | None:
    """Proxies of smaller providers [C: warmbly mailclient, Matomo bots.yml], and of webmail that
    people host themselves [S: Nextcloud's and SnappyMail's source].

    Providers' proxies run on their own network or in a datacenter, never on a residential line [J].
    """
    if signals.agent.kind is not AgentKind.PROXY:
        return None
    foreign = signals.network.role in (Role.VPN, Role.GATEWAY, Role.RELAY, Role.PRIVATE, Role.NONE)
    if foreign and signals.agent.via not in _SELF_HOSTED:
        return _unverified(signals, f"{signals.agent.name}'s image proxy", "its provider's")
    return _shown(signals, Reason.MAIL_PROXY, f"Fetched by {signals.agent.name}'s image proxy")


def _unverified(signals: Signals, claim: str, whose: str) -> Verdict:
    return unknown(
        signals,
        "unverified",
        Reason.UNVERIFIED_PROXY,
        f"It says it is {claim}, but does not come from {whose} network",
    )


def _shown(signals: Signals, reason: Reason, evidence: str) -> Verdict:
    """A fetch by a genuine image proxy: unknown within 2 s [C: mautic], later a reader."""
    if not signals.is_open:
        return machine(
            signals,
            path(signals),
            Reason.PROXY_ON_LINK,
            "An image proxy followed the link, not a reader",
        )
    if signals.sooner_than(AT_ONCE_SECONDS):
        return unknown(
            signals,
            path(signals),
            Reason.PROXY_AT_ONCE,
            evidence,
            "It came within two seconds of sending, sooner than people read",
        )
    return proxied(signals, path(signals), reason, evidence)


def apple_privacy(signals: Signals) -> Verdict | None:
    """Mail Privacy Protection's agent is exactly `Mozilla/5.0` [S: mailgun; O: uap-core 509].

    It comes from Apple's egress networks, seconds to days after delivery, read or not [S:
    socketlabs], and follows no links [C].
    """
    if signals.agent.kind is not AgentKind.BARE:
        return None
    if signals.is_open and signals.network.role in (Role.RELAY, Role.APPLE):
        return machine(
            signals,
            "apple-mpp",
            Reason.APPLE_PRIVACY,
            "Apple's Mail Privacy Protection loads every image, whether the mail is read or not",
        )
    via = scanner_name(signals)
    return machine(
        signals, via, Reason.BARE_AGENT, "No mail program or browser sends only this as its name"
    )
