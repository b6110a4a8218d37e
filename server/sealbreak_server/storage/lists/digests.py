"""The content of a daily digest: the events of a day, and messages with automated requests only."""

from collections.abc import Iterable, Sequence
from typing import Any

from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage.engine.statements import CachedListQuery, as_tuples
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.tables import Event, Hit, Message
from sealbreak_server.storage.tables import Verdict as VerdictRow

_actors = CachedListQuery(
    lambda hits: VerdictRow.select(VerdictRow.hit, VerdictRow.actor).where(VerdictRow.hit.in_(hits))
)


def events_between(account: int, begin: float, end: float, limit: int) -> list[str]:
    """Bodies of events as JSON, oldest first."""
    query = (
        Event.select(Event.body)
        .where(
            _unindexed(Event.account) == account, Event.created_at > begin, Event.created_at <= end
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


def only_machines(account: int, begin: float, end: float, limit: int) -> list[MessageView]:
    """Messages with automated requests in that time that nobody has read until now."""
    query = (
        Hit.select(Hit.message)
        .join(VerdictRow)
        .join(Message, on=Message.id == Hit.message)
        .where(
            Hit.time > begin,
            Hit.time <= end,
            VerdictRow.actor == str(Actor.MACHINE),
            _unindexed(Message.account) == account,
            Message.opens == 0,
            Message.clicks == 0,
            ~Message.withdrawn,
        )
        .distinct()
        .limit(limit)
    )
    return views([message for (message,) in as_tuples(query)])


def found(account: int, messages: Sequence[str]) -> dict[str, MessageView]:
    """The messages that still exist."""
    mine = Message.select(Message.id).where(Message.account == account, Message.id.in_(messages))
    return {view.id: view for view in views([message for (message,) in as_tuples(mine)])}
