"""Statistics of the messages that an account sent in a span of days."""

from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from sealbreak_server.model.hit import Kind
from sealbreak_server.storage import totals
from sealbreak_server.storage.engine.statements import CachedQuery, as_tuples
from sealbreak_server.storage.tables import CLICKED, HitCount, Link, Message, Total

CLICKED_MAILS = 2000
"""The newest messages whose links are compared."""


@dataclass(frozen=True, slots=True)
class Span:
    """What happened to the messages sent in a span of time."""

    number: int
    """The number of the span, counted from 0. All spans have the same length."""
    sent: int
    knowable: int
    """Messages whose opens would be known if the reader's mail program shows images."""
    opened: int
    linked: int
    """Knowable messages with links."""
    clicked: int


@dataclass(frozen=True, slots=True)
class Days:
    """UTC, counted from the epoch."""

    first: int
    count: int


def spans(account: int, days: Days, parts: int) -> list[Span]:
    """Divides the days into `parts` of nearly equal length; only those with sent messages."""
    names = (totals.SENT, totals.KNOWABLE, totals.OPENED, totals.LINKED, totals.CLICKED)
    part = (Total.at - days.first) * parts / days.count
    query = (
        _of_days(account, days, names)
        .select(part.alias("part"), Total.name, fn.SUM(Total.count))
        .group_by(SQL("part"), Total.name)
    )
    found: dict[int, dict[str, int]] = {}
    for at, name, count in as_tuples(query):
        found.setdefault(at, {})[name] = int(count)
    return [
        Span(at, *(found[at].get(name, 0) for name in names))
        for at in sorted(found)
        if found[at].get(totals.SENT)
    ]


def _of_days(account: int, days: Days, names: tuple[str, ...]) -> Any:
    return Total.select().where(
        Total.account == account,
        Total.name.in_(names),
        Total.at >= days.first,
        Total.at < days.first + days.count,
    )


def waits(account: int, days: Days) -> list[int]:
    """How many messages were first opened within each of `totals.WAITS`, and later."""
    query = _of_days(account, days, totals.FIRST_OPENS).select(Total.name, fn.SUM(Total.count))
    found = dict(as_tuples(query.group_by(Total.name)))
    return [int(found.get(name, 0)) for name in totals.FIRST_OPENS]


_opens = CachedQuery(
    lambda account, name, first, end: Total.select(Total.at, Total.count).where(
        Total.account == account, Total.name == name, Total.at >= first, Total.at < end
    )
)


def opens_by_quarter(account: int, days: Days) -> list[tuple[int, int]]:
    """The number of the quarter of an hour since the epoch, and the opens in it."""
    each = totals.DAY // totals.QUARTER
    first, end = days.first * each, (days.first + days.count) * each
    return [(at, count) for at, count in _opens.rows(account, totals.OPENS, first, end) if count]


@dataclass(frozen=True, slots=True)
class FollowedLink:
    url: str
    clicks: int
    messages: int


def best_links(account: int, days: Days, limit: int) -> list[FollowedLink]:
    """Among the newest `CLICKED_MAILS` messages with clicks."""
    clicked = (
        Message.select(Message.id)
        .where(
            Message.account == account,
            Message.sent_at >= days.first * totals.DAY,
            CLICKED,
        )
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(CLICKED_MAILS)
    )
    clicks = fn.SUM(HitCount.counted)
    query = (
        HitCount.select(Link.url, clicks, fn.COUNT(HitCount.message.distinct()))
        .join(Link, on=(Link.message == HitCount.message) & (Link.n == HitCount.link))
        .where(
            HitCount.message.in_(clicked), HitCount.kind == str(Kind.CLICK), HitCount.counted > 0
        )
        .group_by(Link.url)
        .order_by(clicks.desc(), Link.url)
        .limit(limit)
    )
    return [FollowedLink(url, int(count), mails) for url, count, mails in as_tuples(query)]
