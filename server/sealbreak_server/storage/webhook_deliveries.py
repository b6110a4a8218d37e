"""Webhooks and what they have still to get. A server claims one before it posts to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.models import Delivery, Event, Webhook
from sealbreak_server.security import new_secret
from sealbreak_server.storage.rows import tuples
from sealbreak_server.tokens import new_id
from sealbreak_server.webhooks import GONE, LONGEST_DELAY, Network, check_url, delay, is_dead

MOST_HOOKS = 50


@dataclass(frozen=True, slots=True)
class Hook:
    id: str
    url: str
    secret: str
    created_at: float
    failures: int
    failing_since: float | None
    problem: str | None
    disabled_at: float | None
    waiting: int
    """Events that it has still to get."""


@dataclass(frozen=True, slots=True)
class Post:
    number: int
    body: str


def hooks(account: int) -> list[Hook]:
    rows = Webhook.select().where(Webhook.account == account).order_by(Webhook.created_at)
    return [_hook(row) for row in rows]


def hook(account: int, identifier: str) -> Hook:
    row = Webhook.get_or_none(Webhook.account == account, Webhook.id == identifier)
    if row is None:
        raise NotFoundError("There is no such webhook.")
    return _hook(row)


def _hook(row: Webhook) -> Hook:
    waiting = Delivery.select().where(Delivery.webhook == row.id).count()
    return Hook(
        row.id, row.url, row.secret, row.created_at, row.failures, row.failing_since, row.problem,
        row.disabled_at, waiting,
    )  # fmt: skip


def add(account: int, url: str, allowed: Sequence[Network], now: float) -> Hook:
    """Raises `BadRequestError`. It gets what happens from now on."""
    check_url(url, allowed)
    if Webhook.select().where(Webhook.account == account).count() >= MOST_HOOKS:
        raise BadRequestError(f"There is room for {MOST_HOOKS} webhooks only.")
    row = Webhook.create(id=new_id(), account=account, url=url, secret=new_secret(), created_at=now)
    return _hook(row)


def remove(account: int, identifier: str) -> bool:
    mine = (Webhook.account == account) & (Webhook.id == identifier)
    return bool(Webhook.delete().where(mine).execute())


def enable(account: int, identifier: str) -> Hook:
    """Raises `NotFoundError`. What happened while it was disabled is not posted."""
    hook(account, identifier)
    _set(identifier, disabled_at=None, failures=0, failing_since=None, problem=None, try_at=0.0)
    return hook(account, identifier)


def due(now: float, limit: int) -> list[str]:
    """Webhooks that have something to get and may be tried."""
    waits = fn.EXISTS(Delivery.select(Delivery.number).where(Delivery.webhook == Webhook.id))
    query = Webhook.select(Webhook.id).where(Webhook.disabled_at.is_null(), _may_try(now), waits)
    return [identifier for (identifier,) in tuples(query.order_by(Webhook.try_at).limit(limit))]


def _may_try(now: float) -> Any:
    """Nothing is put off by more than the longest delay, unless the clock was set back since."""
    return (Webhook.try_at <= now) | (Webhook.try_at > now + LONGEST_DELAY)


def claim(identifier: str, now: float, until: float) -> tuple[Hook, Post] | None:
    """`None` when another server was quicker, or when there is nothing left to post."""
    free = (Webhook.id == identifier) & _may_try(now) & Webhook.disabled_at.is_null()
    if not Webhook.update(try_at=until).where(free).execute():
        return None
    post = next_post(identifier)
    if post is None:
        _forget_posts(identifier)
        _set(identifier, try_at=0.0)
        return None
    return _hook(Webhook.get_by_id(identifier)), post


def next_post(identifier: str) -> Post | None:
    """The oldest; one whose event has been pruned is passed over."""
    query = (
        Delivery.select(Delivery.number, Event.body)
        .join(Webhook)
        .join(Event, on=(Event.account == Webhook.account) & (Event.number == Delivery.number))
        .where(Delivery.webhook == identifier)
        .order_by(Delivery.number)
        .limit(1)
    )
    return next((Post(number, body) for number, body in tuples(query)), None)


def done(identifier: str, number: int, until: float) -> Post | None:
    """After a delivery: what comes next. The claim goes on `until`, or ends with the last one."""
    Delivery.delete().where(Delivery.webhook == identifier, Delivery.number <= number).execute()
    post = next_post(identifier)
    try_at = until if post else 0.0
    _set(identifier, try_at=try_at, failures=0, failing_since=None, problem=None)
    return post


def failed(hook: Hook, problem: str, status: int | None, now: float) -> bool:
    """True when it is given up."""
    row = Webhook.get_or_none(Webhook.id == hook.id)
    if row is None:
        return False
    failures, since = row.failures + 1, now if row.failing_since is None else row.failing_since
    _set(
        hook.id, failures=failures, failing_since=since, problem=problem,
        try_at=now + delay(failures),
    )  # fmt: skip
    if status != GONE and not is_dead(failures, since, now):
        return False
    _set(hook.id, disabled_at=now)
    _forget_posts(hook.id)
    return True


def _forget_posts(identifier: str) -> None:
    Delivery.delete().where(Delivery.webhook == identifier).execute()


def _set(identifier: str, **values: object) -> None:
    Webhook.update(values).where(Webhook.id == identifier).execute()
