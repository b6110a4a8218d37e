"""Classifies hits again by today's rules, as long as their address and headers are kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sealbreak_server.events.decide import Decision
from sealbreak_server.model.context import ClassifiedHit, Classify
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage.engine.statements import CachedQuery, as_tuples
from sealbreak_server.storage.hits.classifying import decide_on
from sealbreak_server.storage.hits.contexts import context_of
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import (
    NO_HEADERS,
    classified_hit_of,
    classified_hits,
    read_messages,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow

AT_ONCE = 200
"""Hits of one message in one transaction, for which a running server has to wait."""

_page = CachedQuery(
    lambda message, owner, time, number, some: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            (HitRow.time > time) | ((HitRow.time == time) & (HitRow.id > number)),
            (HitRow.headers != NO_HEADERS) | (HitRow.address != ""),
        )
        .order_by(HitRow.time, HitRow.id)
        .limit(some)
    )
)


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    old: Verdict
    new: Verdict


@dataclass(frozen=True, slots=True)
class Reclassified:
    """Some hits of a message."""

    message: str
    subject: str
    hits: int
    changes: tuple[Change, ...] = ()
    corrected: int = 0
    """Events that correct an earlier event."""
    told: int = 0
    """New events."""
    last: tuple[float, int] | None = None
    """Where the next hits begin; `None` at the end."""


def messages_with_evidence() -> list[str]:
    kept = (HitRow.headers != NO_HEADERS) | (HitRow.address != "")
    query = HitRow.select(HitRow.message).join(MessageRow, on=(MessageRow.id == HitRow.message))
    return [message for (message,) in as_tuples(query.where(kept).distinct())]


def reclassify(
    classify: Classify, message_id: str, now: float, begin: tuple[float, int], *, write: bool
) -> Reclassified:
    """The next hits of a message. Without `write`, only reports what would change."""
    message = read_messages([message_id]).get(message_id)
    if message is None:
        return Reclassified(message_id, "", 0)
    rows = _page.rows(message.id, message.owner, *begin, AT_ONCE)
    fresh = [*map(classified_hit_of, rows)]
    if not fresh:
        return Reclassified(message_id, message.subject, 0)
    context, decision = decide_on(classify, context_of(message, fresh), fresh, now, arrived=False)
    old = {record.number: record for record in context.classified_hits}
    if write:
        decision_writer = DecisionWriter(now)
        decision_writer.add(message, old, decision)
        decision_writer.write()
    more = (fresh[-1].hit.time, fresh[-1].number) if len(rows) == AT_ONCE else None
    return _reclassified(message, len(fresh), [*_changes(old, decision)], decision, more)


def _reclassified(
    message: Message,
    hits: int,
    changes: Sequence[Change],
    decision: Decision,
    last: tuple[float, int] | None,
) -> Reclassified:
    corrected = sum(event.kind == "corrected" for event in decision.events)
    told = len(decision.events) - corrected
    return Reclassified(message.id, message.subject, hits, tuple(changes), corrected, told, last)


def _changes(old: dict[int, ClassifiedHit], decision: Decision) -> Iterator[Change]:
    """Verdicts that differ; a newer version of the rules alone is no change."""
    for record in decision.classified_hits:
        before, after = old[record.number].verdict, record.verdict
        if before is not None and after is not None and _gist(before) != _gist(after):
            yield Change(record.hit.kind, before, after)


def _gist(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.actor, verdict.via, verdict.reason
