"""JSON bodies. Other files compare messages and events as a whole."""

from dataclasses import replace

import pytest
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.storage import Storage
from sealbreak_server.storage.accounts import DeviceRow, Principal
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.hits.mappers import read_messages
from sealbreak_server.web.bodies import (
    account_body,
    device_body,
    hit_body,
    message_body,
    optional_time,
    webhook_body,
)
from support.server.account import HUMAN, NOW, AccountBuilder

CALLER = Principal(1, "a" * 8, "Ann", "d" * 16, "desktop")
DEVICE = DeviceRow("d" * 16, "A laptop", "desktop", NOW, NOW + 1, None)
WHEN = "2027-01-15T08:00:00.000Z"


def test_an_optional_time_may_be_missing() -> None:
    assert (optional_time(None), optional_time(NOW)) == (None, WHEN)
    assert optional_time(0.0) == "1970-01-01T00:00:00.000Z"


def test_a_device_is_marked_as_the_caller() -> None:
    assert device_body(DEVICE, CALLER)["is_this"] is True
    other = device_body(replace(DEVICE, id="e" * 16, revoked_at=NOW), CALLER)
    assert (other["is_this"], other["created_at"], other["revoked_at"]) == (False, WHEN, WHEN)


def test_an_account_body_has_no_internal_number() -> None:
    assert account_body(CALLER) == {"owner": "a" * 8, "name": "Ann"}


def test_a_message_body_has_registration_and_counts(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    builder.register(gmail_account="ann@example.com")
    builder.record(builder.hit())
    body = message_body(builder.shown())
    assert (body["id"], body["gmail_account"]) == (builder.message, "ann@example.com")
    assert body["recipients"][0]["address"] == "ann@example.com"
    assert (body["opens"], body["first_opened_at"], body["registered_at"]) == (1, WHEN, WHEN)
    assert (body["muted"], body["opted_out"], body["scheduled_for"]) == (False, False, None)
    assert body["withdrawn"] is False


@pytest.mark.parametrize("classified", [True, False])
def test_a_hit_body_has_no_address_and_headers(storage: Storage, classified: bool) -> None:
    builder = AccountBuilder(storage)
    builder.register()
    message = storage.query(read_messages, [builder.message])[builder.message]
    body = hit_body(ClassifiedHit(5, builder.hit(), HUMAN if classified else None), message)
    assert (body["number"], body["kind"], body["time"]) == (5, "open", WHEN)
    assert (body["verdict"] is not None) is classified
    assert "192.0.2.1" not in str(body)
    assert "Firefox" not in str(body)


def test_a_webhook_body_has_its_problem(storage: Storage) -> None:
    account = AccountBuilder(storage).account.id
    webhook = storage.transaction(
        webhook_deliveries.add, account, "https://example.com/hook", (), NOW
    )
    storage.transaction(webhook_deliveries.failed, webhook, "it answered with 500", 500, NOW)
    body = webhook_body(storage.query(webhook_deliveries.webhook, account, webhook.id))
    assert (body["failures"], body["problem"]) == (1, "it answered with 500")
    assert (body["failing_since"], body["disabled_at"], body["waiting"]) == (WHEN, None, 0)
