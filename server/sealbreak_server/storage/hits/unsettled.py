"""Classifies again: hits that wait, and hits whose context changed."""

from collections.abc import Sequence

from peewee import fn

from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SETTLE_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
)
from sealbreak_server.model.message import Message
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import (
    CachedListQuery,
    CachedQuery,
    as_tuples,
)
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.classifying import add_decision
from sealbreak_server.storage.hits.commits import (
    CLOCKS_SECONDS,
    LONGEST_WAIT,
    CommitResult,
    _first_due,
    next_due,
)
from sealbreak_server.storage.hits.contexts import Group, hit_contexts
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import (
    classified_hit_of,
    classified_hits,
    read_messages,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import SenderView
from sealbreak_server.storage.tables import Verdict as VerdictRow

LOOKED_AT_SECONDS = 60
SETTLED_AT_ONCE = 50
WAITING_LIMIT = 1000
_put_view = CachedQuery(
    lambda message, time: SenderView.insert(message=message, time=time).on_conflict_ignore()
)
_recent = CachedQuery(
    lambda message, owner, since: (
        classified_hits()
        .where(HitRow.message == message, HitRow.owner == owner, HitRow.time >= since)
        .order_by(HitRow.time.desc())
        .limit(WAITING_LIMIT)
    )
)
_undecided = CachedQuery(
    lambda message: (
        VerdictRow.select(VerdictRow.hit)
        .where(
            # Few hits of the whole table wait. The expression keeps both databases from reading all
            # hits of the message.
            fn.COALESCE(VerdictRow.message, "") == message,
            VerdictRow.due.is_null(False),
        )
        .order_by(VerdictRow.due.desc())
        .limit(WAITING_LIMIT)
    )
)
_numbered_so = CachedListQuery(lambda numbers: classified_hits().where(HitRow.id.in_(numbers)))
_unclassified = CachedQuery(
    lambda message, owner: (
        classified_hits()
        .join_from(HitRow, MessageRow, on=MessageRow.id == HitRow.message)
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.time <= MessageRow.registered_at + CLOCKS_SECONDS,
            VerdictRow.hit.is_null(),
        )
        .order_by(HitRow.time.desc())
        .limit(WAITING_LIMIT)
    )
)
_overdue = CachedQuery(
    lambda now, some: (
        VerdictRow.select(VerdictRow.message)
        .where(VerdictRow.due <= now)
        .order_by(VerdictRow.due)
        .limit(some)
    )
)


def classify_older(
    classify: Classify, message: Message, now: float, *, since: float
) -> CommitResult:
    """Classifies the hits of the thread's older messages again: late hits may explain them."""
    older = threads.older(message)
    return (
        reclassify(classify, older, now, since=since - THREAD_SECONDS) if older else CommitResult()
    )


def settle(classify: Classify, now: float) -> CommitResult:
    """Classifies some of the hits that are due, and emits their events."""
    first, then = _first_due(), now
    if first is not None and first > now + LONGEST_WAIT:
        then = first  # by the clock that set it
    overdue = {message for (message,) in _overdue.rows(then, SETTLED_AT_ONCE)}
    return CommitResult(reclassify(classify, list(overdue), then).owners, next_due(now))


def note_views(
    classify: Classify,
    account: int,
    messages: Sequence[str],
    now: float,
    issued: Sequence[str] = (),
) -> CommitResult:
    """`issued`: IDs that belong to this account, even if they are not registered yet."""
    known = MessageRow.select(MessageRow.id, MessageRow.account).where(
        MessageRow.id.in_([*messages, *issued])
    )
    owners = dict(as_tuples(known))
    mine = [message for message, owner in owners.items() if owner == account]
    coming = set(issued) - set(owners) - tombstones.erased_among(issued)
    _put_view.run_many((message, now) for message in (*mine, *coming))
    return reclassify(classify, mine, now, since=now - LOOKED_AT_SECONDS)


def reclassify(
    classify: Classify, messages: Sequence[str], now: float, *, since: float | None = None
) -> CommitResult:
    """Classifies the newest hits of these messages again, and those that wait."""
    decision_writer, owners = DecisionWriter(now), set()
    groups = (
        Group.of(message, waiting)
        for message in read_messages(messages).values()
        if (waiting := _waiting(message, now, since))
    )
    for group, context in hit_contexts(groups, now):
        if add_decision(classify, context, context.classified_hits, now, decision_writer):
            owners.add(group.message.owner)
    decision_writer.write()
    return CommitResult(frozenset(owners), next_due(now))


def _waiting(message: Message, now: float, since: float | None) -> list[ClassifiedHit]:
    """Three queries that each use an index; one query would read all hits of a message."""
    undecided = [number for (number,) in _undecided.rows(message.id)]
    recent = now - CONTEXT_SECONDS - SETTLE_SECONDS if since is None else since
    rows = [
        *_recent.rows(message.id, message.owner, recent),
        *_numbered_so.rows(undecided),
        *_unclassified.rows(message.id, message.owner),
    ]
    found = {record.number: record for record in map(classified_hit_of, rows)}
    newest = sorted(found.values(), key=lambda one: one.hit.time, reverse=True)
    return newest[:WAITING_LIMIT]
