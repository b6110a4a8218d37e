"""Writes the decisions of a transaction in a few statements."""

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from peewee import Case, fn

from sealbreak_server.events.decide import Decision
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage import totals
from sealbreak_server.storage.engine.statements import CachedQuery, insert_rows
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.hits.mappers import verdict_row
from sealbreak_server.storage.tables import CopyState as CopyRow
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import HitCount
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

_first_open = CachedQuery(
    lambda message, kind: (
        HitRow.select(fn.MIN(HitRow.time))
        .join(VerdictRow)
        .where(VerdictRow.message == message, VerdictRow.counted, HitRow.kind == kind)
    )
)
_put_copy = CachedQuery(
    lambda message, copy, opened_at, event, hot_at: CopyRow.insert(
        message=message, copy_number=copy, opened_at=opened_at, event=event, hot_at=hot_at
    ).on_conflict(
        conflict_target=[CopyRow.message, CopyRow.copy_number],
        update={CopyRow.opened_at: opened_at, CopyRow.event: event, CopyRow.hot_at: hot_at},
    )
)
APPLE = "apple-mpp"


def _by(actor: Actor) -> Callable[[ClassifiedHit], bool]:
    return lambda record: record.verdict is not None and record.verdict.actor is actor


def _opens(record: ClassifiedHit) -> bool:
    return record.counted and record.hit.kind is Kind.OPEN


_COUNTS: dict[Any, Callable[[ClassifiedHit], bool]] = {
    MessageRow.opens: _opens,
    MessageRow.clicks: lambda record: record.counted and record.hit.kind is Kind.CLICK,
    MessageRow.machines: _by(Actor.MACHINE),
    MessageRow.unclear: _by(Actor.UNKNOWN),
    MessageRow.own: _by(Actor.SENDER),
    MessageRow.apple: lambda record: record.verdict is not None and record.verdict.via == APPLE,
}
"""The counts of a message, and which hits add to each."""
_ALIKE = (HitCount.message, HitCount.kind, HitCount.copy_number, HitCount.link, HitCount.actor)
_count_hits = CachedQuery(
    lambda message, kind, copy, link, actor, hits, counted: HitCount.insert(
        message=message,
        kind=kind,
        copy_number=copy,
        link=link,
        actor=actor,
        hits=hits,
        counted=counted,
    ).on_conflict(
        conflict_target=_ALIKE,
        update={HitCount.hits: HitCount.hits + hits, HitCount.counted: HitCount.counted + counted},
    )
)


def _earliest(time: Any) -> Any:
    known = MessageRow.first_opened_at
    return Case(None, [(known <= time, known)], time)


def _latest(time: Any) -> Any:
    known = MessageRow.last_event_at
    return Case(None, [(known >= time, known)], time)


_SET: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "last": (MessageRow.last_event_at, _latest),
    "first": (MessageRow.first_opened_at, lambda time: time),
    "opened": (MessageRow.first_opened_at, _earliest),
    **{field.name: (field, partial(operator.add, field)) for field in _COUNTS},
}
"""The changes that the row of a message can get, and the new value of each column."""


@cache
def _change(names: tuple[str, ...]) -> CachedQuery:
    """Sets the changed columns only, because most of them are in one or two indexes."""

    def build(message: Any, *values: Any) -> Any:
        named = zip((_SET[name] for name in names), values, strict=True)
        changes = {field: made(value) for (field, made), value in named}
        return MessageRow.update(changes).where(MessageRow.id == message)

    return CachedQuery(build, parameters=1 + len(names))


_VERDICT_FIELDS = VerdictRow._meta.sorted_fields[1:]
_put_verdict = CachedQuery(
    lambda number, *values: VerdictRow.update(
        dict(zip(_VERDICT_FIELDS, values, strict=True))
    ).where(VerdictRow.hit == number),
    parameters=1 + len(_VERDICT_FIELDS),
)


