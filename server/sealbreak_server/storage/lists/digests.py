"""The content of a daily digest: the events of a day, and messages that no reader is known of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from sealbreak_server.events.digest_sections import Sections, hits_of, messages_of, sections
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage.engine.statements import CachedListQuery, as_tuples
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.tables import ONLY_MACHINES, UNKNOWABLE, Event, Hit, Message
from sealbreak_server.storage.tables import Verdict as VerdictRow

MAX_EVENTS = 2000

_actors = CachedListQuery(
    lambda hits: VerdictRow.select(VerdictRow.hit, VerdictRow.actor).where(VerdictRow.hit.in_(hits))
)


def events_between(account: int, begin: float, end: float, limit: int) -> list[str]:
    """Bodies of events as JSON, oldest first."""
    query = (
        Event.select(Event.body)
        .where(
            _unindexed(Event.account) == account, Event.created_at >= begin, Event.created_at < end
        )
        .order_by(Event.created_at, Event.number)
        .limit(limit)
    )
    return [body for (body,) in as_tuples(query)]


def _unindexed(field: Any) -> Any:
    """Hides the index of the account, because the index of times finds fewer rows."""
    return field + 0


def actors(hits: Iterable[int]) -> dict[int, Actor]:
    """The actor of each hit by its current verdict, without hits that were deleted."""
    return {hit: Actor(actor) for hit, actor in _actors.rows(sorted(set(hits)))}


@dataclass(frozen=True, slots=True)
class DayDigest:
    sections: Sections
    messages: dict[str, MessageView]
    is_cut: bool
    """There were more events."""


def digest_between(account: int, begin: float, end: float) -> DayDigest:
    """What the account was told from `begin` to before `end`, for the page and the pop-up alike.

    Messages that were erased or did not leave are left out.
    """
    bodies = events_between(account, begin, end, MAX_EVENTS)
    events = [orjson.loads(body) for body in bodies]
    messages = found(account, messages_of(events))
    told = sections(events, actors(hits_of(events)), messages)
    return DayDigest(told, messages, len(bodies) == MAX_EVENTS)


def without_readers(account: int, begin: float, end: float, limit: int) -> list[MessageView]:
    """Messages that only machines loaded until now, Apple's proxy among them, in that time."""
    query = (
        Hit.select(Hit.message)
        .join(VerdictRow)
        .join(Message, on=Message.id == Hit.message)
        .where(
            Hit.time >= begin,
            Hit.time < end,
            VerdictRow.actor == str(Actor.MACHINE),
            _unindexed(Message.account) == account,
            (ONLY_MACHINES | UNKNOWABLE),
        )
        .distinct()
        .limit(limit)
    )
    return views([message for (message,) in as_tuples(query)])


def found(account: int, messages: Sequence[str]) -> dict[str, MessageView]:
    """The messages that still exist and have left."""
    mine = Message.select(Message.id).where(
        Message.account == account, Message.id.in_(messages), ~Message.withdrawn
    )
    return {view.id: view for view in views([message for (message,) in as_tuples(mine)])}
