"""What is left when something is forgotten, table by table."""

import json
from typing import Any

import pytest
from sealbreak_server.model.context import Classify
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage, accounts, erasure, retention
from sealbreak_server.storage.export import export_account
from sealbreak_server.storage.hits import recording
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.preferences import mute_recipient
from sealbreak_server.storage.tables import (
    CopyState,
    Event,
    IngestedBatch,
    Message,
    MutedRecipient,
    OwnAddress,
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
    return builder.storage.transaction(erasure.erase_recipient, builder.account.id, address, NOW)


def by_method(facts: Facts) -> Verdict:
    return HUMAN if facts.method == "GET" else MACHINE


def bodies() -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in Event.select().order_by(Event.number)]


def test_an_erased_message_leaves_numbered_blanks_only(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    builder.storage.transaction(
        recording.note_views, as_human, builder.account.id, [builder.message], NOW
    )
    assert builder.storage.transaction(erasure.erase_message, builder.account, builder.message, NOW)
    for table in (Message, HitRow, VerdictRow, CopyState, SenderView):
        assert table.select().count() == 0
    assert {body["kind"] for body in bodies()} == {"erased"}
    assert [body["number"] for body in bodies()] == list(range(1, len(bodies()) + 1))


def test_hits_of_a_mail_that_was_never_registered_can_be_erased(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    assert builder.storage.transaction(erasure.erase_message, builder.account, builder.message, NOW)
    assert HitRow.select().count() == 0
    assert not builder.storage.transaction(
        erasure.erase_message, builder.account, builder.message, NOW
    )


def test_nobody_erases_what_is_anothers(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    other = AccountBuilder(builder.storage, "Ben")
    assert not builder.storage.transaction(
        erasure.erase_message, other.account, builder.message, NOW
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
def test_letters_beyond_ascii_hide_nobody(builder: AccountBuilder, said: str) -> None:
    builder.register(recipients=[person(said)])
    assert erase_recipient(builder, said) == 1


def test_an_erased_person_is_muted_no_more(builder: AccountBuilder) -> None:
    builder.storage.transaction(mute_recipient, builder.account.id, "Ben@example.com")
    erase_recipient(builder, BEN)
    assert MutedRecipient.select().count() == 0


def test_what_is_old_goes_in_portions_until_nothing_is_left(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(3):
        made = AccountBuilder(builder.storage)
        made.register(sent_at="2026-01-01T00:00:00Z")
        made.record(made.hit())
    builder.register(sent_at="2027-01-14T00:00:00Z")
    before = NOW - 30 * DAY
    assert [builder.storage.transaction(retention.prune, before, NOW) for _ in range(3)] == [
        2,
        1,
        0,
    ]
    assert [row.id for row in Message.select()] == [builder.message]
    assert HitRow.select().count() == 0


def test_hits_that_nobody_claimed_grow_old_too(builder: AccountBuilder) -> None:
    builder.record(builder.hit(-2 * DAY), builder.hit())
    builder.storage.transaction(retention.prune, NOW - DAY, NOW)
    assert [row.time for row in HitRow.select()] == [NOW]


def test_a_scheduled_mail_grows_old_from_when_it_leaves(builder: AccountBuilder) -> None:
    builder.register(sent_at="2026-12-01T00:00:00Z", scheduled_for="2027-01-12T00:00:00Z")
    builder.record(builder.hit(-40 * DAY))
    assert builder.storage.transaction(retention.prune, NOW - 30 * DAY, NOW) == 0
    assert (Message.get().opens, HitRow.select().count(), VerdictRow.select().count()) == (1, 1, 1)
    assert builder.storage.transaction(retention.prune, NOW - 3 * DAY, NOW) == 1
    assert HitRow.select().count() == 0


def test_own_addresses_and_views_are_kept_no_longer_than_the_rest(builder: AccountBuilder) -> None:
    note_own(builder)
    builder.storage.transaction(retention.prune, NOW + 1, NOW + 1)
    assert (OwnAddress.select().count(), SenderView.select().count()) == (0, 0)


def note_own(builder: AccountBuilder) -> None:
    """At `NOW` the account shows itself a mail that is not registered yet."""
    number, shown = builder.account.id, [builder.message]
    builder.storage.transaction(accounts.touch_devices, [(number, "none", "192.0.2.1", NOW)])
    builder.storage.transaction(recording.note_views, as_human, number, [], NOW, shown)


def forget_evidence(builder: AccountBuilder, days: float) -> int:
    """So many days after `NOW`; of how many hits it is left."""
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = builder.storage.transaction(retention.forget_evidence, NOW + days * DAY, begin)
    return HitRow.select().where(HitRow.headers != NO_HEADERS).count()


def test_evidence_goes_and_the_verdict_stays(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit(-2 * DAY), builder.hit())
    assert forget_evidence(builder, 0) == 1
    old, new = HitRow.select().order_by(HitRow.time)
    assert (old.address, old.headers, new.address) == ("", "[]", "192.0.2.1")
    assert VerdictRow.select().count() == 2


def test_the_address_of_a_hit_without_headers_goes_too(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit(-2 * DAY, headers=()))
    forget_evidence(builder, 0)
    assert [row.address for row in HitRow.select()] == [""]


def test_evidence_waits_two_weeks_for_a_registration(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    assert [forget_evidence(builder, days) for days in (2, 13.9, 14.1)] == [1, 1, 0]


def test_once_its_registration_has_come_the_evidence_goes(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    assert forget_evidence(builder, 3) == 1
    builder.register()
    assert forget_evidence(builder, 3) == 0


def test_hits_that_wait_do_not_hold_up_the_others(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where all came in the same moment, and fill a portion."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    builder.record(*[builder.hit()] * 5)
    known = AccountBuilder(builder.storage)
    known.register()
    known.record(*[known.hit()] * 3, known.hit(1))
    assert forget_evidence(builder, 2) == 5
    assert {row.message for row in HitRow.select().where(HitRow.address != "")} == {builder.message}


def test_a_late_judgement_knows_what_the_sender_did(builder: AccountBuilder) -> None:
    heard: list[Facts] = []
    builder.record(builder.hit())
    note_own(builder)
    builder.storage.transaction(retention.drop_context, NOW + 13.9 * DAY)
    builder.register()
    builder.storage.transaction(recording.reclassify, listening(heard), [builder.message], NOW)
    assert [(facts.sender_viewing, facts.sender_addresses) for facts in heard] == [
        (True, ("192.0.2.1",))
    ]
    builder.storage.transaction(retention.drop_context, NOW + 14.1 * DAY)
    assert (OwnAddress.select().count(), SenderView.select().count()) == (0, 0)


def listening(heard: list[Facts]) -> Classify:
    def classify(facts: Facts) -> Verdict:
        heard.append(facts)
        return HUMAN

    return classify


def test_a_batch_is_known_for_thirty_days(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may be off for so long before it finds the batch in its spool."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for batch in "abc":
        builder.record(builder.hit(), batch=batch * 32)
    assert builder.storage.transaction(retention.forget_batches, NOW + 29 * DAY) == 0
    builder.record(builder.hit(), batch="a" * 32)
    assert HitRow.select().count() == 3
    later = NOW + 31 * DAY
    assert [builder.storage.transaction(retention.forget_batches, later) for _ in range(3)] == [
        2,
        1,
        0,
    ]
    assert IngestedBatch.select().count() == 0


def test_an_export_is_json_of_every_table_and_without_secrets(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    code = builder.storage.transaction(accounts.new_pairing, None, "Ann", NOW)
    secret, principal = builder.storage.transaction(accounts.pair, code, "A laptop", "api", NOW)
    parts = builder.storage.transaction(lambda: dict(export_account(builder.account)))
    for name in ("messages", "recipients", "links", "hits", "verdicts", "events", "devices"):
        assert len(json.loads(json.dumps(parts[name]))) == 1, name
    assert principal.device in str(parts["devices"])
    assert secret not in str(parts)
    assert "token_hash" not in str(parts)


def test_an_export_holds_nothing_of_another_account(builder: AccountBuilder) -> None:
    other = AccountBuilder(builder.storage, "Ben")
    other.register(subject="Of Ben")
    other.record(other.hit())
    parts = builder.storage.transaction(lambda: dict(export_account(builder.account)))
    assert [name for name, part in parts.items() if name != "account" and part] == []
