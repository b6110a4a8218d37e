"""Those who got the account's mails: all of them, and what became of the mails to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import FieldAlias, fn

from sealbreak_server.models import Account, Copy, Hit, Judgement, Message, Recipient, lower_address
from sealbreak_server.storage.erasing import erase_recipient
from sealbreak_server.storage.messages import MessageView, views
from sealbreak_server.storage.prepared import PreparedForMany
from sealbreak_server.storage.rows import tuples
from sealbreak_server.storage.search import Place


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    """In lower case."""
    name: str | None
    mails: int
    written_at: float
    """When the newest mail was sent."""
    seen_at: float | None
    """When a mail that only this person got was last opened."""


@dataclass(frozen=True, slots=True)
class Got:
    """A copy of a mail that somebody got."""

    message: str
    copy: int
    sent_at: float
    alone: bool
    """Nobody shares the copy, so what happens to it is this person's doing."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What was counted of a copy."""

    message: str
    copy: int
    kind: str
    count: int
    first: float
    last: float


def listed(account: int, limit: int, after: str = "", text: str = "") -> list[Person]:
    """By address. `text`: in an address or a name."""
    query = (
        Recipient.select(
            lower_address,
            fn.MAX(Recipient.name),
            fn.COUNT(Recipient.message.distinct()),
            fn.MAX(Message.sent_at),
        )
        .join(Message)
        .where(_of_account(account), lower_address > after)
        .group_by(lower_address)
        .order_by(lower_address)
        .limit(limit)
    )
    if text:
        wanted = lower_address.contains(text.lower()) | fn.LOWER(Recipient.name).contains(
            text.lower()
        )
        query = query.where(wanted)
    rows = tuples(query)
    seen = _seen(account, [address for address, *_ in rows])
    return [
        Person(address, name, mails, written_at, seen.get(address))
        for address, name, mails, written_at in rows
    ]


def _of_account(account: int) -> Any:
    """Without its index: the index of people is the one that the order needs."""
    return (Message.account + 0) == account


def _sharing() -> Any:
    others = Recipient.alias()
    its_copy = FieldAlias(others, Recipient.copy)  # `others.copy` is a method
    return others.select(fn.COUNT(1)).where(
        others.message == Recipient.message, its_copy == Recipient.copy
    )


def _seen(account: int, addresses: Sequence[str]) -> dict[str, float]:
    query = (
        Recipient.select(lower_address, fn.MAX(Copy.opened_at))
        .join(Message)
        .join(Copy, on=(Copy.message == Recipient.message) & (Copy.copy == Recipient.copy))
        .where(lower_address.in_(addresses), _of_account(account), _sharing() == 1)
        .group_by(lower_address)
    )
    return dict(tuples(query)) if addresses else {}


def names(account: int, address: str) -> tuple[int, str | None]:
    """How many mails this person got, and under which name."""
    count, name = fn.COUNT(Recipient.message.distinct()), fn.MAX(Recipient.name)
    found: tuple[int, str | None] = tuples(_mails(account, address).select(count, name))[0]
    return found


def got(account: int, address: str, limit: int) -> list[Got]:
    """Newest first."""
    sent_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    query = _mails(account, address).select(Recipient.message, Recipient.copy, sent_at, _sharing())
    rows = tuples(query.order_by(Message.sent_at.desc()).limit(limit))
    return [Got(message, copy, at, sharing == 1) for message, copy, at, sharing in rows]


def _mails(account: int, address: str) -> Any:
    mine = (_of_account(account), lower_address == fn.LOWER(address))
    return Recipient.select().join(Message).where(*mine)


_signs = PreparedForMany(
    lambda ids: (
        Judgement.select(
            Judgement.message,
            Hit.copy,
            Hit.kind,
            fn.COUNT(Hit.id),
            fn.MIN(Hit.time),
            fn.MAX(Hit.time),
        )
        .join(Hit)
        .where(Judgement.message.in_(ids), Judgement.counted == True)  # noqa: E712  # SQL
        .group_by(Judgement.message, Hit.copy, Hit.kind)
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
    rows = tuples(query.order_by(*order).limit(limit + 1))
    more = ((rows[limit - 1][0],), rows[limit - 1][1]) if len(rows) > limit else None
    return views([message for _, message in rows[:limit]]), more


def erase(account: int, address: str, now: float) -> int:
    """How many messages this person was in."""
    return erase_recipient(Account.get_by_id(account), address, now)
