"""From the context of a message to the facts and the verdicts of its hits. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SHOWN_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
    HitContext,
)
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Verdict

VIEW_BEFORE_SECONDS = 20
VIEW_AFTER_SECONDS = 10
"""The sender's extension reports the message on screen at about the time of Gmail's fetch."""
OWN_ADDRESS_SECONDS = 2 * 3600
"""An address of the account's own devices is the sender's for this long after it was last seen."""
NEAREST_HITS = 200
NEAREST_SHAPES = 32
"""In a flood, a hit is classified with at most `NEAREST_HITS` hits before it and as many after it.
On each side at most `NEAREST_SHAPES` of them differ in more than their time."""


class _Shape(NamedTuple):
    """Hits with equal shapes add the same fact to the hits around them."""

    kind: Kind
    address: str
    agent: str
    link: int | None
    copy: int | None
    """`None` for an open: no rule asks which copy was opened."""
    viewed: bool = False
    """The sender had the message open."""


class _Neighbour(NamedTuple):
    shape: _Shape
    time: float
    number: int


def _agent(hit: Hit) -> str:
    for name, value in hit.headers:
        if name == "user-agent":
            return value
    return ""


def _domains(message: Message, copy: int) -> tuple[str, ...]:
    return tuple(person.address.rpartition("@")[2].lower() for person in message.readers(copy))


class FactBuilder:
    """Builds the facts of each hit. Of nearby hits with equal shapes they hold only the nearest."""

    def __init__(self, context: HitContext) -> None:
        self._context = context
        self._hidden = {link.n for link in context.message.links if link.hidden}
        self._hits = [
            _Neighbour(self._shape(one.hit), one.hit.time, one.number)
            for one in context.classified_hits
        ]

    def _shape(self, hit: Hit) -> _Shape:
        copy = hit.copy if hit.kind is Kind.CLICK else None
        viewed = self._viewed(hit.time)
        return _Shape(hit.kind, hit.address, _agent(hit), hit.link, copy, viewed)

    def facts(self, classified: ClassifiedHit) -> Facts:
        context, message, hit = self._context, self._context.message, classified.hit
        return Facts(
            kind=hit.kind,
            method=hit.method,
            headers=dict(hit.headers),
            address=hit.address,
            seconds_after_send=hit.time - message.sent_at,
            recipients=len(message.readers(hit.copy)) or None,
            links_in_message=len(message.links) - len(self._hidden),
            link=hit.link,
            hidden=hit.link in self._hidden,
            sender_viewing=self._viewed(hit.time),
            sender_addresses=tuple(
                address
                for address, seen_at in context.own_addresses.items()
                if seen_at > hit.time - OWN_ADDRESS_SECONDS
            ),
            own_click=hit.own_click,
            nearby=(*self._shown(hit), *self._nearby(classified)),
            seconds_after_reply=self._after_reply(hit.time),
            recipient_domains=_domains(message, hit.copy),
            newer_loads=tuple(self._newer_loads(hit.time)),
        )

    def affected_by(self, fresh: set[int]) -> set[int]:
        """The other hits whose facts the hits in `fresh` change."""
        return {
            number
            for one in self._hits
            if (number := one.number) not in fresh
            and any(
                near.number in fresh and _matters(near, one) for near in self._neighbours[number]
            )
        }

    def has_evidence(self, classified: ClassifiedHit) -> bool:
        """Address and headers are erased after some time, from the oldest hit on. A verdict stays
        as it is once the hit, or one that it was classified with, has lost them."""
        time = classified.hit.time
        is_click = classified.hit.kind is Kind.CLICK
        return not (
            _any_between(self._erased, time - CONTEXT_SECONDS, time + CONTEXT_SECONDS)
            or (is_click and _any_between(self._erased_loads, time - SHOWN_SECONDS, time))
            or _any_between(self._erased_newer, time - THREAD_SECONDS, time + THREAD_SECONDS)
        )

    @cached_property
    def _erased(self) -> list[float]:
        """When the hits came that have lost their address and headers."""
        return _erased_among(one.hit for one in self._context.classified_hits)

    @cached_property
    def _erased_loads(self) -> list[float]:
        hits = (*(one.hit for one in self._context.classified_hits), *self._context.shown)
        return _erased_among(hit for hit in hits if hit.kind is Kind.OPEN)

    @cached_property
    def _erased_newer(self) -> list[float]:
        return _erased_among(self._context.newer_loads)

    def _after_reply(self, time: float) -> float | None:
        sent = [newer for newer in self._context.newer if newer <= time]
        return time - max(sent) if sent else None

    def _newer_loads(self, time: float) -> Iterator[Nearby]:
        first = bisect_left(self._thread_times, time - THREAD_SECONDS)
        end = bisect_right(self._thread_times, time + THREAD_SECONDS)
        for hit in self._thread_loads[first:end]:
            yield Nearby(Kind.OPEN, hit.time - time, hit.address, _agent(hit))

    @cached_property
    def _thread_loads(self) -> list[Hit]:
        return sorted(self._context.newer_loads, key=lambda hit: hit.time)

    @cached_property
    def _thread_times(self) -> list[float]:
        return [hit.time for hit in self._thread_loads]

    def _shown(self, hit: Hit) -> Iterator[Nearby]:
        """Loads too long before a click to be among its neighbours, of each shape the last one."""
        if hit.kind is not Kind.CLICK:
            return
        for (address, agent), times in self._loads.items():
            at = bisect_left(times, hit.time - CONTEXT_SECONDS) - 1
            if at >= 0 and hit.time - times[at] <= SHOWN_SECONDS:
                yield Nearby(Kind.OPEN, times[at] - hit.time, address, agent)

    @cached_property
    def _loads(self) -> dict[tuple[str, str], list[float]]:
        """For each address and agent the times of its loads, in order."""
        hits = (*self._context.shown, *(one.hit for one in self._context.classified_hits))
        found: dict[tuple[str, str], list[float]] = {}
        for hit in sorted(hits, key=lambda one: one.time):
            if hit.kind is Kind.OPEN:
                found.setdefault((hit.address, _agent(hit)), []).append(hit.time)
        return found

    def _viewed(self, time: float) -> bool:
        return any(
            time - VIEW_BEFORE_SECONDS <= view <= time + VIEW_AFTER_SECONDS
            for view in self._context.views
        )

    def _nearby(self, classified: ClassifiedHit) -> Iterator[Nearby]:
        for shape, time, _ in self._neighbours[classified.number]:
            yield Nearby(
                shape.kind,
                time - classified.hit.time,
                shape.address,
                shape.agent,
                shape.link,
                hidden=shape.link in self._hidden,
                sender_viewing=shape.viewed,
                same_copy=shape.copy in (None, classified.hit.copy),
            )

    @cached_property
    def _neighbours(self) -> dict[int, list[_Neighbour]]:
        """For each hit the nearest of each shape before it, and the nearest of each after it."""
        before, after = _nearest(self._hits), _nearest(self._hits[::-1])
        return {number: before[number] + after[number] for number in before}


def _nearest(hits: Sequence[_Neighbour]) -> dict[int, list[_Neighbour]]:
    """For each hit the nearest of each shape among those that stand before it in `hits`."""
    found: dict[int, list[_Neighbour]] = {}
    latest: dict[_Shape, tuple[int, _Neighbour]] = {}
    """The last hit of each shape, and its place; the newest last."""
    for place, one in enumerate(hits):
        near = islice(reversed(latest.values()), NEAREST_SHAPES)
        found[one.number] = [
            other
            for at, other in near
            if place - at <= NEAREST_HITS and abs(one.time - other.time) <= CONTEXT_SECONDS
        ]
        latest.pop(one.shape, None)
        latest[one.shape] = (place, one)
    return found


def _erased_among(hits: Iterable[Hit]) -> list[float]:
    return sorted(hit.time for hit in hits if not hit.address and not hit.headers)


def _any_between(times: Sequence[float], first: float, last: float) -> bool:
    """Both ends belong to it. `times`: in order."""
    at = bisect_left(times, first)
    return at < len(times) and times[at] <= last


def _matters(new: _Neighbour, old: _Neighbour) -> bool:
    """An open adds nothing to earlier opens of its own shape unless the sender had the message
    open."""
    shape = new.shape
    return shape != old.shape or shape.kind is not Kind.OPEN or shape.viewed or new.time < old.time


def classify_context(
    classify: Classify, context: HitContext, wanted: Iterable[int], *, arrived: bool = True
) -> dict[int, Verdict]:
    """Verdicts of the hits in `wanted`. When these have just arrived, also of the other hits whose
    facts they change, unless they wait for their first verdict."""
    fact_builder, chosen = FactBuilder(context), set(wanted)
    if arrived:
        waiting = {one.number for one in context.classified_hits if one.verdict is None}
        chosen |= fact_builder.affected_by(chosen) - waiting
    return {
        classified.number: _verdict(classify, fact_builder, classified, context.message.level)
        for classified in context.classified_hits
        if classified.number in chosen
    }


def _verdict(
    classify: Classify, fact_builder: FactBuilder, classified: ClassifiedHit, level: str
) -> Verdict:
    """When the message is stopped, what is known stays."""
    known = classified.verdict
    if known is not None and level == "off":
        return known
    if known is None or fact_builder.has_evidence(classified):
        known = classify(fact_builder.facts(classified))
    return _at_level(known, level)


def _at_level(verdict: Verdict, level: str) -> Verdict:
    if level == "full":
        return verdict
    return replace(
        verdict, device=None, country=None, network=None, evidence=(),
        device_known=False, location_known=False,
    )  # fmt: skip
