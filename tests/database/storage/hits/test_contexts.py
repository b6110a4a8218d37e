"""What is known around hits, read for many messages at once or for one."""

import pytest
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.statements import insert_rows
from sealbreak_server.storage.hits.contexts import BEFORE_LIMIT, Group, context_of, hit_contexts
from sealbreak_server.storage.hits.mappers import hit_row, read_messages
from sealbreak_server.storage.tables import CopyState, OwnAddress, SenderView
from sealbreak_server.storage.tables import Hit as HitRow
from support.server.account import NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    made = AccountBuilder(storage)
    made.register()
    return made


def stored(builder: AccountBuilder, *seconds: float, first: int = 1) -> list[ClassifiedHit]:
    classified_hits = [
        ClassifiedHit(first + at, builder.hit(moment)) for at, moment in enumerate(seconds)
    ]
    builder.storage.transaction(
        insert_rows, HitRow, [hit_row(r.number, r.hit) for r in classified_hits]
    )
    return classified_hits


def group(builder: AccountBuilder, *fresh: ClassifiedHit) -> Group:
    return Group(builder.storage.query(read_messages, [builder.message])[builder.message], fresh)


def test_twice_the_window_is_read(builder: AccountBuilder) -> None:
    _, before, fresh, after, _ = stored(builder, -601, -599, 0, 599, 601)
    found = builder.storage.query(context_of, group(builder, fresh).message, [fresh])
    assert [record.number for record in found.classified_hits] == [
        before.number,
        fresh.number,
        after.number,
    ]


def test_of_a_flood_the_nearest_are_read(builder: AccountBuilder) -> None:
    *_, fresh = stored(builder, *(at / 10 for at in range(BEFORE_LIMIT + 10)))
    (found,) = builder.storage.query(lambda: list(hit_contexts([group(builder, fresh)])))
    assert len(found[1].classified_hits) == BEFORE_LIMIT + 1
    (found,) = builder.storage.query(
        lambda: list(hit_contexts([group(builder, fresh)], fresh.number))
    )
    assert len(found[1].classified_hits) == BEFORE_LIMIT + 1


def test_each_of_many_messages_gets_what_is_its_own(storage: Storage) -> None:
    desks = [AccountBuilder(storage, f"Ann {at}") for at in range(3)]
    for at, builder in enumerate(desks):
        builder.register()
        storage.transaction(_surround, builder, at)
    fresh = [stored(builder, 0, first=10 * at + 1)[0] for at, builder in enumerate(desks)]
    groups = [group(builder, record) for builder, record in zip(desks, fresh, strict=True)]
    found = storage.query(lambda: [context for _, context in hit_contexts(groups)])
    assert [context.message.id for context in found] == [builder.message for builder in desks]
    assert [context.views for context in found] == [(NOW,), (NOW + 1,), (NOW + 2,)]
    assert [context.own_addresses for context in found] == [
        {"h0": NOW}, {"h1": NOW}, {"h2": NOW},
    ]  # fmt: skip
    assert [context.copies[0].opened_at for context in found] == [NOW, NOW + 1, NOW + 2]


def _surround(builder: AccountBuilder, number: int) -> None:
    SenderView.create(message=builder.message, time=NOW + number)
    OwnAddress.create(account=builder.account, address=f"h{number}", seen_at=NOW)
    CopyState.create(message=builder.message, copy_number=0, opened_at=NOW + number)


def test_a_click_gets_the_loads_of_the_hour_before(builder: AccountBuilder) -> None:
    stored(builder, -4000, -3700, -400, -200)
    clicked = ClassifiedHit(9, builder.hit(0)._replace(kind=Kind.CLICK, link=1))
    loads = builder.storage.query(context_of, group(builder, clicked).message, [clicked]).shown
    assert {hit.time - clicked.hit.time for hit in loads} == {-400, -3700}
    opened = ClassifiedHit(9, builder.hit(0))
    message = group(builder, opened).message
    assert builder.storage.query(context_of, message, [opened]).shown == ()
