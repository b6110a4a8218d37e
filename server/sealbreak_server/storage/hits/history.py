"""Hits of readers beyond the context of new ones, as far as counting and telling need them.

What counts is decided by all of them, however many there are: `PAGE` is no limit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from peewee import fn

from sealbreak_server.events.counting import Span, agree, changed_spans
from sealbreak_server.events.decide import with_new_verdicts
from sealbreak_server.events.reopened import NETWORKS_SECONDS
from sealbreak_server.model.context import ClassifiedHit, HitContext
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.model.visit import Target
from sealbreak_server.storage.engine.statements import CachedQuery
from sealbreak_server.storage.hits.contexts import in_order
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

PAGE = 500
LATEST = 1000
"""Readers' hits on one target shortly before a new one. In a flood of more, a program that was not
among them begins another visit with its next load."""

Records = dict[int, ClassifiedHit]


def _of_readers(message: object, owner: object, target: tuple[object, object, object]) -> Any:
    kind, copy, link = target
    return (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.kind == kind,
            HitRow.copy_number == copy,
            fn.COALESCE(HitRow.link, 0) == link,
            VerdictRow.actor == "human",
        )
    )  # fmt: skip


_before = CachedQuery(
    lambda message, owner, kind, copy, link, since, first: (
        _of_readers(message, owner, (kind, copy, link))
        .where(HitRow.time >= since, HitRow.time < first)
        .order_by(HitRow.time.desc(), HitRow.id.desc())
        .limit(LATEST)
    )
)
_from = CachedQuery(
    lambda message, owner, kind, copy, link, time, number: (
        _of_readers(message, owner, (kind, copy, link))
        .where((HitRow.time > time) | ((HitRow.time == time) & (HitRow.id > number)))
        .where(HitRow.time >= time)
        .order_by(HitRow.time, HitRow.id)
        .limit(PAGE)
    )
)


def _that_count(message: object, copy: object) -> Any:
    """By the index of what counts: the sums hide those of all hits."""
    return classified_hits().where(
        VerdictRow.message == message,
        VerdictRow.counted == True,  # noqa: E712  # SQL
        HitRow.copy_number + 0 == copy,
    )


_lately = CachedQuery(
    lambda message, copy, since, until: _that_count(message, copy).where(
        HitRow.time + 0 >= since, HitRow.time + 0 <= until
    )
)
_ahead = CachedQuery(
    lambda message, copy, time: (
        _that_count(message, copy)
        .where(HitRow.time + 0 < time)
        .order_by((HitRow.time + 0).desc())
        .limit(1)
    )
)
_opens = CachedQuery(
    lambda message, copy, kind: _that_count(message, copy).where(HitRow.kind == kind)
)


def with_history(context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> HitContext:
    """The context with all that `decide` needs to know of the readers' other hits."""
    before = context.classified_hits
    after = with_new_verdicts(before, verdicts, now)
    spans = changed_spans(zip(before, after, strict=True))
    found: Records = {}
    recounted: dict[Target, float] = {}
    for target, span in spans.items():
        if target.kind is Kind.OPEN and target.copy not in context.copies:
            continue  # no reader has opened it before
        records, recounted[target] = _Around(context, verdicts, now, target, span).read()
        found |= records
    for copy, span in _changed_copies(zip(before, after, strict=True)).items():
        if copy in context.copies:
            found |= _counted(context, copy, span)
    known = {one.number for one in before}
    more = (one for number, one in found.items() if number not in known)
    return replace(context, classified_hits=in_order([*before, *more]), recounted=recounted)


class _Around:
    """The readers' hits on a target around those that changed, until a change has no effect."""

    def __init__(
        self,
        context: HitContext,
        verdicts: Mapping[int, Verdict],
        now: float,
        target: Target,
        span: Span,
    ) -> None:
        self._context, self._verdicts, self._now = context, verdicts, now
        self._target, self._span = target, span
        self._key = (
            context.message.id, context.message.owner, str(target.kind), target.copy,
            target.link or 0,
        )  # fmt: skip
        self._here = [one for one in context.classified_hits if _is_on(target, one)]

    def read(self) -> tuple[Records, float]:
        """The hits, and until when they are all that there are."""
        found = {one.number: one for one in self._hits_before()}
        for page, until in self._pages():
            found |= {one.number: one for one in page}
            if until >= self._span.last and self._agree(found, until):
                break
        return found, until

    def _hits_before(self) -> list[ClassifiedHit]:
        """Those that count show which visits there are, the latest show which of them go on."""
        message, target, first = self._context.message.id, self._target, self._span.first
        latest = min(target.gap, target.seconds)
        rows = [
            *_lately.rows(message, target.copy, first - target.reach, first),
            *_before.rows(*self._key, first - latest, first),
        ]
        found = map(classified_hit_of, rows)
        return [one for one in found if _is_on(self._target, one) and one.hit.time < first]

    def _pages(self) -> Iterator[tuple[list[ClassifiedHit], float]]:
        time, number = self._span.first, -1
        while True:
            page = [*map(classified_hit_of, _from.rows(*self._key, time, number))]
            if len(page) < PAGE:
                yield page, float("inf")
                return
            time, number = page[-1].hit.time, page[-1].number
            yield page, time

    def _agree(self, found: Records, until: float) -> bool:
        here = [one for one in self._here if one.hit.time <= until]
        both = in_order((found | {one.number: one for one in here}).values())
        since = self._span.first - self._target.reach
        old = [one for one in both if one.hit.time >= since]
        new = with_new_verdicts(old, self._verdicts, self._now)
        return agree(
            self._target,
            [one for one in old if one.is_reader],
            [one for one in new if one.is_reader],
            self._span.first,
            until,
        )


def _is_on(target: Target, one: ClassifiedHit) -> bool:
    return (one.hit.kind, one.hit.copy, one.hit.link) == target


def _changed_copies(changes: Iterable[tuple[ClassifiedHit, ClassifiedHit]]) -> dict[int, Span]:
    """For each copy when hits that may count or be told changed."""
    found: dict[int, Span] = {}
    for old, new in changes:
        if old != new and (old.is_reader or new.is_reader):
            copy, time = new.hit.copy, new.hit.time
            first, last, retracted = found.get(copy, Span(time, time, False))
            retracted |= not new.is_reader
            found[copy] = Span(min(first, time), max(last, time), retracted)
    return found


def _counted(context: HitContext, copy: int, span: Span) -> Records:
    """The hits that count: of the day before those that changed, the one before, and where one was
    taken back all opens, as another one is the first or the last now."""
    message, since = context.message.id, span.first - NETWORKS_SECONDS
    rows = [*_lately.rows(message, copy, since, span.last), *_ahead.rows(message, copy, since)]
    if span.retracted:
        rows += _opens.rows(message, copy, str(Kind.OPEN))
    return {one.number: one for one in map(classified_hit_of, rows)}
