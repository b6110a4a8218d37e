"""What a hit is classified by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sealbreak_server.model.hit import Kind


@dataclass(frozen=True, slots=True)
class Nearby:
    """Another hit of the same message."""

    kind: Kind
    dt: float
    """Seconds from the hit that is classified; negative is earlier."""
    address: str
    agent: str
    link: int | None = None
    hidden: bool = False
    """It followed a link that readers cannot see."""
    sender_viewing: bool = False
    same_copy: bool = True
    """It is about the copy of the hit that is classified."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules know about a hit. Every field but the first four may be missing."""

    kind: Kind
    method: str
    headers: Mapping[str, str]
    """Names in lower case."""
    address: str
    seconds_after_send: float | None = None
    """Negative is before the send; `None` when the send time is not known."""
    recipients: int | None = None
    links_in_message: int | None = None
    """The links that readers can see."""
    link: int | None = None
    hidden: bool = False
    sender_viewing: bool = False
    sender_addresses: tuple[str, ...] = ()
    own_click: bool = False
    nearby: tuple[Nearby, ...] = field(default=())
    seconds_after_reply: float | None = None
    """Since the sender's newest other message in the same Gmail thread; `None` without one."""
    recipient_domains: tuple[str, ...] = ()
    """The domains of the addresses that got this copy, each as often as it occurs."""
    mx: str = ""
    """A mail server of the recipients' domain, where it is known. Nothing looks it up."""
    newer_loads: tuple[Nearby, ...] = field(default=())
    """Loads of newer messages of the same thread within seconds."""
