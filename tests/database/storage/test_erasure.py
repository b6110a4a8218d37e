import json
from typing import Any

import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage, erasure, retention
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.preferences import mute_recipient
from sealbreak_server.storage.tables import (
    CopyState,
    Event,
    Message,
    MutedRecipient,
    SenderView,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder, as_human

DAY = 86_400.0


def person(address: str, copy: int = 0) -> dict[str, Any]:
    return {"address": address, "name": None, "kind": "to", "copy": copy}


BEN, CLEO = "ben@example.com", "cleo@example.com"


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def erase_recipient(builder: AccountBuilder, address: str) -> int:
    return len(
        builder.storage.transaction(erasure.erase_recipient, builder.account.id, address, NOW)
    )


def by_method(facts: Facts) -> Verdict:
    return HUMAN if facts.method == "GET" else MACHINE


def bodies() -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in Event.select().order_by(Event.number)]


def forget_evidence(builder: AccountBuilder, days: float) -> int:
    """So many days after `NOW`; of how many hits it is left."""
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = builder.storage.transaction(retention.delete_evidence, NOW + days * DAY, begin)
    return HitRow.select().where(HitRow.headers != NO_HEADERS).count()


def test_an_erased_message_leaves_numbered_blanks_only(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    builder.storage.transaction(
        unsettled.note_views, as_human, builder.account.id, [builder.message], NOW
    )
    assert builder.storage.transaction(
        erasure.erase_message, builder.account.id, builder.message, NOW
    )
    for table in (Message, HitRow, VerdictRow, CopyState, SenderView):
        assert table.select().count() == 0
    assert {body["kind"] for body in bodies()} == {"erased"}
    assert [body["number"] for body in bodies()] == list(range(1, len(bodies()) + 1))


def test_hits_of_a_mail_that_was_never_registered_can_be_erased(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    assert builder.storage.transaction(
        erasure.erase_message, builder.account.id, builder.message, NOW
    )
    assert HitRow.select().count() == 0
    assert not builder.storage.transaction(
        erasure.erase_message, builder.account.id, builder.message, NOW
    )


def test_an_account_erases_nothing_of_another_account(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    other = AccountBuilder(builder.storage, "Ben")
    assert not builder.storage.transaction(
        erasure.erase_message, other.account.id, builder.message, NOW
    )
    assert (builder.shown().counts.opens, HitRow.select().count()) == (1, 1)
    assert erase_recipient(other, "ann@example.com") == 0


def test_a_mail_that_one_person_got_goes_with_the_person(builder: AccountBuilder) -> None:
    builder.register(recipients=[person("Ben@Example.com")])
    assert erase_recipient(builder, BEN) == 1
    assert Message.select().count() == 0


def test_what_happened_on_a_shared_copy_stays_with_the_others(builder: AccountBuilder) -> None:
    builder.register(recipients=[person(BEN), person(CLEO)])
    builder.record(builder.hit())
    erase_recipient(builder, BEN)
    view = builder.shown()
    assert [p.address for p in view.message.recipients] == [CLEO]
    assert (view.counts.opens, HitRow.select().count()) == (1, 1)
    assert BEN not in Message.get().people + "".join(event.body for event in Event.select())


def test_what_happened_on_the_persons_own_copy_goes(builder: AccountBuilder) -> None:
    builder.register(recipients=[person(BEN, 1), person(CLEO, 2)])
    click = builder.hit(90, copy=1, kind=Kind.CLICK, link=1)
    scan = builder.hit(95, copy=1, method="HEAD")
    builder.record(builder.hit(copy=1), builder.hit(60, copy=2), click, scan, classify=by_method)
    assert (
        builder.shown().counts.opens,
        builder.shown().counts.clicks,
        builder.shown().counts.machines,
    ) == (2, 1, 1)
    erase_recipient(builder, BEN)
    view = builder.shown()
    assert (view.counts.opens, view.counts.clicks, view.counts.machines) == (1, 0, 0)
    assert view.times.first_opened_at == NOW + 60
    assert (
        {row.copy_number for row in HitRow.select()}
        == {row.copy_number for row in CopyState.select()}
        == {2}
    )


@pytest.mark.parametrize("said", ["Änn@example.com", "ÄNN@example.com"])
def test_addresses_beyond_ascii_are_found_in_any_case(builder: AccountBuilder, said: str) -> None:
    builder.register(recipients=[person(said)])
    assert erase_recipient(builder, said) == 1


def test_an_erased_person_is_muted_no_more(builder: AccountBuilder) -> None:
    builder.storage.transaction(mute_recipient, builder.account.id, "Ben@example.com")
    erase_recipient(builder, BEN)
    assert MutedRecipient.select().count() == 0
