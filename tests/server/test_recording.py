import pytest
from desk import MACHINE, NOW, Desk, as_human
from sealbreak_server.models import Event, Judgement, Message
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.storage import Storage
from sealbreak_server.storage.recording import judge_again, settle
from sealbreak_server.verdicts import Actor, Facts, Verdict


def unsure(facts: Facts) -> Verdict:
    return Verdict(Actor.HUMAN, "direct", "reader", sure=False)


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
