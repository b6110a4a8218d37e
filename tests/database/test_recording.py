from collections.abc import Sequence

import pytest
from sealbreak_server.judging import SETTLE_SECONDS
from sealbreak_server.models import Event, Judgement, Message, View
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.registration import read_registration
from sealbreak_server.storage import Storage, messages
from sealbreak_server.storage.recording import (
    judge_again,
    next_due,
    note_views,
    settle,
    take_in,
)
from sealbreak_server.verdicts import Actor, Facts, Verdict
from support.server.account import MACHINE, NOW, Desk, as_human
from support.server.process import registration


def unsure(facts: Facts) -> Verdict:
    return Verdict(Actor.HUMAN, "direct", "reader", sure=False)


def as_own_when_viewed(facts: Facts) -> Verdict:
    return Verdict(Actor.SENDER if facts.sender_viewing else Actor.HUMAN, "direct", "reader")


def look(desk: Desk, issued: Sequence[str] = ()) -> None:
    """`issued`: the IDs of which it is known, without any registration, that they are its own."""
    desk.storage.transaction(note_views, as_own_when_viewed, desk.account.id, [desk.message], NOW,
        issued)  # fmt: skip


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return Desk(storage)


def test_hit_verdict_and_event_come_together(desk: Desk) -> None:
    desk.register()
    news = desk.record(desk.hit())
    assert news.owners == {desk.account.owner}
    assert (HitRow.select().count(), Judgement.select().count(), desk.events()) == (1, 1, [1])


def test_a_batch_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    desk.register()

    def broken(facts: Facts) -> Verdict:
        raise RuntimeError("rule 7")

    with pytest.raises(RuntimeError):
        desk.record(desk.hit(), judge=broken)
    assert (HitRow.select().count(), Event.select().count()) == (0, 0)
    desk.record(desk.hit())
    assert desk.events() == [1]


def test_a_spooled_batch_is_taken_in_once(desk: Desk) -> None:
    desk.register()
    for _ in range(2):
        desk.record(desk.hit(), batch="b1")
    assert HitRow.select().count() == 1


def test_a_clock_that_is_set_back_holds_up_nothing_that_waits(desk: Desk) -> None:
    desk.register()
    assert desk.record(desk.hit(), judge=unsure).due == NOW + SETTLE_SECONDS
    then = NOW - 3600
    assert desk.storage.transaction(next_due, then) == then
    news = desk.storage.transaction(settle, unsure, then)
    assert (desk.events(), news.due) == ([1], None)


def test_of_several_batches_only_the_new_ones_are_taken_in(desk: Desk) -> None:
    desk.register()
    first, second = {"b1": [desk.hit()]}, {"b2": [desk.hit(1), desk.hit(2)]}
    for batches in (first, first | second, second):
        desk.storage.transaction(take_in, as_human, batches, NOW)
    assert HitRow.select().count() == 3


def test_a_message_of_another_owner_gets_no_foreign_hit(desk: Desk) -> None:
    desk.register()
    desk.record(desk.hit(owner="zzzzzzzz"))
    assert desk.shown().opens == 0
    assert desk.events() == []


def test_an_untracked_message_keeps_no_hit(desk: Desk) -> None:
    desk.register(level="off")
    desk.record(desk.hit())
    assert HitRow.select().count() == 0


def test_a_late_registration_judges_all_that_came(desk: Desk) -> None:
    desk.record(desk.hit(-90_000), desk.hit())
    assert Judgement.select().count() == 0
    desk.register()
    assert (desk.shown().opens, desk.events()) == (2, [1])
    assert desk.shown().first_opened_at == NOW - 90_000


def test_a_look_before_the_registration_is_not_forgotten(desk: Desk) -> None:
    desk.record(desk.hit(1))
    look(desk, issued=[desk.message])
    desk.storage.transaction(
        messages.register, as_own_when_viewed, desk.account.id, desk.message,
        read_registration(registration()), NOW + 5,
    )  # fmt: skip
    assert (desk.shown().opens, desk.events()) == (0, [])


def test_a_look_at_a_mail_of_somebody_else_changes_nothing(desk: Desk) -> None:
    ben = Desk(desk.storage, "Ben")
    ben.message = desk.message
    look(ben)
    desk.register()
    look(ben, issued=[desk.message])
    assert View.select().count() == 0


def test_what_waits_is_settled_even_after_a_long_stop(desk: Desk) -> None:
    desk.register()
    news = desk.record(desk.hit(), judge=unsure)
    assert (news.due, desk.events()) == (NOW + 4, [])
    news = desk.storage.transaction(settle, unsure, NOW + 86_400)
    assert (news.due, desk.events()) == (None, [1])


def test_a_verdict_that_changes_is_corrected_and_uncounted(desk: Desk) -> None:
    desk.register()
    desk.record(desk.hit())
    desk.storage.transaction(judge_again, lambda facts: MACHINE, [desk.message], NOW + 1)
    view = desk.shown()
    assert (view.opens, view.machines, view.first_opened_at) == (0, 1, None)
    assert desk.events() == [1, 2]


def test_a_flood_of_one_message_stays_fast(desk: Desk) -> None:
    desk.register()
    seen: list[int] = []

    def judge(facts: Facts) -> Verdict:
        seen.append(len(facts.nearby))
        return as_human(facts)

    for batch in range(20):
        desk.record(*(desk.hit(batch + at / 100) for at in range(50)), judge=judge)
    assert len(seen) <= 1100
    assert max(seen) <= 4
    assert Message.get_by_id(desk.message).opens == 1
