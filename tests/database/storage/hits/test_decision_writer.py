"""The decisions of classification, as they stand in the tables afterwards."""

from dataclasses import replace

import pytest
from sealbreak_server.events.decide import Decision, PendingEvent
from sealbreak_server.model.context import ClassifiedHit, CopyState
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.statements import insert_rows
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import hit_row, read_messages
from sealbreak_server.storage.tables import CopyState as CopyRow
from sealbreak_server.storage.tables import Event
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    made = AccountBuilder(storage)
    made.register()
    return made


def message(builder: AccountBuilder) -> Message:
    return builder.storage.query(read_messages, [builder.message])[builder.message]


def fresh(builder: AccountBuilder, number: int, **more: object) -> ClassifiedHit:
    record = ClassifiedHit(number, builder.hit(number, **more))
    builder.storage.transaction(insert_rows, HitRow, [hit_row(number, record.hit)])
    return record


def write(
    builder: AccountBuilder,
    *steps: tuple[ClassifiedHit, ClassifiedHit],
    tell: str = "",
    copy: int | None = None,
) -> None:
    """`steps`: what a record was, and what it is now; the last one is told as `tell`."""

    def run() -> None:
        writer = DecisionWriter(NOW)
        new = tuple(after for _, after in steps)
        events = (PendingEvent(tell, new[-1]),) if tell else ()
        states = {} if copy is None else {copy: CopyState(new[-1].hit.time)}
        old = {before.number: before for before, _ in steps}
        writer.add(message(builder), old, Decision(new, events, states))
        writer.write()

    builder.storage.transaction(run)


def read(record: ClassifiedHit) -> ClassifiedHit:
    return replace(record, verdict=HUMAN, counted=True)


def test_an_announced_hit_has_the_number_of_its_event(builder: AccountBuilder) -> None:
    record = fresh(builder, 1)
    write(builder, (record, read(record)), tell="opened", copy=0)
    assert (Event.get().number, Event.get().message) == (1, builder.message)
    assert VerdictRow.get().event == 1
    assert (CopyRow.get().event, CopyRow.get().opened_at) == (1, NOW + 1)
    assert MessageRow.get().last_event_at == NOW + 1


def test_an_announced_click_is_no_open_of_its_copy(builder: AccountBuilder) -> None:
    record = fresh(builder, 1, kind=Kind.CLICK, link=1)
    write(builder, (record, read(record)), tell="clicked")
    assert (VerdictRow.get().event, CopyRow.select().count()) == (1, 0)


def test_a_hit_without_an_event_takes_no_number(builder: AccountBuilder) -> None:
    record = fresh(builder, 1)
    write(builder, (record, read(record)), copy=0)
    assert (Event.select().count(), VerdictRow.get().event, CopyRow.get().event) == (
        0,
        None,
        None,
    )


def test_each_kind_of_hit_is_counted_for_itself(builder: AccountBuilder) -> None:
    opened, clicked = fresh(builder, 1), fresh(builder, 2, kind=Kind.CLICK, link=1)
    scanned, again = fresh(builder, 3), fresh(builder, 4)
    steps = [(opened, read(opened)), (clicked, read(clicked))]
    steps += [(scanned, replace(scanned, verdict=MACHINE)), (again, replace(again, verdict=HUMAN))]
    write(builder, *steps)
    view = builder.shown()
    assert (view.counts.opens, view.counts.clicks, view.counts.machines) == (1, 1, 1)
    assert view.times.first_opened_at == NOW + 1


def test_a_verdict_that_changes_is_counted_back_and_written_over(builder: AccountBuilder) -> None:
    first, second = fresh(builder, 1), fresh(builder, 2)
    write(builder, (first, read(first)), (second, read(second)))
    write(builder, (read(first), replace(first, verdict=MACHINE)))
    view = builder.shown()
    assert (view.counts.opens, view.counts.machines, view.times.first_opened_at) == (1, 1, NOW + 2)
    assert [row.actor for row in VerdictRow.select().order_by(VerdictRow.hit)] == [
        "machine", "human",
    ]  # fmt: skip