class DecisionWriter:
    def __init__(self, now: float) -> None:
        self._event_writer = EventWriter(now)
        self._new: list[ClassifiedHit] = []
        self._changed: list[ClassifiedHit] = []
        self._copies: list[tuple[Any, ...]] = []
        self._changes: dict[str, dict[str, float | None]] = {}
        """The changes to each message, by the names of `_SET`."""
        self._hits: Counter[tuple[object, ...]] = Counter()
        self._counted: Counter[tuple[object, ...]] = Counter()
        self._opens: totals.Totals = Counter()
        self._reopened: set[str] = set()
        """Messages with an open that no longer counts, so that another open may be the first."""

    def add(self, message: Message, old: Mapping[int, ClassifiedHit], decision: Decision) -> None:
        announced = self._emit(message, decision)
        classified_hits = {record.number: record for record in decision.classified_hits}
        for number, event in announced.items():
            classified_hits[number] = replace(classified_hits.get(number, old[number]), event=event)
        for number, record in classified_hits.items():
            (self._new if old[number].verdict is None else self._changed).append(record)
        self._keep_copies(message, decision, announced)
        self._keep_counts(
            message, list(classified_hits.values()), [old[number] for number in classified_hits]
        )

    def _emit(self, message: Message, decision: Decision) -> dict[int, int]:
        """Numbers the events. Returns the event that announces each hit from now on."""
        events = self._event_writer.tellable(message, decision.events)
        if not events:
            return {}
        numbers = self._event_writer.emit(message, events)
        announced = {
            event.classified.number: number
            for number, event in zip(numbers, events, strict=True)
            if event.corrects is None
        }
        latest = max(event.classified.hit.time for event in events)
        changes = self._changes.setdefault(message.id, {})
        changes["last"] = max(latest, changes.get("last") or latest)
        return announced

    def _keep_copies(
        self, message: Message, decision: Decision, announced: Mapping[int, int]
    ) -> None:
        states = dict(decision.copies)
        for event in decision.events:
            if event.kind == "opened" and event.classified.number in announced:
                hit = event.classified.hit
                event_number = announced[event.classified.number]
                states[hit.copy] = replace(states[hit.copy], event=event_number)
        for copy, state in states.items():
            self._copies.append((message.id, copy, state.opened_at, state.event, state.hot_at))

    def _keep_counts(
        self, message: Message, new: list[ClassifiedHit], old: list[ClassifiedHit]
    ) -> None:
        changes = self._changes.setdefault(message.id, {})
        for field, adds in _COUNTS.items():
            if more := sum(map(adds, new)) - sum(map(adds, old)):
                changes[field.name] = more
        for record, times in [*((record, 1) for record in new), *((record, -1) for record in old)]:
            if record.verdict is None:
                continue
            alike = _alike(record)
            self._hits[alike] += times
            self._counted[alike] += times * record.counted
            if _opens(record) and not message.withdrawn:
                quarter = int(record.hit.time // totals.QUARTER)
                self._opens[message.account, totals.OPENS, quarter] += times
        opened = [a for a, b in zip(new, old, strict=True) if _opens(a) and not _opens(b)]
        if opened:
            changes["opened"] = min(record.hit.time for record in opened)
        if any(_opens(b) and not _opens(a) for a, b in zip(new, old, strict=True)):
            self._reopened.add(message.id)

    def write(self) -> None:
        insert_rows(VerdictRow, [verdict_row(record) for record in self._new])
        _put_verdict.run_many(verdict_row(record) for record in self._changed)
        self._event_writer.write()
        _put_copy.run_many(self._copies)
        _count_hits.run_many(
            (*alike, hits, self._counted[alike])
            for alike, hits in self._hits.items()
            if hits or self._counted[alike]
        )
        totals.add(self._opens)
        with totals.followed([message for message, changes in self._changes.items() if changes]):
            self._write_messages()

    def _write_messages(self) -> None:
        alike: dict[tuple[str, ...], list[tuple[object, ...]]] = {}
        for message, changes in self._changes.items():
            if message in self._reopened:
                changes.pop("opened", None)
                changes["first"] = _first_open.rows(message, str(Kind.OPEN))[0][0]
            if changes:
                alike.setdefault(tuple(changes), []).append((message, *changes.values()))
        for names, rows in alike.items():
            _change(names).run_many(rows)


def _alike(record: ClassifiedHit) -> tuple[object, ...]:
    """The key of the row of `HitCount` that counts this hit."""
    hit, verdict = record.hit, record.verdict
    assert verdict is not None
    return hit.message, str(hit.kind), hit.copy, hit.link or 0, str(verdict.actor)
