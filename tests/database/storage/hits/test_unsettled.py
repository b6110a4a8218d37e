from collections.abc import Sequence

import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.unsettled import doubt, note_views, settle
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import SenderView
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder
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


def test_a_view_before_the_registration_is_kept(builder: AccountBuilder) -> None:
    builder.record(builder.hit(1))
    look(builder, issued=[builder.message])
    builder.storage.transaction(
        register, as_own_when_viewed, builder.account.id, builder.message,
        read_registration(registration()), NOW + 5,
    )  # fmt: skip
    assert (builder.shown().counts.opens, builder.events()) == (0, [])


def test_a_view_of_another_accounts_message_changes_nothing(builder: AccountBuilder) -> None:
    ben = AccountBuilder(builder.storage, "Ben")
    ben.message = builder.message
    look(ben)
    builder.register()
    look(ben, issued=[builder.message])
    assert SenderView.select().count() == 0


def test_waiting_hits_are_settled_even_after_a_long_stop(builder: AccountBuilder) -> None:
    builder.register()
    result = builder.record(builder.hit(), classify=unsure)
    assert (result.due, builder.events()) == (NOW + 4, [])
    result = builder.storage.transaction(settle, unsure, NOW + 86_400)
    assert (result.due, builder.events()) == (None, [1])


def test_a_verdict_that_changes_is_corrected_and_uncounted(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    builder.storage.transaction(doubt, builder.message, NOW + 1, NOW)
    builder.storage.transaction(settle, lambda facts: MACHINE, NOW + 1)
    view = builder.shown()
    assert (view.counts.opens, view.counts.machines, view.times.first_opened_at) == (0, 1, None)
    assert builder.events() == [1, 2]


def test_another_registration_has_all_hits_classified_again_the_oldest_first(
    builder: AccountBuilder,
) -> None:
    builder.register()
    for at in range(3):
        builder.record(*(builder.hit(second) for second in range(150 * at, 150 * at + 150)))
    seen: list[float] = []

    def classify(facts: Facts) -> Verdict:
        assert facts.seconds_after_send is not None
        seen.append(facts.seconds_after_send)
        return HUMAN

    body = read_registration(registration(level="count"))
    args = (classify, builder.account.id, builder.message, body, NOW + 600)
    due, turns = builder.storage.transaction(register, *args)[1].due, [len(seen)]
    while due is not None:
        due = builder.storage.transaction(settle, classify, NOW + 600).due
        turns.append(len(seen) - sum(turns))
    assert (turns, seen) == ([200, 200, 50], sorted(seen))


def test_a_doubt_about_earlier_hits_keeps_the_later_ones(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(*(builder.hit(second) for second in range(100)))
    for since in (NOW + 50, NOW + 20):
        builder.storage.transaction(doubt, builder.message, NOW + 200, since, since + 9)
    builder.storage.transaction(settle, lambda facts: MACHINE, NOW + 200)
    assert builder.shown().counts.machines == 40  # with those between
