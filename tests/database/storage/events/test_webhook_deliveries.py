"""Webhooks and the deliveries that wait; tests/process/server/live/test_webhooks.py posts them."""

import pytest
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.webhook import delay
from sealbreak_server.storage import Storage
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.tables import Event
from support.server.account import NOW, AccountBuilder

URL = "https://example.com/hook"
DAY = 24 * 3600


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    made = AccountBuilder(storage)
    made.register()
    return made


def add(builder: AccountBuilder) -> webhook_deliveries.Webhook:
    return builder.storage.transaction(webhook_deliveries.add, builder.account.id, URL, (), NOW)


def tell(builder: AccountBuilder, *copies: int) -> None:
    builder.record(*(builder.hit(copy, copy=copy) for copy in copies))


def due(builder: AccountBuilder, seconds: float = 0) -> list[str]:
    return builder.storage.query(webhook_deliveries.due, NOW + seconds, 10)


def claim(
    builder: AccountBuilder, webhook: webhook_deliveries.Webhook, seconds: float = 0
) -> int | None:
    claimed = builder.storage.transaction(
        webhook_deliveries.claim, webhook.id, NOW + seconds, NOW + seconds + 60
    )
    return claimed[1].number if claimed else None


def test_a_webhook_gets_what_happens_from_now_on(builder: AccountBuilder) -> None:
    tell(builder, 1)
    webhook = add(builder)
    assert (webhook.waiting, due(builder)) == (0, [])
    tell(builder, 2)
    assert (
        builder.storage.query(webhook_deliveries.webhook, builder.account.id, webhook.id).waiting
        == 1
    )
    assert (due(builder), claim(builder, webhook)) == ([webhook.id], 2)


def test_a_clock_that_is_set_back_holds_no_webhook_up_for_days(builder: AccountBuilder) -> None:
    webhook = add(builder)
    tell(builder, 1)
    assert claim(builder, webhook) == 1
    assert due(builder, -1800) == []
    assert due(builder, -DAY) == [webhook.id]
    assert claim(builder, webhook, -DAY) == 1


def test_each_has_a_secret_of_its_own(builder: AccountBuilder) -> None:
    one, other = add(builder), add(builder)
    assert one.secret != other.secret
    assert [webhook.id for webhook in webhook_deliveries.webhooks(builder.account.id)] == [
        one.id,
        other.id,
    ]


def test_the_number_of_webhooks_is_limited(
    builder: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_deliveries, "MAX_WEBHOOKS", 1)
    add(builder)
    with pytest.raises(BadRequestError, match="room for 1 "):
        add(builder)


def test_nobody_sees_or_removes_a_webhook_of_another(builder: AccountBuilder) -> None:
    webhook, other = add(builder), AccountBuilder(builder.storage, "Ben").account.id
    with pytest.raises(NotFoundError):
        builder.storage.query(webhook_deliveries.webhook, other, webhook.id)
    with pytest.raises(NotFoundError):
        builder.storage.transaction(webhook_deliveries.enable, other, webhook.id)
    assert not builder.storage.transaction(webhook_deliveries.remove, other, webhook.id)
    assert builder.storage.transaction(webhook_deliveries.remove, builder.account.id, webhook.id)


def test_events_come_in_order_and_each_once(builder: AccountBuilder) -> None:
    webhook = add(builder)
    tell(builder, 1, 2)
    assert claim(builder, webhook) == 1
    following = builder.storage.transaction(webhook_deliveries.delivered, webhook.id, 1, NOW + 60)
    assert following is not None
    assert following.number == 2
    assert (
        builder.storage.transaction(webhook_deliveries.delivered, webhook.id, 2, NOW + 60) is None
    )
    assert (due(builder), claim(builder, webhook)) == ([], None)


def test_a_claim_that_nobody_ended_ends_by_itself(builder: AccountBuilder) -> None:
    webhook = add(builder)
    tell(builder, 1)
    assert claim(builder, webhook) == 1
    assert (due(builder, 59), claim(builder, webhook, 59)) == ([], None)
    assert (due(builder, 60), claim(builder, webhook, 60)) == ([webhook.id], 1)


def test_a_deleted_event_is_skipped(builder: AccountBuilder) -> None:
    webhook = add(builder)
    tell(builder, 1, 2)
    builder.storage.transaction(lambda: Event.delete().where(Event.number == 1).execute())
    assert claim(builder, webhook) == 2
    builder.storage.transaction(lambda: Event.delete().execute())
    assert claim(builder, webhook, 60) is None
    assert (
        builder.storage.query(webhook_deliveries.webhook, builder.account.id, webhook.id).waiting
        == 0
    )


def test_after_a_failure_it_is_tried_later_and_a_success_forgets_it(
    builder: AccountBuilder,
) -> None:
    webhook = add(builder)
    tell(builder, 1)
    assert not builder.storage.transaction(
        webhook_deliveries.failed, webhook, "it answered with 500", 500, NOW
    )
    assert (due(builder, delay(1) - 1), due(builder, delay(1))) == ([], [webhook.id])
    found = builder.storage.query(webhook_deliveries.webhook, builder.account.id, webhook.id)
    assert (found.failures, found.failing_since, found.problem) == (1, NOW, "it answered with 500")
    builder.storage.transaction(webhook_deliveries.delivered, webhook.id, 1, NOW)
    found = builder.storage.query(webhook_deliveries.webhook, builder.account.id, webhook.id)
    assert (found.failures, found.failing_since, found.problem) == (0, None, None)


def test_a_machine_that_sleeps_between_two_tries_gives_no_webhook_up(
    builder: AccountBuilder,
) -> None:
    webhook = add(builder)
    tell(builder, 1)
    assert not builder.storage.transaction(
        webhook_deliveries.failed, webhook, "no answer", None, NOW
    )
    assert not builder.storage.transaction(
        webhook_deliveries.failed, webhook, "no answer", None, NOW + 6 * DAY
    )
    found = builder.storage.query(webhook_deliveries.webhook, builder.account.id, webhook.id)
    assert (found.failures, found.disabled_at, found.waiting) == (2, None, 1)


def test_what_came_while_it_was_disabled_is_not_posted(builder: AccountBuilder) -> None:
    webhook = add(builder)
    tell(builder, 1)
    assert builder.storage.transaction(
        webhook_deliveries.failed, webhook, "it answered with 410", 410, NOW
    )
    tell(builder, 2)
    enabled = builder.storage.transaction(webhook_deliveries.enable, builder.account.id, webhook.id)
    assert (enabled.disabled_at, enabled.problem, enabled.waiting) == (None, None, 0)
    tell(builder, 3)
    assert claim(builder, webhook) == 3


def test_a_webhook_that_was_removed_meanwhile_has_not_failed(builder: AccountBuilder) -> None:
    webhook = add(builder)
    builder.storage.transaction(webhook_deliveries.remove, builder.account.id, webhook.id)
    assert not builder.storage.transaction(
        webhook_deliveries.failed, webhook, "it answered with 500", 500, NOW
    )
