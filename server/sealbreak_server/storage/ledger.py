"""Writes what judging decided, all of a transaction in a few statements."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from peewee import fn

from sealbreak_server.hits import Kind
from sealbreak_server.judging import CopyState, Letter, Outcome, Record
from sealbreak_server.models import Copy, Message
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.models import Judgement as JudgementRow
from sealbreak_server.storage.herald import Herald
from sealbreak_server.storage.prepared import Prepared, insert_rows
from sealbreak_server.storage.rows import judgement_row
from sealbreak_server.verdicts import Actor

_first_open = Prepared(
    lambda message, kind: (
        HitRow.select(fn.MIN(HitRow.time))
        .join(JudgementRow)
        .where(JudgementRow.message == message, JudgementRow.counted, HitRow.kind == kind)
    )
)
_put_copy = Prepared(
    lambda message, copy, opened_at, event, hot_at: Copy.insert(
        message=message, copy=copy, opened_at=opened_at, event=event, hot_at=hot_at
    ).on_conflict(
        conflict_target=[Copy.message, Copy.copy],
        update={Copy.opened_at: opened_at, Copy.event: event, Copy.hot_at: hot_at},
    )
)
_count = Prepared(
    lambda opens, clicks, machines, message: Message.update(
        {
            Message.opens: Message.opens + opens,
            Message.clicks: Message.clicks + clicks,
            Message.machines: Message.machines + machines,
        }
    ).where(Message.id == message)
)
_put_first_open = Prepared(
    lambda time, message: Message.update({Message.first_opened_at: time}).where(
        Message.id == message
    )
)
_put_last_event = Prepared(
    lambda time, message: Message.update({Message.last_event_at: time}).where(Message.id == message)
)


_JUDGED = JudgementRow._meta.sorted_fields[1:]
_put_judgement = Prepared(
    lambda number, *values: JudgementRow.update(dict(zip(_JUDGED, values, strict=True))).where(
        JudgementRow.hit == number
    ),
    parameters=1 + len(_JUDGED),
)


class Ledger:
    def __init__(self, now: float) -> None:
        self._herald = Herald(now)
        self._new: list[Record] = []
        self._changed: list[Record] = []
        self._copies: list[tuple[Any, ...]] = []
        self._counts: list[tuple[int, int, int, str]] = []
        self._reopened: set[str] = set()
        self._told: list[tuple[float, str]] = []

    def add(self, letter: Letter, old: Mapping[int, Record], outcome: Outcome) -> None:
        announced = self._tell(letter, outcome)
        records = {record.number: record for record in outcome.records}
        for number, event in announced.items():
            records[number] = replace(records.get(number, old[number]), event=event)
        for number, record in records.items():
            (self._new if old[number].verdict is None else self._changed).append(record)
        self._keep_copies(letter, outcome, announced)
        self._keep_counts(letter.id, list(records.values()), [old[number] for number in records])

    def _tell(self, letter: Letter, outcome: Outcome) -> dict[int, int]:
        """Numbers the events; hit -> the event that announces it from now on."""
        if not outcome.tellings:
            return {}
        numbers = self._herald.tell(letter, outcome.tellings)
        announced = {
            telling.record.number: number
            for number, telling in zip(numbers, outcome.tellings, strict=True)
            if telling.corrects is None
        }
        latest = max(telling.record.hit.time for telling in outcome.tellings)
        self._told.append((latest, letter.id))
        return announced

    def _keep_copies(self, letter: Letter, outcome: Outcome, announced: Mapping[int, int]) -> None:
        states = dict(outcome.copies)
        for telling in outcome.tellings:
            if telling.kind == "opened":
                hit = telling.record.hit
                state = states.get(hit.copy, CopyState(hit.time))
                states[hit.copy] = replace(state, event=announced[telling.record.number])
        for copy, state in states.items():
            self._copies.append((letter.id, copy, state.opened_at, state.event, state.hot_at))

    def _keep_counts(self, message: str, new: list[Record], old: list[Record]) -> None:
        opens = _counted(Kind.OPEN, new) - _counted(Kind.OPEN, old)
        clicks = _counted(Kind.CLICK, new) - _counted(Kind.CLICK, old)
        machines = _machines(new) - _machines(old)
        if opens or clicks or machines:
            self._counts.append((opens, clicks, machines, message))
        if any(
            a.hit.kind is Kind.OPEN and a.counted != b.counted
            for a, b in zip(new, old, strict=True)
        ):
            self._reopened.add(message)

    def write(self) -> None:
        insert_rows(JudgementRow, [judgement_row(record) for record in self._new])
        _put_judgement.run_many(judgement_row(record) for record in self._changed)
        self._herald.write()
        _put_copy.run_many(self._copies)
        _count.run_many(self._counts)
        _put_last_event.run_many(self._told)
        _put_first_open.run_many(
            (_first_open.rows(message, str(Kind.OPEN))[0][0], message) for message in self._reopened
        )


def _counted(kind: Kind, records: Iterable[Record]) -> int:
    return sum(record.counted for record in records if record.hit.kind is kind)


def _machines(records: Iterable[Record]) -> int:
    return sum(1 for r in records if r.verdict and r.verdict.actor is Actor.MACHINE)
