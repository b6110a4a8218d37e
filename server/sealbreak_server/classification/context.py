"""From stored rows to the facts of each hit, and to the verdicts on it. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
    HitContext,
)
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.verdict import Verdict

VIEW_BEFORE_SECONDS = 20
VIEW_AFTER_SECONDS = 10
"""The sender's program says what it shows while Gmail fetches the images."""


class _Shape(NamedTuple):
    """Hits alike in all of this say the same about their neighbours."""

    kind: Kind
    address: str
    agent: str
    link: int | None


def _shape(hit: Hit) -> _Shape:
    return _Shape(hit.kind, hit.address, _agent(hit), hit.link)


def _agent(hit: Hit) -> str:
    for name, value in hit.headers:
        if name == "user-agent":
            return value
    return ""


class FactBuilder:
    """The facts of each hit. Of neighbours that are alike only the nearest are shown."""

    def __init__(self, context: HitContext) -> None:
        self._context = context
        self._hidden = {link.n for link in context.message.links if link.hidden}
        self._shapes = {record.number: _shape(record.hit) for record in context.classified_hits}
        self._alike: dict[_Shape, list[tuple[float, int]]] = {}
        for record in context.classified_hits:
            alike = self._alike.setdefault(self._shapes[record.number], [])
            alike.append((record.hit.time, record.number))

    def facts(self, record: ClassifiedHit) -> Facts:
        context, message, hit = self._context, self._context.message, record.hit
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
            nearby=tuple(self._nearby(record)),
            seconds_after_reply=self._after_reply(hit.time),
            newer_loads=tuple(self._newer_loads(hit.time)),
        )

    def affected_by(self, fresh: set[int]) -> set[int]:
        """The others whose facts `fresh` changes. A load like its own says nothing new, but when
        the sender was looking."""
        shapes = {self._shapes[number] for number in fresh}
        alone = shapes.pop() if len(shapes) == 1 and not self._context.views else None
        dull = alone if alone is not None and alone.kind is Kind.OPEN else None
        return {
            record.number
            for record in self._context.classified_hits
            if (dull is None or self._shapes[record.number] != dull)
            and record.number not in fresh
            and self._is_news_to(record, fresh)
        }

    def _is_news_to(self, record: ClassifiedHit, fresh: set[int]) -> bool:
        own = self._shapes[record.number]
        dull = own if own.kind is Kind.OPEN else None
        return any(
            number in fresh and (shape != dull or self._viewed(time))
            for shape, time, number in self._neighbours(record)
        )

    def _after_reply(self, time: float) -> float | None:
        sent = [moment for moment in self._context.newer if moment <= time]
        return time - max(sent) if sent else None

    def _newer_loads(self, time: float) -> Iterable[Nearby]:
        for hit in self._context.newer_loads:
            if abs(hit.time - time) <= THREAD_SECONDS:
                yield Nearby(Kind.OPEN, hit.time - time, hit.address, _agent(hit))

    def _viewed(self, time: float) -> bool:
        return any(
            time - VIEW_BEFORE_SECONDS <= view <= time + VIEW_AFTER_SECONDS
            for view in self._context.views
        )

    def _nearby(self, record: ClassifiedHit) -> Iterable[Nearby]:
        for shape, time, _ in self._neighbours(record):
            yield Nearby(
                shape.kind,
                time - record.hit.time,
                shape.address,
                shape.agent,
                shape.link,
                hidden=shape.link in self._hidden,
                sender_viewing=self._viewed(time),
            )

    def _neighbours(self, record: ClassifiedHit) -> Iterable[tuple[_Shape, float, int]]:
        """Of each shape the last one before and the first one after, near in time."""
        moment = record.hit.time
        for shape, alike in self._alike.items():
            at = bisect_left(alike, (moment, 0))
            after = [other for other in alike[at : at + 2] if other[1] != record.number][:1]
            for time, number in alike[max(0, at - 1) : at] + after:
                if abs(time - moment) <= CONTEXT_SECONDS:
                    yield shape, time, number


def classify_context(
    classify: Classify, context: HitContext, fresh: set[int]
) -> dict[int, Verdict]:
    """Verdicts of `fresh`, and of the others when it brings them something new."""
    fact_builder = FactBuilder(context)
    wanted = fresh | fact_builder.affected_by(fresh)
    return {
        record.number: _at_level(classify(fact_builder.facts(record)), context.message.level)
        for record in context.classified_hits
        if record.number in wanted and can_be_classified(record)
    }


def can_be_classified(record: ClassifiedHit) -> bool:
    """Once address and headers are forgotten, the verdict is all that is left."""
    return record.verdict is None or bool(record.hit.address or record.hit.headers)


def _at_level(verdict: Verdict, level: str) -> Verdict:
    if level == "full":
        return verdict
    return replace(
        verdict, device=None, country=None, network=None, evidence=(),
        device_known=False, location_known=False,
    )  # fmt: skip
