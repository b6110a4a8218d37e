"""Events: read after a number, the newest number."""

from sealbreak_server.models import Account, Event
from sealbreak_server.storage.accounts import is_revoked
from sealbreak_server.storage.prepared import Prepared
from sealbreak_server.storage.rows import tuples

_after = Prepared(
    lambda account, number, limit: (
        Event.select(Event.number, Event.body)
        .where(Event.account == account, Event.number > number)
        .order_by(Event.number)
        .limit(limit)
    )
)


def last_event(account: int) -> int:
    return int(Account.select(Account.last_event).where(Account.id == account).scalar() or 0)


def events_after(account: int, number: int, limit: int) -> list[tuple[int, str]]:
    """Number and body as JSON, in order."""
    return [(number, body) for number, body in _after.rows(account, number, limit)]


def news_for(account: int, device: str, number: int, limit: int) -> list[tuple[int, str]] | None:
    """`None` when the device may no longer hear any."""
    return None if is_revoked(device) else events_after(account, number, limit)


def events_before(account: int, number: int | None, limit: int) -> list[tuple[int, str]]:
    """Newest first."""
    query = Event.select(Event.number, Event.body).where(Event.account == account)
    if number is not None:
        query = query.where(Event.number < number)
    return [(n, body) for n, body in tuples(query.order_by(Event.number.desc()).limit(limit))]
