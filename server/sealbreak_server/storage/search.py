"""Lists of messages: what is looked for, in which order, page by page, and how many there are.

Every order has an index of its own that begins with the account, so a page is read from where it
begins; filters are tried on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import Tuple, fn

from sealbreak_server.models import ACTIVITY, Judgement, Link, Message, MutedMessage
from sealbreak_server.storage.messages import MessageView, views
from sealbreak_server.storage.rows import tuples
from sealbreak_server.verdicts import Actor

Place = tuple[tuple[float, ...], str]
"""Where a page begins: what the order is by, and the id of the message before."""


class Show(StrEnum):
    ALL = "all"
    OPENED = "opened"
    NOT_OPENED = "not-opened"
    CLICKED = "clicked"
    MACHINES = "only-machines"
    UNCLEAR = "unclear"
    OWN = "own"
    MUTED = "muted"


class Order(StrEnum):
    NEWEST = "newest"
    ACTIVITY = "activity"
    OPENS = "opens"


@dataclass(frozen=True, slots=True)
class Wanted:
    text: str = ""
    """In a subject, a recipient or a link."""
    show: Show = Show.ALL
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Counts:
    """Of the messages that hold the text."""

    all: int
    opened: int
    clicked: int
    machines: int

    def of(self, show: Show) -> int | None:
        """`None` where counting would read too much."""
        known = {
            Show.ALL: self.all,
            Show.OPENED: self.opened,
            Show.NOT_OPENED: self.all - self.opened,
            Show.CLICKED: self.clicked,
            Show.MACHINES: self.machines,
        }
        return known.get(show)


_KEYS: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: (Message.sent_at,),
    Order.ACTIVITY: (ACTIVITY,),
    Order.OPENS: (Message.opens, Message.sent_at),
}
_ONLY_MACHINES = (Message.opens == 0) & (Message.clicks == 0) & (Message.machines > 0)


def _has_hit_by(actor: Actor) -> Any:
    """One that is no reader's: those are never counted, and the index of judgements says so."""
    mine = (Judgement.message == Message.id) & (Judgement.actor == str(actor))
    uncounted = Judgement.counted == False  # noqa: E712
    return fn.EXISTS(Judgement.select(Judgement.hit).where(mine, uncounted))


_FILTERS: dict[Show, Callable[[], Any]] = {
    Show.OPENED: lambda: Message.opens > 0,
    Show.NOT_OPENED: lambda: Message.opens == 0,
    Show.CLICKED: lambda: Message.clicks > 0,
    Show.MACHINES: lambda: _ONLY_MACHINES,
    Show.UNCLEAR: lambda: _has_hit_by(Actor.UNKNOWN),
    Show.OWN: lambda: _has_hit_by(Actor.SENDER),
    Show.MUTED: lambda: fn.EXISTS(
        MutedMessage.select(MutedMessage.message).where(MutedMessage.message == Message.id)
    ),
}


def keys_of(order: Order) -> int:
    """How many numbers a place in this order has."""
    return len(_KEYS[order])


def page(
    account: int, limit: int, wanted: Wanted, after: Place | None = None
) -> tuple[list[MessageView], Place | None]:
    """The second value is where the next page begins."""
    keys = (*_KEYS[wanted.order], Message.id)
    query = Message.select(*keys).where(*_conditions(account, wanted))
    if wanted.show in _FILTERS:
        query = query.where(_FILTERS[wanted.show]())
    if after is not None:
        numbers, message = after
        query = query.where(Tuple(*keys) < Tuple(*numbers, message))
    rows = tuples(query.order_by(*(key.desc() for key in keys)).limit(limit + 1))
    found = views([row[-1] for row in rows[:limit]])
    return found, _place(rows[limit - 1]) if len(rows) > limit else None


def _place(row: tuple[Any, ...]) -> Place:
    return row[:-1], row[-1]


def counts(account: int, text: str) -> Counts:
    query = Message.select(
        fn.COUNT(Message.id),
        _count_of(Message.opens > 0),
        _count_of(Message.clicks > 0),
        _count_of(_ONLY_MACHINES),
    ).where(*_conditions(account, Wanted(text)))
    return Counts(*tuples(query)[0])


def _count_of(condition: Any) -> Any:
    return fn.COUNT(fn.NULLIF(condition, False))


def _conditions(account: int, wanted: Wanted) -> list[Any]:
    mine = [Message.account == account]
    if wanted.text:
        text = wanted.text.lower()
        linked = Link.select(Link.n).where(Link.message == Message.id, Link.url.contains(text))
        mine.append(Message.people.contains(text) | fn.EXISTS(linked))
    return mine
