import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import take_in
from sealbreak_server.storage.hits.unsettled import settle
from sealbreak_server.storage.tables import Event, Message
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import NOW, AccountBuilder, as_human


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


def test_a_spooled_batch_is_recorded_once(builder: AccountBuilder) -> None:
    builder.register()
    for _ in range(2):
        builder.record(builder.hit(), batch="b1")
    assert HitRow.select().count() == 1


def test_only_new_batches_are_recorded(builder: AccountBuilder) -> None:
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


def test_a_late_registration_classifies_all_earlier_hits(builder: AccountBuilder) -> None:
    builder.record(builder.hit(-90_000), builder.hit())
    assert VerdictRow.select().count() == 0
    builder.register()
    assert (builder.shown().counts.opens, builder.events()) == (2, [1])
    assert builder.shown().times.first_opened_at == NOW - 90_000


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


def test_a_burst_on_one_message_is_classified_some_at_a_time(builder: AccountBuilder) -> None:
    """Nothing else can be written meanwhile."""
    builder.register()
    agents = ((("user-agent", f"Firefox {at}"),) for at in range(500))
    hits = [builder.hit(at / 1000, headers=agent) for at, agent in enumerate(agents)]
    turns: list[int] = []

    def classify(facts: Facts) -> Verdict:
        turns[-1] += 1
        return as_human(facts)

    turns.append(0)
    due = builder.record(*hits, classify=classify).due
    while due is not None:
        turns.append(0)
        due = builder.storage.transaction(settle, classify, NOW + 60).due
    assert max(turns) <= 200
    assert VerdictRow.select().count() == 500
    assert builder.shown().counts.opens == 1
