"""What is left when something is forgotten, table by table."""

import pytest
from sealbreak_server.model.context import Classify
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage import Storage, accounts, erasure, retention
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import (
    IngestedBatch,
    Message,
    OwnAddress,
    SenderView,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import HUMAN, NOW, AccountBuilder, as_human

DAY = 86_400.0


BEN, CLEO = "ben@example.com", "cleo@example.com"


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def erase_recipient(builder: AccountBuilder, address: str) -> int:
    return len(
        builder.storage.transaction(erasure.erase_recipient, builder.account.id, address, NOW)
    )


def test_old_messages_are_deleted_in_portions_until_none_is_left(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(3):
        made = AccountBuilder(builder.storage)
        made.register(sent_at="2026-01-01T00:00:00Z")
        made.record(made.hit())
    builder.register(sent_at="2027-01-14T00:00:00Z")
    before = NOW - 30 * DAY
    assert [
        builder.storage.transaction(retention.delete_expired, before, NOW) for _ in range(3)
    ] == [
        2,
        1,
        0,
    ]
    assert [row.id for row in Message.select()] == [builder.message]
    assert HitRow.select().count() == 0


def test_hits_that_nobody_claimed_grow_old_too(builder: AccountBuilder) -> None:
    builder.record(builder.hit(-2 * DAY), builder.hit())
    builder.storage.transaction(retention.delete_expired, NOW - DAY, NOW)
    assert [row.time for row in HitRow.select()] == [NOW]


def test_a_scheduled_mail_grows_old_from_when_it_leaves(builder: AccountBuilder) -> None:
    builder.register(sent_at="2026-12-01T00:00:00Z", scheduled_for="2027-01-12T00:00:00Z")
    builder.record(builder.hit(-40 * DAY))
    assert builder.storage.transaction(retention.delete_expired, NOW - 30 * DAY, NOW) == 0
    assert (Message.get().opens, HitRow.select().count(), VerdictRow.select().count()) == (1, 1, 1)
    assert builder.storage.transaction(retention.delete_expired, NOW - 3 * DAY, NOW) == 1
    assert HitRow.select().count() == 0


def test_own_addresses_and_views_are_kept_no_longer_than_the_rest(builder: AccountBuilder) -> None:
    note_own(builder)
    builder.storage.transaction(retention.delete_expired, NOW + 1, NOW + 1)
    assert (OwnAddress.select().count(), SenderView.select().count()) == (0, 0)


def note_own(builder: AccountBuilder) -> None:
    """At `NOW` the account shows itself a mail that is not registered yet."""
    number, shown = builder.account.id, [builder.message]
    builder.storage.transaction(accounts.touch_devices, [(number, "none", "192.0.2.1", NOW)])
    builder.storage.transaction(unsettled.note_views, as_human, number, [], NOW, shown)


def forget_evidence(builder: AccountBuilder, days: float) -> int:
    """So many days after `NOW`; of how many hits it is left."""
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = builder.storage.transaction(retention.delete_evidence, NOW + days * DAY, begin)
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


def test_a_late_classification_knows_what_the_sender_did(
    builder: AccountBuilder,
) -> None:
    heard: list[Facts] = []
    builder.record(builder.hit())
    note_own(builder)
    builder.storage.transaction(retention.delete_context, NOW + 13.9 * DAY)
    builder.register()
    builder.storage.transaction(unsettled.doubt, builder.message, NOW, 0)
    builder.storage.transaction(unsettled.settle, listening(heard), NOW)
    assert [(facts.sender_viewing, facts.sender_addresses) for facts in heard] == [
        (True, ("192.0.2.1",))
    ]
    builder.storage.transaction(retention.delete_context, NOW + 14.1 * DAY)
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
    assert builder.storage.transaction(retention.delete_batch_names, NOW + 29 * DAY) == 0
    builder.record(builder.hit(), batch="a" * 32)
    assert HitRow.select().count() == 3
    later = NOW + 31 * DAY
    assert [builder.storage.transaction(retention.delete_batch_names, later) for _ in range(3)] == [
        2,
        1,
        0,
    ]
    assert IngestedBatch.select().count() == 0
