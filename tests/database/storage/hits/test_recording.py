from collections.abc import Sequence

import pytest
from sealbreak_server.model.context import SETTLE_SECONDS
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import (
    next_due,
    note_views,
    reclassify,
    settle,
    take_in,
)
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Event, Message, SenderView
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import MACHINE, NOW, AccountBuilder, as_human
from support.server.process import registration


def unsure(facts: Facts) -> Verdict:
    return Verdict(Actor.HUMAN, "direct", "reader", sure=False)


def as_own_when_viewed(facts: Facts) -> Verdict:
    return Verdict(Actor.SENDER if facts.sender_viewing else Actor.HUMAN, "direct", "reader")


def look(builder: AccountBuilder, issued: Sequence[str] = ()) -> None:
    """`issued`: the IDs of which it is known, without any registration, that they are its own."""
    views = (builder.account.id, [builder.message], NOW, issued)
    builder.storage.transaction(note_views, as_own_when_viewed, *views)


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_hit_verdict_and_event_come_together(builder: AccountBuilder) -> None:
    builder.register()
    result = builder.record(builder.hit())
    assert result.owners == {builder.account.owner}
    assert (HitRow.select().count(), VerdictRow.select().count(), builder.events()) == (1, 1, [1])


def test_a_batch_that_fails_leaves_nothing_behind(builder: AccountBuilder) -> None:
    builder.register()

    def broken(facts: Facts) -> Verdict:
        raise RuntimeError("rule 7")

    with pytest.raises(RuntimeError):
        builder.record(builder.hit(), classify=broken)
    assert (HitRow.select().count(), Event.select().count()) == (0, 0)
    builder.record(builder.hit())
    assert builder.events() == [1]


def test_a_spooled_batch_is_taken_in_once(builder: AccountBuilder) -> None:
    builder.register()
    for _ in range(2):
        builder.record(builder.hit(), batch="b1")
    assert HitRow.select().count() == 1


def test_a_clock_that_is_set_back_holds_up_nothing_that_waits(builder: AccountBuilder) -> None:
    builder.register()
    assert builder.record(builder.hit(), classify=unsure).due == NOW + SETTLE_SECONDS
    then = NOW - 3600
    assert builder.storage.transaction(next_due, then) == then
    result = builder.storage.transaction(settle, unsure, then)
    assert (builder.events(), result.due) == ([1], None)


def test_of_several_batches_only_the_new_ones_are_taken_in(builder: AccountBuilder) -> None:
    builder.register()
    first, second = {"b1": [builder.hit()]}, {"b2": [builder.hit(1), builder.hit(2)]}
    for batches in (first, first | second, second):
        builder.storage.transaction(take_in, as_human, batches, NOW)
    assert HitRow.select().count() == 3


def test_a_message_of_another_owner_gets_no_foreign_hit(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit(owner="zzzzzzzz"))
    assert builder.shown().counts.opens == 0
    assert builder.events() == []


def test_an_untracked_message_keeps_no_hit(builder: AccountBuilder) -> None:
    builder.register(level="off")
    builder.record(builder.hit())
    assert HitRow.select().count() == 0


def test_a_late_registration_judges_all_that_came(builder: AccountBuilder) -> None:
    builder.record(builder.hit(-90_000), builder.hit())
    assert VerdictRow.select().count() == 0
    builder.register()
    assert (builder.shown().counts.opens, builder.events()) == (2, [1])
    assert builder.shown().times.first_opened_at == NOW - 90_000


def test_a_look_before_the_registration_is_not_forgotten(builder: AccountBuilder) -> None:
    builder.record(builder.hit(1))
    look(builder, issued=[builder.message])
    builder.storage.transaction(
        register, as_own_when_viewed, builder.account.id, builder.message,
        read_registration(registration()), NOW + 5,
    )  # fmt: skip
    assert (builder.shown().counts.opens, builder.events()) == (0, [])


def test_a_look_at_a_mail_of_somebody_else_changes_nothing(builder: AccountBuilder) -> None:
    ben = AccountBuilder(builder.storage, "Ben")
    ben.message = builder.message
    look(ben)
    builder.register()
    look(ben, issued=[builder.message])
    assert SenderView.select().count() == 0


def test_what_waits_is_settled_even_after_a_long_stop(builder: AccountBuilder) -> None:
    builder.register()
    result = builder.record(builder.hit(), classify=unsure)
    assert (result.due, builder.events()) == (NOW + 4, [])
    result = builder.storage.transaction(settle, unsure, NOW + 86_400)
    assert (result.due, builder.events()) == (None, [1])


def test_a_verdict_that_changes_is_corrected_and_uncounted(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    builder.storage.transaction(reclassify, lambda facts: MACHINE, [builder.message], NOW + 1)
    view = builder.shown()
    assert (view.counts.opens, view.counts.machines, view.times.first_opened_at) == (0, 1, None)
    assert builder.events() == [1, 2]


def test_a_flood_of_one_message_stays_fast(builder: AccountBuilder) -> None:
    builder.register()
    seen: list[int] = []

    def classify(facts: Facts) -> Verdict:
        seen.append(len(facts.nearby))
        return as_human(facts)

    for batch in range(20):
        builder.record(*(builder.hit(batch + at / 100) for at in range(50)), classify=classify)
    assert len(seen) <= 1100
    assert max(seen) <= 4
    assert Message.get_by_id(builder.message).opens == 1
