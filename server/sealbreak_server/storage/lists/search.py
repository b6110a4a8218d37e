"""Lists of messages: filters, orders, pages, and counts.

Each page reads a bounded number of rows. Each order has an index of its own, and so has each filter
in the order of sending, so a page is read from its start. A text, two filters, or a filter that
many messages pass in another order, has no index: a page then reads `LOOKED_THROUGH` messages and
tells where the next page continues.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import SQL, Tuple, fn

from sealbreak_server.model.folding import fold
from sealbreak_server.storage import totals
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.tables import (
    ACTIVITY,
    CLICKED,
    ONLY_MACHINES,
    OPENED,
    OWN,
    UNCLEAR,
    UNKNOWABLE,
    UNREAD,
    Link,
    Message,
    MutedMessage,
    Total,
)

LOOKED_THROUGH = 10_000
"""Maximum messages that are read for one page."""
FEW = 1000
"""Up to this many messages are sorted; with more, reading along an index is faster."""
Place = tuple[tuple[float, ...], str]
"""Where a page begins: the sort key and the id of the message before."""


class Show(StrEnum):
    ALL = "all"
    OPENED = "opened"
    NOT_OPENED = "not-opened"
    CLICKED = "clicked"
    MACHINES = "only-machines"
    UNKNOWABLE = "unknowable"
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
    threads: tuple[str, ...] = ()
    """Only messages of these Gmail threads, if there are any."""
    sent_from: str = ""
    """Only messages that were sent from this Gmail account, as it was registered."""


@dataclass(frozen=True, slots=True)
class Page:
    found: list[MessageView]
    next: Place | None
    """Where the next page begins; `None` after the last."""
    is_full: bool
    """False when reading stopped before the page was full, also at the end of the list."""


@dataclass(frozen=True, slots=True)
class Count:
    number: int
    more: bool
    """There are more, or there may be more."""


_KEYS: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: (Message.sent_at,),
    Order.ACTIVITY: (ACTIVITY,),
    Order.OPENS: (Message.opens, Message.sent_at),
}
_INDEXED: dict[Show, SQL] = {
    Show.OPENED: OPENED,
    Show.NOT_OPENED: UNREAD,
    Show.CLICKED: CLICKED,
    Show.MACHINES: ONLY_MACHINES,
    Show.UNKNOWABLE: UNKNOWABLE,
    Show.UNCLEAR: UNCLEAR,
    Show.OWN: OWN,
}
"""Filters with an index of their own, newest first."""
_MUTED = Message.id.in_(MutedMessage.select(MutedMessage.message))


def keys_of(wanted: Wanted) -> int:
    """How many numbers a place in this order has."""
    return len(_KEYS[_order(wanted)])


def _order(wanted: Wanted) -> Order:
    """Unopened messages have the same number of opens, so they are ordered by time."""
    never = wanted.show in {Show.NOT_OPENED, Show.MACHINES, Show.UNKNOWABLE}
    return Order.NEWEST if never and wanted.order is Order.OPENS else wanted.order


def page(account: int, limit: int, wanted: Wanted, after: Place | None = None) -> Page:
    rows = _few(account, wanted)
    if rows is None:
        return _walked(account, limit, wanted, after)
    rest = [row for row in rows if after is None or row < (*after[0], after[1])]
    return _page(sorted(rest, reverse=True), limit, None)


def _few(account: int, wanted: Wanted) -> list[tuple[Any, ...]] | None:
    """All messages that pass the filters, if they are few and no index has this order."""
    picked, tried = _picked(wanted), _tried(wanted)
    if not picked or (_along(wanted) and not tried):
        return None
    query = _keys(_order(wanted)).where(_account(wanted) == account, *picked)
    if wanted.show in _INDEXED and not (wanted.threads or wanted.sent_from):
        query = query.order_by(Message.sent_at.desc(), Message.id.desc())  # the order of the index
    rows = as_tuples(query.limit(FEW + 1))
    if len(rows) > FEW:
        return None
    more = [*tried, *_holding(wanted.text)]
    return as_tuples(query.where(*more)) if more else rows


def _picked(wanted: Wanted) -> list[Any]:
    """The filter whose index finds the messages; the others are tried on what it finds."""
    if wanted.threads:
        return [Message.gmail_thread_id.in_(wanted.threads)]
    if wanted.sent_from:
        return [Message.gmail_account == wanted.sent_from]
    return _shown(wanted.show)


def _tried(wanted: Wanted) -> list[Any]:
    """Compared with a value, which hides that there is an index."""
    others = _shown(wanted.show) if wanted.threads or wanted.sent_from else []
    if wanted.threads and wanted.sent_from:
        others.append(Message.gmail_account == wanted.sent_from)
    return [one == True for one in others]  # noqa: E712  # of SQL


def _shown(show: Show) -> list[Any]:
    if show is Show.MUTED:
        return [_MUTED]
    return [_INDEXED[show]] if show in _INDEXED else []


def _along(wanted: Wanted) -> bool:
    """The index of the filter has the order, too."""
    if _order(wanted) is not Order.NEWEST or wanted.threads:
        return False
    return bool(wanted.sent_from) or wanted.show in _INDEXED


def _account(wanted: Wanted) -> Any:
    """Muted messages are found by id; an index that begins with the account would hide that."""
    is_by_id = wanted.show is Show.MUTED and not (wanted.threads or wanted.sent_from)
    return Message.account + 0 if is_by_id else Message.account


def _holding(text: str) -> list[Any]:
    if not text:
        return []
    linked = Link.select(Link.n).where(Link.message == Message.id, Link.url.contains(text))
    return [Message.people.contains(fold(text)) | fn.EXISTS(linked)]


def _keys(order: Order) -> Any:
    return Message.select(*_KEYS[order], Message.id)


def _walked(account: int, limit: int, wanted: Wanted, after: Place | None) -> Page:
    """Along the index of the order, up to the limit of a page."""
    order, tried = _order(wanted), [*_holding(wanted.text), *_tried(wanted)]
    query = _keys(order).where(Message.account == account)
    if _along(wanted):
        query = query.where(*_picked(wanted))
    else:
        tried += [picked == True for picked in _picked(wanted)]  # noqa: E712  # hides an index
    if after is not None:
        query = query.where(*_compared(order, operator.lt, (*after[0], after[1])))
    query = query.order_by(*(key.desc() for key in (*_KEYS[order], Message.id)))
    end = as_tuples(query.offset(LOOKED_THROUGH - 1).limit(1)) if tried else []
    if end:
        query = query.where(*_compared(order, operator.ge, end[0]))
    return _page(as_tuples(query.where(*tried).limit(limit + 1)), limit, end[0] if end else None)


def _compared(order: Order, compare: Callable[[Any, Any], Any], place: tuple[Any, ...]) -> Any:
    yield compare(Tuple(*_KEYS[order], Message.id), Tuple(*place))
    if order is Order.ACTIVITY:
        # SQLite uses an index of expressions for a single value, but not for a row of values.
        wider = operator.le if compare is operator.lt else compare
        yield wider(ACTIVITY, place[0])


def _page(rows: list[tuple[Any, ...]], limit: int, end: tuple[Any, ...] | None) -> Page:
    found = views([row[-1] for row in rows[:limit]])
    last = rows[limit - 1] if len(rows) > limit else end
    return Page(found, last and (last[:-1], last[-1]), len(rows) > limit)


def counts(account: int, text: str, sent_from: str = "") -> dict[Show, Count]:
    """For the messages that contain the text and were sent from this Gmail account."""
    if text or sent_from:
        return _counts_of(account, Wanted(text, sent_from=sent_from))
    query = Total.select(Total.name, Total.count)
    kept = query.where(Total.account == account, Total.name.in_(totals.LISTS), Total.at == 0)
    found = dict(as_tuples(kept))
    return {
        show: Count(found.get(name, 0), more=False)
        for show, name in zip(Show, totals.LISTS, strict=True)
    }


def _counts_of(account: int, wanted: Wanted) -> dict[Show, Count]:
    """Among the newest messages, if reading all of them would take too long."""
    keys = (Message.sent_at, Message.id)
    newest = Message.select(*keys).where(Message.account == account, *_picked(wanted))
    newest = newest.order_by(*(key.desc() for key in keys))
    end = as_tuples(newest.offset(LOOKED_THROUGH).limit(1))
    query = newest.select(SQL("1"), *_INDEXED.values(), _MUTED).where(*_holding(wanted.text))
    if end:
        query = query.where(Tuple(*keys) > Tuple(*end[0]))
    rows = as_tuples(query.limit(FEW))
    more = bool(end) or len(rows) == FEW
    columns = zip(*rows, strict=True) if rows else [()] * len(Show)
    return {
        show: Count(sum(map(bool, column)), more)
        for show, column in zip(Show, columns, strict=True)
    }
