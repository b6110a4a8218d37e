"""What judging decided, as it stands in the tables afterwards."""

from dataclasses import replace

import pytest
from sealbreak_server.hits import Kind
from sealbreak_server.judging import ClassifiedHit, CopyState, Message, Outcome, Telling
from sealbreak_server.models import Copy, Event, Judgement
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.models import Message as MessageRow
from sealbreak_server.storage import Storage
from sealbreak_server.storage.ledger import Ledger
from sealbreak_server.storage.prepared import insert_rows
from sealbreak_server.storage.rows import hit_row, read_messages
from support.server.account import HUMAN, MACHINE, NOW, Desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    made = Desk(storage)
    made.register()
    return made


def message(desk: Desk) -> Message:
    return desk.storage.query(read_messages, [desk.message])[desk.message]


def fresh(desk: Desk, number: int, **more: object) -> ClassifiedHit:
    record = ClassifiedHit(number, desk.hit(number, **more))
    desk.storage.transaction(insert_rows, HitRow, [hit_row(number, record.hit)])
    return record


def write(
    desk: Desk, *steps: tuple[ClassifiedHit, ClassifiedHit], tell: str = "", copy: int | None = None
) -> None:
    """`steps`: what a record was, and what it is now; the last one is told as `tell`."""

    def run() -> None:
        ledger = Ledger(NOW)
        new = tuple(after for _, after in steps)
        tellings = (Telling(tell, new[-1]),) if tell else ()
        states = {} if copy is None else {copy: CopyState(new[-1].hit.time)}
        old = {before.number: before for before, _ in steps}
        ledger.add(message(desk), old, Outcome(new, tellings, states))
        ledger.write()

    desk.storage.transaction(run)


def read(record: ClassifiedHit) -> ClassifiedHit:
    return replace(record, verdict=HUMAN, counted=True)


def test_what_is_told_is_known_by_the_number_of_its_event(desk: Desk) -> None:
    record = fresh(desk, 1)
    write(desk, (record, read(record)), tell="opened", copy=0)
    assert (Event.get().number, Event.get().message) == (1, desk.message)
    assert Judgement.get().event == 1
    assert (Copy.get().event, Copy.get().opened_at) == (1, NOW + 1)
    assert MessageRow.get().last_event_at == NOW + 1


def test_a_click_that_is_told_stands_for_no_open(desk: Desk) -> None:
    record = fresh(desk, 1, kind=Kind.CLICK, link=1)
    write(desk, (record, read(record)), tell="clicked")
    assert (Judgement.get().event, Copy.select().count()) == (1, 0)


def test_what_is_not_told_takes_no_number(desk: Desk) -> None:
    record = fresh(desk, 1)
    write(desk, (record, read(record)), copy=0)
    assert (Event.select().count(), Judgement.get().event, Copy.get().event) == (0, None, None)


def test_each_kind_of_hit_is_counted_for_itself(desk: Desk) -> None:
    opened, clicked = fresh(desk, 1), fresh(desk, 2, kind=Kind.CLICK, link=1)
    scanned, again = fresh(desk, 3), fresh(desk, 4)
    steps = [(opened, read(opened)), (clicked, read(clicked))]
    steps += [(scanned, replace(scanned, verdict=MACHINE)), (again, replace(again, verdict=HUMAN))]
    write(desk, *steps)
    view = desk.shown()
    assert (view.opens, view.clicks, view.machines) == (1, 1, 1)
    assert view.first_opened_at == NOW + 1


def test_a_verdict_that_changes_is_counted_back_and_written_over(desk: Desk) -> None:
    first, second = fresh(desk, 1), fresh(desk, 2)
    write(desk, (first, read(first)), (second, read(second)))
    write(desk, (read(first), replace(first, verdict=MACHINE)))
    view = desk.shown()
    assert (view.opens, view.machines, view.first_opened_at) == (1, 1, NOW + 2)
    assert [row.actor for row in Judgement.select().order_by(Judgement.hit)] == [
        "machine", "human",
    ]  # fmt: skip
