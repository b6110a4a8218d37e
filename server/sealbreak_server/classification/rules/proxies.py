"""The rules, in the order they are tried: the first that answers decides.

Sources stand in brackets: [S] stated by an operator or a large sender, [O] observed in logs,
[C] found in other people's code, [J] our judgement. A name with a number is an issue there.
"""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.networks import Role, parse_address, same_line
from sealbreak_server.classification.rules.behaviour import burst, echo, hidden_link, scanner_nearby
from sealbreak_server.classification.rules.origins import (
    apple_relay,
    company_gateway,
    exchange_online,
    home,
    hosting,
    mail_filter,
    mail_network,
    scanner_network,
    vpn,
)
from sealbreak_server.classification.rules.outcomes import (
    Rule,
    machine,
    path,
    proxied,
    scanner_name,
    sender,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Verdict

AT_ONCE_SECONDS = 2.0
TWICE_SECONDS = 3.0
REPLY_SECONDS = 30.0
"""About 17 s in recorded traffic; the send time is by the clock of the sender's machine."""
ONE_LOOK_SECONDS = 2.0
_SPECULATIVE = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_SPECULATIVE_WORDS = ("prefetch", "prerender", "preview")


def own_click(signals: Signals) -> Verdict | None:
    """The sender's own browser marks its clicks, and the server checks the mark."""
    if signals.facts.own_click:
        return sender(signals, Reason.OWN_CLICK, "Your own browser followed the link")
    return None


def speculative_load(signals: Signals) -> Verdict | None:
    """A header that says a program loads ahead of the reader [C: warmbly abuse.rs; Fetch spec]."""
    for name in _SPECULATIVE:
        if any(word in signals.header(name).lower() for word in _SPECULATIVE_WORDS):
            return machine(
                signals,
                "prefetch",
                Reason.SPECULATIVE_LOAD,
                "The request says that it loads ahead, before anybody asks",
            )
    return None


def not_a_read(signals: Signals) -> Verdict | None:
    """Readers only ever send GET; link checkers send HEAD [O: Office's probe, mail filters]."""
    if signals.facts.method.strip().upper() == "GET":
        return None
    via = signals.agent.via or scanner_name(signals)
    return machine(signals, via, Reason.NOT_A_READ, "Only programs send this kind of request")


def before_sending(signals: Signals) -> Verdict | None:
    """Nobody but the sender has a mail that is not sent yet [J]."""
    filtered = signals.network.role in (Role.FILTER, Role.SCANNER)
    if (
        signals.age is None
        or signals.age >= 0
        or filtered
        or signals.agent.kind is AgentKind.MACHINE
    ):
        return None
    return sender(signals, Reason.BEFORE_SENDING, "It came before the mail was sent")


def sender_address(signals: Signals) -> Verdict | None:
    """From an address the sender's own programs use [C: shlokjain2031/email-tracker]."""
    for text in signals.facts.sender_addresses:
        own = parse_address(text)
        if own is not None and signals.address is not None and same_line(own, signals.address):
            return sender(signals, Reason.SENDER_ADDRESS, "It came from your own address")
    return None


def sender_viewing(signals: Signals) -> Verdict | None:
    """Gmail's proxy, while the sender shows the message in Gmail [C: open-mailtrack].

    A browser may fetch an image twice at one showing [O: open-mailtrack's README]. Another
    provider's proxy, or Apple's, is somebody else.
    """
    if not _loaded_by_gmail(signals):
        return None
    twin = any(
        near.sender_viewing and abs(near.dt) <= TWICE_SECONDS and signals.same_agent(near)
        for near in signals.facts.nearby
    )
    if signals.facts.sender_viewing or twin:
        return sender(signals, Reason.SENDER_VIEWING, "You had the message open in Gmail")
    return None


def gmail_prefetch(signals: Signals) -> Verdict | None:
    """Gmail loads images ahead for a reader who has Gmail open [S: bird.com; O: mautic 10245]."""
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


def reply_prefetch(signals: Signals) -> Verdict | None:
    """An older message, while Gmail takes in a newer one of its thread [O: open-mailtrack].

    A reply that lands in a thread that its reader has viewed makes Gmail load the images of every
    message in it about 17 s later, nobody looking. A reader who comes at once looks the same on
    the wire, so this is unknown and no machine's; such a reader's look shows in the newer message.
    """
    after = signals.facts.seconds_after_reply
    if after is None or not 0 <= after <= REPLY_SECONDS or not _loaded_by_gmail(signals):
        return None
    return unknown(
        signals,
        path(signals),
        Reason.REPLY_PREFETCH,
        "Fetched by Gmail's image proxy from Google's network",
        f"You had sent a newer message in its thread {after:.0f} seconds before",
        "Gmail then loads all images of the thread again, looked at or not",
    )


def thread_look(signals: Signals) -> Verdict | None:
    """Gmail shows a thread, so it loads several of its messages at once [O: open-mailtrack].

    That is one look. It is told of the newest message; which of the older ones were
    unfolded and read, nobody can tell.
    """
    together = any(
        abs(near.dt) <= ONE_LOOK_SECONDS and signals.same_agent(near)
        for near in signals.facts.newer_loads
    )
    if not (together and _loaded_by_gmail(signals)):
        return None
    return unknown(
        signals,
        path(signals),
        Reason.THREAD_LOOK,
        "Fetched by Gmail's image proxy from Google's network",
        "A newer message of the same thread was loaded in the same moment: one look, told there",
    )


def _loaded_by_gmail(signals: Signals) -> bool:
    from_gmail = signals.agent.kind is AgentKind.GMAIL_PROXY and signals.network.role is Role.GOOGLE
    return signals.opened and from_gmail


def gmail_proxy(signals: Signals) -> Verdict | None:
    """Gmail's image proxy fetches when a message is shown [S: bird.com], from AS15169 only [O]."""
    if signals.agent.kind is not AgentKind.GMAIL_PROXY:
        return None
    if signals.network.role is not Role.GOOGLE:
        return _unverified(signals, "Gmail's image proxy", "Google's")
    return _shown(
        signals, Reason.GMAIL_IMAGE_PROXY, "Fetched by Gmail's image proxy from Google's network"
    )


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
    """Proxies of smaller providers [C: warmbly mailclient, Matomo bots.yml].

    They run on the provider's own network or at a hosting company, never on a line of a home [J].
    """
    if signals.agent.kind is not AgentKind.PROXY:
        return None
    own = signals.network.role is Role.MAIL and signals.network.service == signals.agent.via
    foreign = signals.network.role in (Role.VPN, Role.GATEWAY, Role.RELAY, Role.PRIVATE, Role.NONE)
    if not own and foreign:
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
    """What a genuine image proxy's fetch says: nothing within 2 s [C: mautic], then a reader."""
    if not signals.opened:
        return machine(
            signals,
            path(signals),
            Reason.PROXY_ON_LINK,
            "An image proxy followed a link, no reader",
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
    if signals.opened and signals.network.role in (Role.RELAY, Role.APPLE):
        return machine(
            signals,
            "apple-mpp",
            Reason.APPLE_PRIVACY,
            "Apple's Mail Privacy Protection loads every image, read or not",
        )
    via = scanner_name(signals)
    return machine(signals, via, Reason.BARE_AGENT, "No reader's program calls itself only this")


def named_machine(signals: Signals) -> Verdict | None:
    """It says itself what it is [crawler-user-agents; data/agents.tsv]."""
    if signals.agent.kind is not AgentKind.MACHINE:
        return None
    return machine(
        signals,
        signals.agent.via,
        Reason.NAMED_MACHINE,
        "The program says itself that it is no reader",
    )


def malformed(signals: Signals) -> Verdict | None:
    """No agent, an impossible one, or no address: nothing to go by [J]."""
    agentless = signals.agent.kind in (AgentKind.MISSING, AgentKind.MALFORMED)
    if not agentless and signals.network.role is not Role.NONE:
        return None
    what = "The request has no usable agent" if agentless else "The address is none"
    if signals.network.role in (Role.FILTER, Role.SCANNER):
        return machine(signals, scanner_name(signals), Reason.MALFORMED, what)
    if signals.network.role in (Role.CLOUD, Role.VPN, Role.EXCHANGE):
        return machine(signals, "http-client", Reason.MALFORMED, what, "It comes from hosting")
    return unknown(signals, "unverified", Reason.MALFORMED, what)


RULES: tuple[Rule, ...] = (
    own_click,
    speculative_load,
    not_a_read,
    before_sending,
    sender_address,
    sender_viewing,
    gmail_prefetch,
    reply_prefetch,
    thread_look,
    gmail_proxy,
    yahoo_proxy,
    other_proxy,
    apple_privacy,
    named_machine,
    hidden_link,
    burst,
    scanner_nearby,
    malformed,
    mail_filter,
    scanner_network,
    exchange_online,
    mail_network,
    company_gateway,
    echo,
    apple_relay,
    hosting,
    vpn,
    home,
)
"""`home` always answers."""
