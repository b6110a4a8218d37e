"""What goes into a judgement and what comes out of it: plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sealbreak_server.hits import Kind


class Actor(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    SENDER = "sender"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Nearby:
    """Another hit of the same message."""

    kind: Kind
    dt: float
    """Seconds from the judged hit; negative is earlier."""
    address: str
    agent: str
    link: int | None = None
    hidden: bool = False
    """It followed the link that no reader can see."""
    sender_viewing: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that may be known when a hit is judged. Every field but the first four may be missing."""

    kind: Kind
    method: str
    headers: Mapping[str, str]
    """Names in lower case."""
    address: str
    seconds_after_send: float | None = None
    """Negative is before the send; `None` when the send time is not known."""
    recipient_domain: str | None = None
    mx: str | None = None
    recipients: int | None = None
    links_in_message: int | None = None
    """Those that readers can see."""
    link: int | None = None
    hidden: bool = False
    sender_viewing: bool = False
    sender_addresses: tuple[str, ...] = ()
    own_click: bool = False
    nearby: tuple[Nearby, ...] = field(default=())
    seconds_after_reply: float | None = None
    """Since the sender's newest other message in the same Gmail thread; `None` when this is it."""
    newer_loads: tuple[Nearby, ...] = field(default=())
    """Loads of newer messages of the same thread within seconds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    actor: Actor
    via: str
    """How it came: `direct`, `gmail-proxy`, `apple-mpp`, a scanner's name, ..."""
    reason: str
    """The rule that decided; from the closed list `classification.Reason`."""
    evidence: tuple[str, ...] = ()
    """What was seen, as short sentences for people who ask."""
    device: str | None = None
    country: str | None = None
    """ISO 3166 code of two letters."""
    network: str | None = None
    """Who owns the address."""
    device_known: bool = False
    location_known: bool = False
    sure: bool = True
    """False while evidence of the next seconds could change it."""
    rules: int = 0
    """The version of the rules that judged."""
