"""The recipients of an account's messages, and what happened to the messages to one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import JOIN, SQL, fn

from sealbreak_server.model.folding import fold
from sealbreak_server.storage.engine.statements import CachedListQuery, as_tuples
from sealbreak_server.storage.lists import search, seen
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.lists.search import Place
from sealbreak_server.storage.lists.seen import Seen
from sealbreak_server.storage.tables import (
    Hit,
    Message,
    Recipient,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    """Folded."""
    name: str | None
    mails: int
    written_at: float
    """When the newest mail was sent."""
    seen: Seen


class Order(StrEnum):
    ADDRESS = "address"
    OPENS = "opens"
    CLICKS = "clicks"
    SEEN = "seen"


_RANKS: dict[Order, Callable[[Person], tuple[float, ...]]] = {
    Order.OPENS: lambda person: (person.seen.opens, person.seen.at or 0.0),
    Order.CLICKS: lambda person: (person.seen.clicks, person.seen.at or 0.0),
    Order.SEEN: lambda person: (person.seen.at or 0.0,),
}
"""The numbers to sort by, greatest first."""
_FACTS = (
    fn.MAX(Recipient.name), fn.COUNT(Recipient.message.distinct()), fn.MAX(Message.sent_at)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    found: list[Person]
    next: str | None
    """What the next page begins after; `None` on the last page."""
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


def listed(
    account: int, limit: int, after: str = "", text: str = "", order: Order = Order.ADDRESS
) -> Listed:
    """`text`: a part of an address or a name."""
    if order is Order.ADDRESS:
        return _by_address(account, limit, after, text)
    return _ranked(account, limit, after, text, order)


def _by_address(account: int, limit: int, after: str, text: str) -> Listed:
    """An account's few recipients are sorted. With many, the page reads along the index of people,
    up to the limit of a page: the index has the people of all accounts, and a text has no index.
    """
    few = _has_few(account)
    person = Recipient.person.concat(SQL("''")) if few else Recipient.person  # hides the index
    query = Recipient.select(person, *_FACTS).where(person > after, ~Message.withdrawn)
    query = query.group_by(person).order_by(person).limit(limit + 1)
    query = _by_mail(query, account) if few else _by_person(query, account)
    end = None if few else _end(after)
    rows = as_tuples(_holding(query if end is None else query.where(person <= end), text))
    known = seen.of_people(account, [address for address, *_ in rows[:limit]])
    found = _people(rows[:limit], known)
    is_full = len(rows) > limit
    return Listed(found, found[-1].address if is_full else end, is_full)


def _ranked(account: int, limit: int, after: str, text: str, order: Order) -> Listed:
    """The people of the newest mails, with what is known from these: no index has this order.

    `after`: how many people the pages before have.
    """
    newest = Message.select(Message.id).where(Message.account == account, ~Message.withdrawn)
    newest = newest.order_by(Message.sent_at.desc(), Message.id.desc()).limit(search.LOOKED_THROUGH)
    query = Recipient.select(Recipient.person, *_FACTS).join(Message)
    query = query.where(Recipient.message.in_(newest)).group_by(Recipient.person)
    known = seen.of_mails(newest)
    people = _people(as_tuples(_holding(query, text)), known)
    people.sort(key=lambda person: (*(-value for value in _RANKS[order](person)), person.address))
    begin = int(after) if after.isascii() and after.isdigit() else 0
    end = begin + limit
    is_full = len(people) > end
    return Listed(people[begin:end], str(end) if is_full else None, is_full)


def _people(rows: Sequence[tuple[Any, ...]], known: Mapping[str, Seen]) -> list[Person]:
    return [
        Person(address, name, mails, written_at, known.get(address, seen.NEVER))
        for address, name, mails, written_at in rows
    ]


def _holding(query: Any, text: str) -> Any:
    if not text:
        return query
    folded = fold(text)
    return query.where(Recipient.person.contains(folded) | Recipient.folded_name.contains(folded))


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
    ahead = (
        Recipient.select(Recipient.person)
        .where(Recipient.person > after)
        .order_by(Recipient.person)
    )
    found = as_tuples(ahead.offset(search.LOOKED_THROUGH - 1).limit(1))
    return found[0][0] if found else None


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
        Recipient.message, Recipient.copy_number, sent_at, seen.sharing()
    )
    query = query.where(~Message.withdrawn)
    rows = as_tuples(query.order_by(Message.sent_at.desc()).limit(limit))
    found = (Got(message, copy, at, sharing == 1) for message, copy, at, sharing in rows)
    return list(dict.fromkeys(found))  # somebody in To and Cc got one copy


def _mails(account: int, address: str) -> Any:
    theirs = Recipient.select().where(Recipient.person == fold(address))
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
