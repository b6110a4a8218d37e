"""From the context of a message to the facts and the verdicts of its hits. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
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


class _Shape(NamedTuple):
    """Hits with equal shapes add the same fact to the hits around them."""

    kind: Kind
    address: str
    agent: str
    link: int | None
    copy: int | None
    """`None` for an open: no rule asks which copy was opened."""


def _shape(hit: Hit) -> _Shape:
    copy = hit.copy if hit.kind is Kind.CLICK else None
    return _Shape(hit.kind, hit.address, _agent(hit), hit.link, copy)


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
        self._shapes = {
            classified.number: _shape(classified.hit) for classified in context.classified_hits
        }
        self._by_shape: dict[_Shape, list[tuple[float, int]]] = {}
        for classified in context.classified_hits:
            same_shape = self._by_shape.setdefault(self._shapes[classified.number], [])
            same_shape.append((classified.hit.time, classified.number))

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
            sender_addresses=context.own_addresses,
            own_click=hit.own_click,
            nearby=(*self._shown(hit), *self._nearby(classified)),
            seconds_after_reply=self._after_reply(hit.time),
            recipient_domains=_domains(message, hit.copy),
            newer_loads=tuple(self._newer_loads(hit.time)),
        )

    def affected_by(self, fresh: set[int]) -> set[int]:
        """The other hits whose facts the hits in `fresh` change.

        An open adds nothing to opens of its own shape unless the sender had the message open.
        """
        shapes = {self._shapes[number] for number in fresh}
        only = shapes.pop() if len(shapes) == 1 and not self._context.views else None
        irrelevant = only if only is not None and only.kind is Kind.OPEN else None
        return {
            classified.number
            for classified in self._context.classified_hits
            if (irrelevant is None or self._shapes[classified.number] != irrelevant)
            and classified.number not in fresh
            and self._changes(fresh, classified)
        }

    def _changes(self, fresh: set[int], classified: ClassifiedHit) -> bool:
        own = self._shapes[classified.number]
        irrelevant = own if own.kind is Kind.OPEN else None
        return any(
            number in fresh and (shape != irrelevant or self._viewed(time))
            for shape, time, number in self._neighbours(classified)
        )

    def _after_reply(self, time: float) -> float | None:
        sent = [newer for newer in self._context.newer if newer <= time]
        return time - max(sent) if sent else None

    def _newer_loads(self, time: float) -> Iterable[Nearby]:
        for hit in self._context.newer_loads:
            if abs(hit.time - time) <= THREAD_SECONDS:
                yield Nearby(Kind.OPEN, hit.time - time, hit.address, _agent(hit))

    def _shown(self, hit: Hit) -> Iterable[Nearby]:
        """Loads too long before a click to be among its neighbours, of each shape the last one."""
        if hit.kind is not Kind.CLICK:
            return
        for shape, times in self._loads.items():
            at = bisect_left(times, hit.time - CONTEXT_SECONDS) - 1
            if at >= 0 and hit.time - times[at] <= SHOWN_SECONDS:
                yield Nearby(Kind.OPEN, times[at] - hit.time, shape.address, shape.agent)

    @cached_property
    def _loads(self) -> dict[_Shape, list[float]]:
        """For each shape of a load its times, in order."""
        found: dict[_Shape, list[float]] = {}
        for hit in sorted(self._context.shown, key=lambda one: one.time):
            found.setdefault(_shape(hit), []).append(hit.time)
        for shape, hits in self._by_shape.items():
            if shape.kind is Kind.OPEN:
                found.setdefault(shape, []).extend(time for time, _ in hits)
        return found

    def _viewed(self, time: float) -> bool:
        return any(
            time - VIEW_BEFORE_SECONDS <= view <= time + VIEW_AFTER_SECONDS
            for view in self._context.views
        )

    def _nearby(self, classified: ClassifiedHit) -> Iterable[Nearby]:
        for shape, time, _ in self._neighbours(classified):
            yield Nearby(
                shape.kind,
                time - classified.hit.time,
                shape.address,
                shape.agent,
                shape.link,
                hidden=shape.link in self._hidden,
                sender_viewing=self._viewed(time),
                same_copy=shape.copy in (None, classified.hit.copy),
            )

    def _neighbours(self, classified: ClassifiedHit) -> Iterable[tuple[_Shape, float, int]]:
        """For each shape the last hit before and the first one after, if they are near in time."""
        own_time = classified.hit.time
        for shape, hits in self._by_shape.items():
            at = bisect_left(hits, (own_time, 0))
            after = [other for other in hits[at : at + 2] if other[1] != classified.number][:1]
            for time, number in hits[max(0, at - 1) : at] + after:
                if abs(time - own_time) <= CONTEXT_SECONDS:
                    yield shape, time, number


def classify_context(
    classify: Classify, context: HitContext, fresh: set[int]
) -> dict[int, Verdict]:
    """Verdicts of the hits in `fresh`, and of the other hits whose facts they change."""
    fact_builder = FactBuilder(context)
    wanted = fresh | fact_builder.affected_by(fresh)
    return {
        classified.number: _at_level(
            classify(fact_builder.facts(classified)), context.message.level
        )
        for classified in context.classified_hits
        if classified.number in wanted and _may_change(classified, context.message)
    }


def _may_change(classified: ClassifiedHit, message: Message) -> bool:
    """When a message is stopped, what is known stays."""
    stopped = message.level == "off" and classified.verdict is not None
    return can_be_classified(classified) and not stopped


def can_be_classified(classified: ClassifiedHit) -> bool:
    """Address and headers are erased after some time. Without them a verdict stays as it is."""
    return classified.verdict is None or bool(classified.hit.address or classified.hit.headers)


def _at_level(verdict: Verdict, level: str) -> Verdict:
    if level == "full":
        return verdict
    return replace(
        verdict, device=None, country=None, network=None, evidence=(),
        device_known=False, location_known=False,
    )  # fmt: skip
