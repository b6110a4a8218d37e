"""Messages that share a Gmail thread: showing one can load the pixels of the others."""

from collections.abc import Iterable
from typing import Any

from peewee import Field

from sealbreak_server.model.context import THREAD_SECONDS
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.storage.engine.statements import CachedQuery
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow

THREAD_LIMIT = 100
"""Only the newest messages of a long thread are considered."""
LOADS_LIMIT = 1000
"""The newest loads of a message of the thread that are considered."""


def _with(account: Any, field: Field, value: Any) -> Any:
    return MessageRow.select(MessageRow.id).where(MessageRow.account == account, field == value)


_others = CachedQuery(
    lambda account, thread, gmail_thread, message: (
        MessageRow.select(MessageRow.id, MessageRow.scheduled_for, MessageRow.sent_at)
        .where(
            # Each by its own index: with OR, SQLite walks through all mails of the account.
            MessageRow.id.in_(
                _with(account, MessageRow.thread_id, thread)
                | _with(account, MessageRow.gmail_thread_id, gmail_thread)
            ),
            MessageRow.id != message,
        )
        .order_by(MessageRow.sent_at.desc())
        .limit(THREAD_LIMIT)
    )
)
_loads = CachedQuery(
    lambda message, kind, since, until: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time <= until,
        )
        .order_by(HitRow.time.desc())
        .limit(LOADS_LIMIT)
    )
)


def _sent(message: Message) -> dict[str, float]:
    """The other messages of its thread, and when they were sent."""
    if message.thread_id is None and message.gmail_thread_id is None:
        return {}
    rows = _others.rows(message.account, message.thread_id, message.gmail_thread_id, message.id)
    return {message_id: scheduled or sent for message_id, scheduled, sent in rows}


def newer(message: Message) -> dict[str, float]:
    """The messages of its thread that were sent after it, and when."""
    return {
        message_id: sent for message_id, sent in _sent(message).items() if sent > message.sent_at
    }


def older(message: Message) -> list[str]:
    return [message_id for message_id, sent in _sent(message).items() if sent < message.sent_at]


def loads(
    messages: Iterable[str], owner: str, spans: Iterable[tuple[float, float]]
) -> tuple[Hit, ...]:
    """Requests for their pixels between these times, and a few seconds around them."""
    kind = str(Kind.OPEN)
    asked = [
        (message, kind, since - THREAD_SECONDS, until + THREAD_SECONDS)
        for since, until in spans
        for message in messages
    ]
    found = {classified_hit_of(row).hit for row in _loads.rows_of_each(asked)}
    return tuple(hit for hit in found if hit.owner == owner)
