"""Hits with their verdicts, and everything known about their message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import Target

Classify = Callable[[Facts], Verdict]
CONTEXT_SECONDS = 5 * 60
"""A scanner may repeat a reader's click minutes later: `classification.rules.behaviour.repeat`."""
SHOWN_SECONDS = 3600
"""A click belongs to the program that showed the mail at its address within this time."""
SETTLE_SECONDS = 4.0
"""An unsure verdict waits this long for hits that may change it."""
THREAD_SECONDS = 10.0
"""Loads of a thread's other messages within this time may belong to the same view."""


@dataclass(frozen=True, slots=True)
class ClassifiedHit:
    """A stored hit with its verdict so far."""

    number: int
    hit: Hit
    verdict: Verdict | None = None
    counted: bool = False
    due: float | None = None
    """Until then an unsure verdict waits; `None` for a final one."""
    event: int | None = None
    """The number of the event that it made."""

    @property
    def is_reader(self) -> bool:
        return self.verdict is not None and self.verdict.actor is Actor.HUMAN


@dataclass(frozen=True, slots=True)
class CopyState:
    opened_at: float | None = None
    """When the newest visit by a reader began."""
    event: int | None = None
    """The number of the valid event that told that the copy was opened."""
    hot_at: float | None = None
    """The newest `hot` event."""


@dataclass(frozen=True, slots=True)
class HitContext:
    """What is known about some hits of one message; `classified_hits` in the order of time."""

    message: Message
    classified_hits: tuple[ClassifiedHit, ...]
    views: tuple[float, ...] = ()
    own_addresses: Mapping[str, float] = field(default_factory=dict)
    """Addresses of the account's own devices, each with the time when it was last seen."""
    copies: Mapping[int, CopyState] = field(default_factory=dict)
    loaded: frozenset[int] = frozenset()
    """The copies whose image was loaded, whoever did it; read only where a link was followed."""
    recounted: Mapping[Target, float] = field(default_factory=dict)
    """Until when all hits on a target are here; without an entry they all are."""
    shown: tuple[Hit, ...] = ()
    """Loads of its pixels before `classified_hits`; read only where a link was followed."""
    newer: tuple[float, ...] = ()
    """When the account sent newer messages in the same thread."""
    newer_loads: tuple[Hit, ...] = ()
    """Loads of these newer messages near in time."""
