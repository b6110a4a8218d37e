"""Events: read after a number, the newest number, which ones are erased."""

from dataclasses import dataclass

from peewee import fn

from sealbreak_server.storage.accounts import is_revoked
from sealbreak_server.storage.engine.statements import CachedQuery, as_tuples
from sealbreak_server.storage.tables import Account, Event

_after = CachedQuery(
    lambda account, number, limit: (
        Event.select(Event.number, Event.body)
        .where(Event.account == account, Event.number > number)
        .order_by(Event.number)
        .limit(limit)
    )
)


def last_event(account: int) -> int:
    return int(Account.select(Account.last_event).where(Account.id == account).scalar() or 0)


@dataclass(frozen=True, slots=True)
class Marks:
    """Growing numbers: a device with smaller ones is out of date."""

    last: int
    account_preferences: int
    erasures: int


def marks(account: int) -> Marks:
    numbers = (Account.last_event, Account.preference_changes, Account.erasures)
    return next(
        (Marks(*row) for row in as_tuples(Account.select(*numbers).where(Account.id == account))),
        Marks(0, 0, 0),
    )


def first_event(account: int) -> int:
    """The number of the oldest event that is kept."""
    oldest = Event.select(fn.MIN(Event.number)).where(Event.account == account).scalar()
    return int(oldest or last_event(account) + 1)


def erased_after(account: int, number: int, limit: int) -> list[int]:
    """Numbers of erased events, in order. They are kept as long as events are."""
    # A digest belongs to no message either.
    erased = (Event.message == "") & Event.body.contains('"kind":"erased"')
    query = Event.select(Event.number).where(
        Event.account == account, erased, Event.number > number
    )
    return [found for (found,) in as_tuples(query.order_by(Event.number).limit(limit))]


def rewritten_since(account: int, erasures: int, limit: int) -> list[str]:
    """The newest bodies from which a person was removed after this number of erasures."""
    query = Event.select(Event.body).where(Event.account == account, Event.revision > erasures)
    return [body for (body,) in as_tuples(query.order_by(Event.number.desc()).limit(limit))]


def events_after(account: int, number: int, limit: int) -> list[tuple[int, str]]:
    """Number and body as JSON, in order."""
    return [(number, body) for number, body in _after.rows(account, number, limit)]


def news_for(account: int, device: str, number: int, limit: int) -> list[tuple[int, str]] | None:
    """`None` when the device is revoked."""
    return None if is_revoked(device) else events_after(account, number, limit)


def events_before(account: int, number: int | None, limit: int) -> list[tuple[int, str]]:
    """Newest first."""
    query = Event.select(Event.number, Event.body).where(Event.account == account)
    if number is not None:
        query = query.where(Event.number < number)
    return [(n, body) for n, body in as_tuples(query.order_by(Event.number.desc()).limit(limit))]
