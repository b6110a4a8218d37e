import json
from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.errors import GoneError
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage, erasure, retention
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.hits.reclassification import reclassify
from sealbreak_server.storage.preferences import mute_recipient
from sealbreak_server.storage.registration import opt_out, stop
from sealbreak_server.storage.tables import (
    CopyState,
    ErasedReader,
    Event,
    Message,
    MutedRecipient,
    SenderView,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder, as_human, as_machine

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


def erase_message(builder: AccountBuilder) -> None:
    done = builder.storage.transaction(
        erasure.erase_message, builder.account.id, builder.message, NOW
    )
    assert done.whole == (builder.message,)


def test_an_erased_mail_does_not_come_back(builder: AccountBuilder) -> None:
    """Neither by a repeated registration, nor by a hit or a view."""
    builder.register()
    erase_message(builder)
    with pytest.raises(GoneError):
        builder.register()
    with pytest.raises(GoneError):
        builder.shown()
    builder.record(builder.hit(60))
    builder.record(builder.hit(61), batch="a" * 32)
    account, issued = builder.account.id, [builder.message]
    builder.storage.transaction(unsettled.note_views, as_human, account, [], NOW, issued)
    builder.storage.transaction(opt_out, as_human, builder.message, 0, NOW)
    for table in (Message, HitRow, VerdictRow, SenderView):
        assert table.select().count() == 0


def test_a_stopped_mail_that_was_erased_is_not_tracked_again(builder: AccountBuilder) -> None:
    builder.register()
    builder.storage.transaction(stop, builder.account.id, builder.message)
    erase_message(builder)
    with pytest.raises(GoneError):
        builder.register(level="full")


def test_what_is_too_old_does_not_come_back(builder: AccountBuilder) -> None:
    builder.register(sent_at="2026-01-01T00:00:00Z")
    builder.storage.transaction(retention.delete_expired, NOW - 30 * DAY, NOW)
    builder.record(builder.hit())
    assert HitRow.select().count() == 0
    with pytest.raises(GoneError):
        builder.register()


def test_an_erased_person_does_not_come_back(builder: AccountBuilder) -> None:
    ben = person(BEN, 1) | {"name": "Ben"}
    builder.register(recipients=[ben, person(CLEO, 2)])
    builder.record(builder.hit(copy=1), builder.hit(60, copy=2))
    assert erase_recipient(builder, BEN) == 1
    again = builder.register(recipients=[ben, person(CLEO, 2)])[2]
    assert [p.address for p in again.message.recipients] == [CLEO]
    builder.record(builder.hit(9000, copy=1), builder.hit(9000, copy=2))
    assert {row.copy_number for row in HitRow.select()} == {2}
    assert builder.shown().counts.opens == 2
    rows = [str(row.__data__) for row in ErasedReader.select()]
    assert len(rows) == 1
    assert "ben" not in rows[0].lower()
    with pytest.raises(GoneError):
        builder.register(recipients=[ben])


def test_the_shared_copy_of_an_erased_person_goes_on(builder: AccountBuilder) -> None:
    builder.register(recipients=[person(BEN), person(CLEO)])
    erase_recipient(builder, BEN)
    builder.record(builder.hit())
    assert builder.shown().counts.opens == 1


def test_events_about_the_others_stay_and_devices_get_them_again(builder: AccountBuilder) -> None:
    builder.register(recipients=[person(BEN, 1), person(CLEO, 2)])
    builder.record(builder.hit(copy=1))
    builder.record(builder.hit(60, copy=2))
    before = bodies()
    erase_recipient(builder, BEN)
    assert [body["kind"] for body in bodies()] == ["erased", "opened"]
    assert bodies()[1]["verdict"] == before[1]["verdict"]
    assert [p["address"] for p in bodies()[1]["message"]["recipients"]] == [CLEO]
    account = builder.account.id
    erasures = builder.storage.query(reader.marks, account).erasures
    since = [
        builder.storage.query(reader.rewritten_since, account, known, 10) for known in (0, erasures)
    ]
    assert [[json.loads(body)["number"] for body in some] for some in since] == [[2], []]


def test_a_correction_names_no_erased_event(builder: AccountBuilder) -> None:
    """Its event was too old, and the mail stays as it was scheduled for later."""
    builder.register(sent_at="2026-12-01T00:00:00Z", scheduled_for="2027-01-15T07:00:00Z")
    builder.record(builder.hit())
    assert [body["kind"] for body in bodies()] == ["opened"]
    Event.update(created_at=NOW - 40 * DAY).execute()
    builder.storage.transaction(retention.delete_expired, NOW - 30 * DAY, NOW)
    assert (bodies(), HitRow.select().count()) == ([], 1)
    begin = (float("-inf"), 0)
    builder.storage.transaction(reclassify, as_machine, builder.message, NOW, begin, write=True)
    assert (builder.shown().counts.machines, bodies()) == (1, [])


def test_what_an_opted_out_reader_did_before_is_not_told_afterwards(
    builder: AccountBuilder,
) -> None:
    """Neither what waits for other hits, nor what waits for its registration."""
    builder.register(recipients=[person(BEN, 1), person(CLEO, 2)])
    builder.record(builder.hit(copy=1), builder.hit(copy=2), classify=unsure)
    assert bodies() == []
    builder.storage.transaction(opt_out, as_human, builder.message, 1, NOW)
    builder.storage.transaction(unsettled.settle, unsure, NOW + 60)
    assert [body["copy"] for body in bodies()] == [2]
    later = AccountBuilder(builder.storage)
    later.record(later.hit(copy=1))
    later.storage.transaction(opt_out, as_human, later.message, 1, NOW)
    later.register(recipients=[person(BEN, 1)])
    assert len(bodies()) == 1


def unsure(facts: Facts) -> Verdict:
    return replace(HUMAN, sure=False)


def test_an_opt_out_erases_addresses_and_headers_of_that_copy(builder: AccountBuilder) -> None:
    builder.register(recipients=[person(BEN, 1), person(CLEO, 2)])
    builder.record(builder.hit(copy=1), builder.hit(copy=2))
    builder.storage.transaction(opt_out, as_human, builder.message, 1, NOW)
    rows = {row.copy_number: (row.address, row.headers) for row in HitRow.select()}
    assert rows[1] == ("", NO_HEADERS)
    assert rows[2][0] == "192.0.2.1"
    assert builder.shown().counts.opens == 2
