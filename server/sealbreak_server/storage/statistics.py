"""Numbers over many hits: of one message, and of all that an account sent since some time.

The overview begins at the messages of its time, which have an index; what was counted of each
has another. So its cost is bounded by what was sent in that time, not by what there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, Case, fn

from sealbreak_server.hits import Kind
from sealbreak_server.models import Hit, Judgement, Link, Message, OptOut
from sealbreak_server.storage.rows import tuples
from sealbreak_server.verdicts import Actor

QUARTER = 15 * 60
"""Seconds. Every time zone of today differs from UTC by a number of these."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Hits of a message that are alike."""

    kind: str
    copy: int
    link: int | None
    actor: str
    hits: int
    counted: int


def of_message(owner: str, message: str) -> list[Tally]:
    """Of all its hits, also where they are too many to be shown."""
    groups = (Hit.kind, Hit.copy, Hit.link, Judgement.actor)
    counted = fn.COUNT(fn.NULLIF(Judgement.counted, False))
    query = (
        Hit.select(*groups, fn.COUNT(Hit.id), counted)
        .join(Judgement)
        .where(Hit.message == message, Hit.owner == owner)
        .group_by(*groups)
    )
    return [Tally(*row) for row in tuples(query)]


@dataclass(frozen=True, slots=True)
class Span:
    """What became of the messages sent in a span of time."""

    number: int
    """Counted from the beginning, each as long as the others."""
    sent: int
    knowable: int
    """Of these an opening would be known, if the reader's program shows images."""
    opened: int
    linked: int
    """With links, among those that are knowable."""
    clicked: int


def spans(account: int, since: float, seconds: float) -> list[Span]:
    """Those in which something was sent. `seconds`: how long each is."""
    number = fn.FLOOR((Message.sent_at - since) / seconds)
    knowable, linked = _knowable(), _has_link()
    query = (
        Message.select(
            number.alias("span"),
            fn.COUNT(Message.id),
            _how_many(knowable),
            _how_many(knowable & (Message.opens > 0)),
            _how_many(knowable & linked),
            _how_many(knowable & linked & (Message.clicks > 0)),
        )
        .where(*_sent_since(account, since))
        .group_by(SQL("span"))
        .order_by(SQL("span"))
    )
    return [Span(int(at), *rest) for at, *rest in tuples(query)]


def _sent_since(account: int, since: float) -> tuple[Any, ...]:
    return (Message.account == account, Message.sent_at >= since)


def _how_many(condition: Any) -> Any:
    return fn.COUNT(Case(None, [(condition, 1)]))


def _knowable() -> Any:
    """Not: untracked mails, those whose reader opted out, those that only Apple's proxy loaded."""
    opted_out = OptOut.select(OptOut.copy).where(OptOut.message == Message.id)
    apple = Judgement.select(Judgement.hit).where(
        Judgement.message == Message.id,
        Judgement.counted == False,  # noqa: E712
        Judgement.actor == str(Actor.MACHINE),
        Judgement.via == "apple-mpp",
    )
    hidden = (Message.opens == 0) & (Message.machines > 0) & fn.EXISTS(apple)
    return (Message.level != "off") & ~fn.EXISTS(opted_out) & ~hidden


def _has_link() -> Any:
    return fn.EXISTS(Link.select(Link.n).where(Link.message == Message.id))


def waits(account: int, since: float, bounds: Sequence[float]) -> list[int]:
    """How many messages were first opened within each of `bounds`, in seconds, and later."""
    wait = Message.first_opened_at - fn.COALESCE(Message.scheduled_for, Message.sent_at)
    steps = [(wait < bound, at) for at, bound in enumerate(bounds)]
    query = (
        Message.select(Case(None, steps, len(bounds)).alias("step"), fn.COUNT(Message.id))
        .where(*_sent_since(account, since), Message.first_opened_at.is_null(False))
        .group_by(SQL("step"))
    )
    found = dict(tuples(query))
    return [found.get(at, 0) for at in range(len(bounds) + 1)]


def opens_by_quarter(account: int, since: float) -> list[tuple[int, int]]:
    """The number of the quarter of an hour since the epoch, and the opens in it."""
    quarter = fn.FLOOR(Hit.time / QUARTER)
    query = (
        _counted(account, since, Kind.OPEN, Message.opens)
        .select(quarter.alias("quarter"), fn.COUNT(Hit.id))
        .group_by(SQL("quarter"))
    )
    return [(int(at), count) for at, count in tuples(query)]


@dataclass(frozen=True, slots=True)
class FollowedLink:
    url: str
    clicks: int
    messages: int


def best_links(account: int, since: float, limit: int) -> list[FollowedLink]:
    clicks = fn.COUNT(Hit.id)
    query = (
        _counted(account, since, Kind.CLICK, Message.clicks)
        .join(Link, on=(Link.message == Message.id) & (Link.n == Hit.link))
        .select(Link.url, clicks, fn.COUNT(Message.id.distinct()))
        .group_by(Link.url)
        .order_by(clicks.desc(), Link.url)
        .limit(limit)
    )
    return [FollowedLink(*row) for row in tuples(query)]


def _counted(account: int, since: float, kind: Kind, times: Any) -> Any:
    """`times`: the field that says whether a message has any of this kind."""
    return (
        Message.select()
        .join(Judgement, on=Judgement.message == Message.id)
        .join(Hit, on=Judgement.hit == Hit.id)
        .where(
            *_sent_since(account, since),
            times > 0,
            Judgement.counted == True,  # noqa: E712
            Hit.kind == str(kind),
        )
    )
