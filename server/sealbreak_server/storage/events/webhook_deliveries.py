"""Webhooks and their pending deliveries. A server claims a webhook before it posts to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.webhook import GONE, LONGEST_DELAY, Network, check_url, delay, is_dead
from sealbreak_server.model.webhook_templates import JSON, TEMPLATES
from sealbreak_server.security.secrets import new_secret
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import Event
from sealbreak_server.storage.tables import Webhook as WebhookRow
from sealbreak_server.storage.tables import WebhookDelivery as DeliveryRow

MAX_WEBHOOKS = 50


@dataclass(frozen=True, slots=True)
class Webhook:
    id: str
    url: str
    secret: str
    created_at: float
    failures: int
    failing_since: float | None
    problem: str | None
    disabled_at: float | None
    waiting: int
    """Pending deliveries."""
    template: str = JSON


@dataclass(frozen=True, slots=True)
class Delivery:
    number: int
    body: str


def webhooks(account: int) -> list[Webhook]:
    rows = WebhookRow.select().where(WebhookRow.account == account).order_by(WebhookRow.created_at)
    return [_webhook(row) for row in rows]


def webhook(account: int, identifier: str) -> Webhook:
    row = WebhookRow.get_or_none(WebhookRow.account == account, WebhookRow.id == identifier)
    if row is None:
        raise NotFoundError("There is no such webhook.")
    return _webhook(row)


def _webhook(row: WebhookRow) -> Webhook:
    waiting = DeliveryRow.select().where(DeliveryRow.webhook == row.id).count()
    return Webhook(
        row.id, row.url, row.secret, row.created_at, row.failures, row.failing_since, row.problem,
        row.disabled_at, waiting, row.template,
    )  # fmt: skip


def add(
    account: int, url: str, allowed: Sequence[Network], now: float, template: str = JSON
) -> Webhook:
    """The webhook gets events from now on. Raises `BadRequestError`."""
    check_url(url, allowed)
    if template not in TEMPLATES:
        raise BadRequestError(f"template must be one of {', '.join(TEMPLATES)}.")
    if WebhookRow.select().where(WebhookRow.account == account).count() >= MAX_WEBHOOKS:
        raise BadRequestError(f"There is room for {MAX_WEBHOOKS} webhooks only.")
    row = WebhookRow.create(
        id=new_id(), account=account, url=url, secret=new_secret(), created_at=now,
        template=template,
    )  # fmt: skip
    return _webhook(row)


def remove(account: int, identifier: str) -> bool:
    mine = (WebhookRow.account == account) & (WebhookRow.id == identifier)
    return bool(WebhookRow.delete().where(mine).execute())


def enable(account: int, identifier: str) -> Webhook:
    """Events from the time when it was disabled are not posted. Raises `NotFoundError`."""
    webhook(account, identifier)
    _set(identifier, disabled_at=None, failures=0, failing_since=None, problem=None, try_at=0.0)
    return webhook(account, identifier)


def due(now: float, limit: int) -> list[str]:
    """Webhooks with pending deliveries whose next attempt is due."""
    waits = fn.EXISTS(
        DeliveryRow.select(DeliveryRow.number).where(DeliveryRow.webhook == WebhookRow.id)
    )
    query = WebhookRow.select(WebhookRow.id).where(
        WebhookRow.disabled_at.is_null(), _may_try(now), waits
    )
    return [
        identifier for (identifier,) in as_tuples(query.order_by(WebhookRow.try_at).limit(limit))
    ]


def _may_try(now: float) -> Any:
    """A time beyond the longest delay was stored before the clock was set back."""
    return (WebhookRow.try_at <= now) | (WebhookRow.try_at > now + LONGEST_DELAY)


def claim(identifier: str, now: float, until: float) -> tuple[Webhook, Delivery] | None:
    """`None` when another server has claimed it, or when nothing is pending."""
    free = (WebhookRow.id == identifier) & _may_try(now) & WebhookRow.disabled_at.is_null()
    if not WebhookRow.update(try_at=until).where(free).execute():
        return None
    delivery = next_delivery(identifier)
    if delivery is None:
        _drop_deliveries(identifier)
        _set(identifier, try_at=0.0)
        return None
    return _webhook(WebhookRow.get_by_id(identifier)), delivery


def next_delivery(identifier: str) -> Delivery | None:
    """The oldest pending delivery whose event still exists."""
    query = (
        DeliveryRow.select(DeliveryRow.number, Event.body)
        .join(WebhookRow)
        .join(
            Event, on=(Event.account == WebhookRow.account) & (Event.number == DeliveryRow.number)
        )
        .where(DeliveryRow.webhook == identifier)
        .order_by(DeliveryRow.number)
        .limit(1)
    )
    return next((Delivery(number, body) for number, body in as_tuples(query)), None)


def delivered(identifier: str, number: int, until: float) -> Delivery | None:
    """The next delivery. The claim is extended to `until`, or ends after the last delivery."""
    DeliveryRow.delete().where(
        DeliveryRow.webhook == identifier, DeliveryRow.number <= number
    ).execute()
    delivery = next_delivery(identifier)
    try_at = until if delivery else 0.0
    _set(identifier, try_at=try_at, failures=0, failing_since=None, problem=None)
    return delivery


def failed(webhook: Webhook, problem: str, status: int | None, now: float) -> bool:
    """True when the webhook is disabled for good."""
    row = WebhookRow.get_or_none(WebhookRow.id == webhook.id)
    if row is None:
        return False
    failures, since = row.failures + 1, now if row.failing_since is None else row.failing_since
    _set(
        webhook.id, failures=failures, failing_since=since, problem=problem,
        try_at=now + delay(failures),
    )  # fmt: skip
    if status != GONE and not is_dead(failures, since, now):
        return False
    _set(webhook.id, disabled_at=now)
    _drop_deliveries(webhook.id)
    return True


def _drop_deliveries(identifier: str) -> None:
    DeliveryRow.delete().where(DeliveryRow.webhook == identifier).execute()


def _set(identifier: str, **values: object) -> None:
    WebhookRow.update(values).where(WebhookRow.id == identifier).execute()
