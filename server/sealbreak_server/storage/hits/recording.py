"""Records hits: a batch from memory, or batches from the spool."""

from collections.abc import Mapping, Sequence

from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SETTLE_SECONDS,
    ClassifiedHit,
    Classify,
)
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import (
    CachedListQuery,
    CachedQuery,
    insert_rows,
)
from sealbreak_server.storage.hits.classifying import add_decision
from sealbreak_server.storage.hits.commits import CommitResult, next_due
from sealbreak_server.storage.hits.contexts import NO_NUMBER, Group, hit_contexts, in_order
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import hit_row
from sealbreak_server.storage.hits.unsettled import (
    SETTLED_AT_ONCE,
    classify_later,
    doubt,
    groups_of,
)
from sealbreak_server.storage.tables import Counter, IngestedBatch
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow

_hit_numbers = CachedQuery(
    lambda more: (
        Counter.update({Counter.value: Counter.value + more})
        .where(Counter.name == "hit")
        .returning(Counter.value)
    )
)
_untracked = CachedListQuery(
    lambda ids: MessageRow.select(MessageRow.id).where(
        MessageRow.id.in_(ids), MessageRow.level == "off"
    )
)
_taken = CachedListQuery(
    lambda ids: IngestedBatch.select(IngestedBatch.id).where(IngestedBatch.id.in_(ids))
)
_renamed = CachedQuery(
    lambda name, now, last: (
        IngestedBatch.update({IngestedBatch.id: name, IngestedBatch.taken_at: now})
        .where(IngestedBatch.id == last)
        .returning(IngestedBatch.id)
    )
)


def record_hits(classify: Classify, hits: Sequence[Hit], now: float) -> CommitResult:
    fresh = _numbered(wanted(hits))
    insert_rows(HitRow, [hit_row(record.number, record.hit) for record in fresh])
    return CommitResult(_classify_fresh(classify, fresh, now), next_due(now))


def record_batch(
    classify: Classify, name: str, last: str, hits: Sequence[Hit], now: float
) -> CommitResult:
    """As `record_hits`, and stores the batch's name. If the commit gets no answer, the hits are
    spooled, and the name shows that they are recorded already.

    `last`: the batch before, which is certainly committed, so its row is used again.
    """
    if not last or not _renamed.rows(name, now, last):
        insert_rows(IngestedBatch, [(name, now)])
    return record_hits(classify, hits, now)


def take_in(classify: Classify, batches: Mapping[str, Sequence[Hit]], now: float) -> CommitResult:
    """Records batches of the spool by their ids, except those that were recorded before."""
    known = {batch for (batch,) in _taken.rows(list(batches))}
    fresh = [batch for batch in batches if batch not in known]
    insert_rows(IngestedBatch, [(batch, now) for batch in fresh])
    return record_hits(classify, [hit for batch in fresh for hit in batches[batch]], now)


def _classify_fresh(
    classify: Classify, fresh: Sequence[ClassifiedHit], now: float
) -> frozenset[str]:
    """The owners that get events."""
    if not fresh:
        return frozenset()
    decision_writer, owners, late = DecisionWriter(now), set(), []
    groups = [*groups_of(fresh)]
    some = [_bounded(group, now) for group in groups]
    below = fresh[0].number if some == groups else NO_NUMBER
    for group, context in hit_contexts(some, below):
        message = group.message
        if add_decision(classify, context, group.fresh, now, decision_writer, arrived=True):
            owners.add(message.owner)
        loads = [record.hit.time for record in group.fresh if record.hit.kind is Kind.OPEN]
        if loads and min(loads) < now - SETTLE_SECONDS:
            late.append((message, min(loads), max(loads)))
    decision_writer.write()
    for message, first, last in late:
        owners |= classify_later(classify, message, now, first, last).owners
    return frozenset(owners)


def _bounded(group: Group, now: float) -> Group:
    """Takes only the first hits of a burst on one message. The others wait, not other work."""
    if len(group.fresh) <= SETTLED_AT_ONCE:
        return group
    ordered = in_order(group.fresh)
    first, last = ordered[0].hit.time, ordered[-1].hit.time
    doubt(group.message.id, now, first - CONTEXT_SECONDS, last + CONTEXT_SECONDS)
    return Group(group.message, ordered[:SETTLED_AT_ONCE])


def wanted(hits: Sequence[Hit]) -> list[Hit]:
    """Leaves out hits of readers who opted out or were erased, and of messages that are erased or
    not tracked."""
    ids = list({hit.message for hit in hits})
    gone = tombstones.opted_out(ids) | tombstones.copies_without_readers(ids)
    off = {message for (message,) in _untracked.rows(ids)} | tombstones.erased_among(ids)
    return [hit for hit in hits if hit.message not in off and (hit.message, hit.copy) not in gone]


def _numbered(hits: Sequence[Hit]) -> list[ClassifiedHit]:
    if not hits:
        return []
    first = _hit_numbers.rows(len(hits))[0][0] - len(hits) + 1
    return [ClassifiedHit(first + at, hit) for at, hit in enumerate(hits)]
