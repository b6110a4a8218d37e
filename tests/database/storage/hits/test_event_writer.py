"""Events as they are written: their numbers, whether they are quiet, and what webhooks get."""

import json
from typing import Any

import pytest
from sealbreak_server.events.decide import PendingEvent
from sealbreak_server.events.quiet import QuietReason
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.message import Message
from sealbreak_server.storage import Storage
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.hits.mappers import read_messages
from sealbreak_server.storage.preferences import mute_message, put_preferences, snooze
from sealbreak_server.storage.tables import Event, WebhookDelivery
from support.server.account import HUMAN, NOW, AccountBuilder


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    made = AccountBuilder(storage)
    made.register()
    return made


def message(builder: AccountBuilder) -> Message:
    return builder.storage.query(read_messages, [builder.message])[builder.message]


def emit(builder: AccountBuilder, *kinds: str, corrects: int | None = None) -> list[int]:
    events = [
        PendingEvent(kind, ClassifiedHit(1, builder.hit(), HUMAN), corrects) for kind in kinds
    ]

    def run() -> list[int]:
        writer = EventWriter(NOW)
        numbers = writer.emit(message(builder), events)
        writer.write()
        return numbers

    return builder.storage.transaction(run)


def last(builder: AccountBuilder) -> dict[str, Any]:
    event = (
        Event.select().where(Event.account == builder.account).order_by(Event.number.desc()).get()
    )
    body: dict[str, Any] = json.loads(event.body)
    return body


def test_each_account_has_numbers_of_its_own_without_gaps(builder: AccountBuilder) -> None:
    other = AccountBuilder(builder.storage, "Ben")
    other.register()
    assert [emit(builder, "opened", "clicked"), emit(other, "opened"), emit(builder, "hot")] == [
        [1, 2], [1], [3],
    ]  # fmt: skip
    assert (builder.events(), other.events()) == ([1, 2, 3], [1])
    assert (last(builder)["number"], last(builder)["kind"]) == (3, "hot")


def test_a_number_that_was_taken_in_vain_is_given_again(builder: AccountBuilder) -> None:
    def broken() -> None:
        EventWriter(NOW).emit(
            message(builder), [PendingEvent("opened", ClassifiedHit(1, builder.hit(), HUMAN))]
        )
        raise RuntimeError

    with pytest.raises(RuntimeError):
        builder.storage.transaction(broken)
    assert emit(builder, "opened") == [1]


def test_an_unwanted_event_is_quiet(builder: AccountBuilder) -> None:
    builder.storage.transaction(put_preferences, builder.account.id, {"clicked": False}, NOW)
    emit(builder, "opened", "clicked")
    assert (last(builder)["quiet"], last(builder)["quiet_reason"]) == (
        True,
        QuietReason.SWITCHED_OFF,
    )
    emit(builder, "opened")
    assert "quiet" not in last(builder)


def test_a_correction_of_what_was_quiet_is_quiet(builder: AccountBuilder) -> None:
    builder.storage.transaction(snooze, builder.account.id, NOW + 1)
    (quiet,) = emit(builder, "opened")
    builder.storage.transaction(snooze, builder.account.id, None)
    emit(builder, "corrected", corrects=quiet)
    assert last(builder)["quiet_reason"] == QuietReason.CORRECTS_QUIET
    (loud,) = emit(builder, "opened")
    emit(builder, "corrected", corrects=loud)
    assert "quiet" not in last(builder)


def test_a_correction_may_follow_in_the_same_transaction(builder: AccountBuilder) -> None:
    builder.storage.transaction(mute_message, builder.account.id, builder.message, True)
    record = ClassifiedHit(1, builder.hit(), HUMAN)

    def run() -> None:
        writer = EventWriter(NOW)
        (number,) = writer.emit(message(builder), [PendingEvent("opened", record)])
        writer.emit(message(builder), [PendingEvent("corrected", record, number)])
        writer.write()

    builder.storage.transaction(run)
    assert last(builder)["quiet_reason"] == QuietReason.CORRECTS_QUIET


def test_each_webhook_that_is_not_disabled_gets_each_event(builder: AccountBuilder) -> None:
    def add() -> webhook_deliveries.Webhook:
        return webhook_deliveries.add(builder.account.id, "https://example.com/hook", (), NOW)

    first, gone = builder.storage.transaction(add), builder.storage.transaction(add)
    builder.storage.transaction(webhook_deliveries.failed, gone, "it answered with 410", 410, NOW)
    emit(builder, "opened", "clicked")
    assert [(row.webhook.id, row.number) for row in WebhookDelivery.select()] == [
        (first.id, 1), (first.id, 2),
    ]  # fmt: skip
