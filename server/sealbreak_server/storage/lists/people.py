"""The recipients of an account's messages, and what happened to the messages to one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import JOIN, SQL, fn

from sealbreak_server.storage.engine.statements import CachedListQuery, as_tuples
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.lists.search import Place
from sealbreak_server.storage.tables import (
    CopyState,
    Hit,
    Message,
    Recipient,
    lower_address,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    """In lower case."""
    name: str | None
    mails: int
    written_at: float
    """When the newest mail was sent."""
    seen_at: float | None
    """The last open of a copy that only this person got."""


@dataclass(frozen=True, slots=True)
class Listed:
    found: list[Person]
    next: str | None
    """The address after which the next page begins; `None` on the last page."""
    is_full: bool
    """False when reading stopped before the page was full, also at the end of the list."""


@dataclass(frozen=True, slots=True)
class Got:
    """A copy of a mail that somebody got."""

    message: str
    copy: int
    sent_at: float
    alone: bool
    """Nobody shares the copy, so its hits belong to this person."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The counted hits of a copy."""

    message: str
    copy: int
    kind: str
    count: int
    first: float
    last: float


def listed(account: int, limit: int, after: str = "", text: str = "") -> Listed:
    """Ordered by address. `text`: a part of an address or a name.

    An account's few recipients are sorted. With many, the page reads along the index of people, up
    to the limit of a page: the index has the people of all accounts, and a text has no index.
    """
    few = _has_few(account)
    person = lower_address.concat(SQL("''")) if few else lower_address  # hides the index
    name, mails = fn.MAX(Recipient.name), fn.COUNT(Recipient.message.distinct())
    query = Recipient.select(person, name, mails, fn.MAX(Message.sent_at)).where(
        person > after, ~Message.withdrawn
    )
    query = query.group_by(person).order_by(person).limit(limit + 1)
    query = _by_mail(query, account) if few else _by_person(query, account)
    if text:
        small = text.lower()
        query = query.where(person.contains(small) | fn.LOWER(Recipient.name).contains(small))
    end = None if few else _end(after)
    rows = as_tuples(query if end is None else query.where(person <= end))
    seen = _seen(account, [address for address, *_ in rows[:limit]])
    found = [
        Person(address, name, mails, written_at, seen.get(address))
        for address, name, mails, written_at in rows[:limit]
    ]
    is_full = len(rows) > limit
    return Listed(found, found[-1].address if is_full else end, is_full)


def _by_mail(query: Any, account: int) -> Any:
    return query.join(Message).where(Message.account == account)


def _by_person(query: Any, account: int) -> Any:
    """SQLite keeps the order of a cross join: from the index of people to their messages."""
    return query.join(Message, JOIN.CROSS).where(
        Message.id == Recipient.message, Message.account == account
    )


def _has_few(account: int) -> bool:
    theirs = _by_mail(Recipient.select(SQL("1")), account)
    return len(as_tuples(theirs.limit(search.FEW + 1))) <= search.FEW


def _end(after: str) -> str | None:
    """The last person that a page reads; `None` if the page may read all the others."""
    ahead = Recipient.select(lower_address).where(lower_address > after).order_by(lower_address)
    found = as_tuples(ahead.offset(search.LOOKED_THROUGH - 1).limit(1))
    return found[0][0] if found else None


def _sharing() -> Any:
    others = Recipient.alias()
    return others.select(fn.COUNT(fn.LOWER(others.address).distinct())).where(
        others.message == Recipient.message, others.copy_number == Recipient.copy_number
    )


def _seen(account: int, addresses: Sequence[str]) -> dict[str, float]:
    same_copy = (CopyState.message == Recipient.message) & (
        CopyState.copy_number == Recipient.copy_number
    )
    query = (
        _by_person(Recipient.select(lower_address, fn.MAX(CopyState.opened_at)), account)
        .join(CopyState, on=same_copy)
        .where(lower_address.in_(addresses), _sharing() == 1)
        .group_by(lower_address)
    )
    return dict(as_tuples(query)) if addresses else {}


def names(account: int, address: str) -> tuple[int, str | None]:
    """The number of messages to this person, and the person's name."""
    count, name = fn.COUNT(Recipient.message.distinct()), fn.MAX(Recipient.name)
    found: tuple[int, str | None] = as_tuples(
        _mails(account, address).where(~Message.withdrawn).select(count, name)
    )[0]
    return found


def got(account: int, address: str, limit: int) -> list[Got]:
    """Newest first."""
    sent_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    query = _mails(account, address).select(
        Recipient.message, Recipient.copy_number, sent_at, _sharing()
    )
    query = query.where(~Message.withdrawn)
    rows = as_tuples(query.order_by(Message.sent_at.desc()).limit(limit))
    return [Got(message, copy, at, sharing == 1) for message, copy, at, sharing in rows]


def _mails(account: int, address: str) -> Any:
    theirs = Recipient.select().where(lower_address == fn.LOWER(address))
    return _by_person(theirs, account)


_signs = CachedListQuery(
    lambda ids: (
        VerdictRow.select(
            VerdictRow.message,
            Hit.copy_number,
            Hit.kind,
            fn.COUNT(Hit.id),
            fn.MIN(Hit.time),
            fn.MAX(Hit.time),
        )
        .join(Hit)
        .where(VerdictRow.message.in_(ids), VerdictRow.counted == True)  # noqa: E712  # SQL
        .group_by(VerdictRow.message, Hit.copy_number, Hit.kind)
    )
)


def signs(messages: Sequence[str]) -> list[Sign]:
    return [Sign(*row) for row in _signs.rows(messages)]


def page(
    account: int, address: str, limit: int, after: Place | None = None
) -> tuple[list[MessageView], Place | None]:
    """Newest first; the second value is where the next page begins."""
    query = _mails(account, address).select(Message.sent_at, Message.id).distinct()
    if after is not None:
        (sent_at,), message = after
        older = (Message.sent_at == sent_at) & (Message.id < message)
        query = query.where((Message.sent_at < sent_at) | older)
    order = (Message.sent_at.desc(), Message.id.desc())
    rows = as_tuples(query.order_by(*order).limit(limit + 1))
    more = ((rows[limit - 1][0],), rows[limit - 1][1]) if len(rows) > limit else None
    return views([message for _, message in rows[:limit]]), more
