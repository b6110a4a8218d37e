"""Hits with their verdicts, and everything known around them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.model.visit import Visit

Classify = Callable[[Facts], Verdict]
CONTEXT_SECONDS = 5 * 60
"""A scanner may echo a reader's click minutes later: `classification.behaviour.echo`."""
SETTLE_SECONDS = 4.0
THREAD_SECONDS = 10.0
"""Loads of a thread's other messages that are nearer may belong to the same look."""


@dataclass(frozen=True, slots=True)
class ClassifiedHit:
    """A stored hit with what is made of it so far."""

    number: int
    hit: Hit
    verdict: Verdict | None = None
    counted: bool = False
    due: float | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class CopyState:
    opened_at: float | None = None
    event: int | None = None
    hot_at: float | None = None


@dataclass(frozen=True, slots=True)
class HitContext:
    """Everything known around the hits of one message; `classified_hits` in the order of time."""

    message: Message
    classified_hits: tuple[ClassifiedHit, ...]
    views: tuple[float, ...] = ()
    own_addresses: tuple[str, ...] = ()
    copies: Mapping[int, CopyState] = field(default_factory=dict)
    visits: tuple[tuple[int, Visit], ...] = ()
    """Opens by readers before these records, each with its copy, as far as they can matter."""
    newer: tuple[float, ...] = ()
    """When the account sent newer messages in the same thread."""
    newer_loads: tuple[Hit, ...] = ()
    """Loads of these, as far as they are near in time."""
