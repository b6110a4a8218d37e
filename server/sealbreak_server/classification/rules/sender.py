"""Rules that recognise the sender."""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.networks import Role, parse_address, same_line
from sealbreak_server.classification.rules.outcomes import (
    sender,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Verdict

TWICE_SECONDS = 3.0


def own_click(signals: Signals) -> Verdict | None:
    """The sender's own browser marks its clicks, and the server checks the mark."""
    if signals.facts.own_click:
        return sender(signals, Reason.OWN_CLICK, "Your own browser followed the link")
    return None


def before_sending(signals: Signals) -> Verdict | None:
    """Only the sender has a mail that is not sent yet [J]."""
    filtered = signals.network.role in (Role.FILTER, Role.SCANNER)
    if (
        signals.age is None
        or signals.age >= 0
        or filtered
        or signals.agent.kind is AgentKind.MACHINE
    ):
        return None
    return sender(signals, Reason.BEFORE_SENDING, "The request came before the mail was sent")


def sender_address(signals: Signals) -> Verdict | None:
    """From an address the sender's own programs use [C: shlokjain2031/email-tracker]."""
    for text in signals.facts.sender_addresses:
        own = parse_address(text)
        if own is not None and signals.address is not None and same_line(own, signals.address):
            return sender(signals, Reason.SENDER_ADDRESS, "The request came from your own address")
    return None


def shared_proxy(signals: Signals) -> Verdict | None:
    """Yahoo's proxy, while the sender looks and no recipient's mailbox is at Yahoo [J].

    Somebody reads the mail at Yahoo at this moment, and the only known one who reads it is the
    sender, who may have a copy there.
    """
    at_yahoo = signals.agent.kind is AgentKind.YAHOO_PROXY and signals.network.role is Role.YAHOO
    if not (at_yahoo and signals.is_open and signals.facts.sender_viewing):
        return None
    if not signals.elsewhere("yahoo"):
        return None
    return sender(
        signals,
        Reason.SENDER_VIEWING,
        "You had the message open, and no recipient's address is at Yahoo",
    )


def sender_viewing(signals: Signals) -> Verdict | None:
    """Gmail's proxy, while the sender has the message open in Gmail [C: open-mailtrack].

    A browser may fetch an image twice for one view [O: open-mailtrack's README]. Apple's proxy and
    those of other providers fetch for somebody else.
    """
    if not signals.loaded_by_gmail:
        return None
    twin = any(
        near.sender_viewing and abs(near.dt) <= TWICE_SECONDS and signals.same_agent(near)
        for near in signals.facts.nearby
    )
    if signals.facts.sender_viewing or twin:
        return sender(signals, Reason.SENDER_VIEWING, "You had the message open in Gmail")
    return None
