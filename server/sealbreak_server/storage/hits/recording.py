"""What the writer does: take hits in, judge them and their company, tell the account."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from peewee import fn

from sealbreak_server.classification.context import classify_context
from sealbreak_server.events.decide import Decision, decide, missing_opens
from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SETTLE_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
    HitContext,
)
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.storage.engine.statements import (
    CachedListQuery,
    CachedQuery,
    as_tuples,
    insert_rows,
)
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.contexts import Group, hit_contexts
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import (
    classified_hit_of,
    classified_hits,
    hit_row,
    read_messages,
)
from sealbreak_server.storage.tables import Counter, IngestedBatch, OptOut, SenderView
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

OPENS_LIMIT = 200
LOOKED_AT_SECONDS = 60
SETTLED_AT_ONCE = 50
WAITING_LIMIT = 1000
CLOCKS_SECONDS = 60
"""Of two servers may differ so much. A hit after the registration has been judged."""
LONGEST_WAIT = SETTLE_SECONDS + CLOCKS_SECONDS
"""Seconds that a verdict may wait for company."""


_hit_numbers = CachedQuery(
    lambda more: (
        Counter.update({Counter.value: Counter.value + more})
        .where(Counter.name == "hit")
        .returning(Counter.value)
    )
)
_opens = CachedQuery(
    lambda message, owner, copy, kind, since, until: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.copy_number == copy,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time <= until,
        )
        .order_by(HitRow.time.desc())
        .limit(OPENS_LIMIT)
    )
)
_opted_out = CachedListQuery(
    lambda ids: OptOut.select(OptOut.message, OptOut.copy_number).where(OptOut.message.in_(ids))
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
            # Few wait in the whole table: neither database is to look through a message for them.
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
_due = CachedQuery(
    lambda: VerdictRow.select(fn.MIN(VerdictRow.due)).where(VerdictRow.due.is_null(False))
)


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a transaction brought: whom to wake and when to look again."""

    owners: frozenset[str] = field(default_factory=frozenset)
    due: float | None = None


def record_hits(classify: Classify, hits: Sequence[Hit], now: float) -> CommitResult:
    fresh = _numbered(_wanted(hits))
    insert_rows(HitRow, [hit_row(record.number, record.hit) for record in fresh])
    return CommitResult(_classify_fresh(classify, fresh, now), next_due(now))


def record_batch(
    classify: Classify, name: str, last: str, hits: Sequence[Hit], now: float
) -> CommitResult:
    """As `record_hits`, and leaves the batch's name, in case that its commit stays unanswered and
    its hits are spooled. `last`: the batch before, which is safe and leaves its row to this one.
    """
    if not last or not _renamed.rows(name, now, last):
        insert_rows(IngestedBatch, [(name, now)])
    return record_hits(classify, hits, now)


def take_in(classify: Classify, batches: Mapping[str, Sequence[Hit]], now: float) -> CommitResult:
    """Lines of the spool by their ids. One that was taken in before is left."""
    known = {batch for (batch,) in _taken.rows(list(batches))}
    fresh = [batch for batch in batches if batch not in known]
    insert_rows(IngestedBatch, [(batch, now) for batch in fresh])
    return record_hits(classify, [hit for batch in fresh for hit in batches[batch]], now)


def _classify_fresh(
    classify: Classify, fresh: Sequence[ClassifiedHit], now: float
) -> frozenset[str]:
    """The owners that are told something."""
    if not fresh:
        return frozenset()
    ledger, owners, late = DecisionWriter(now), set(), []
    for group, context in hit_contexts(_groups(fresh), now, below=fresh[0].number):
        message = group.message
        if _classify(classify, context, group.fresh, now, ledger):
            owners.add(message.owner)
        loaded = [record.hit.time for record in group.fresh if record.hit.kind is Kind.OPEN]
        if loaded and min(loaded) < now - SETTLE_SECONDS:
            late.append((message, min(loaded)))
    ledger.write()
    for message, time in late:
        owners |= classify_older(classify, message, now, since=time).owners
    return frozenset(owners)


def classify_older(
    classify: Classify, message: Message, now: float, *, since: float
) -> CommitResult:
    """The older messages of its thread, when what they waited for comes late."""
    older = threads.older(message)
    return (
        reclassify(classify, older, now, since=since - THREAD_SECONDS) if older else CommitResult()
    )


def _wanted(hits: Sequence[Hit]) -> list[Hit]:
    """Without those of readers who opted out and of mails that are not tracked."""
    ids = list({hit.message for hit in hits})
    gone = set(_opted_out.rows(ids))
    off = {message for (message,) in _untracked.rows(ids)}
    return [hit for hit in hits if hit.message not in off and (hit.message, hit.copy) not in gone]


def _numbered(hits: Sequence[Hit]) -> list[ClassifiedHit]:
    if not hits:
        return []
    first = _hit_numbers.rows(len(hits))[0][0] - len(hits) + 1
    return [ClassifiedHit(first + at, hit) for at, hit in enumerate(hits)]


def _groups(fresh: Iterable[ClassifiedHit]) -> Iterator[Group]:
    """Hits of registered messages, but of none that is another owner's."""
    found: dict[str, list[ClassifiedHit]] = {}
    for record in fresh:
        found.setdefault(record.hit.message, []).append(record)
    for message_id, message in read_messages(found).items():
        mine = [record for record in found[message_id] if record.hit.owner == message.owner]
        if mine:
            yield Group.of(message, mine)


def _classify(
    classify: Classify,
    context: HitContext,
    fresh: Iterable[ClassifiedHit],
    now: float,
    ledger: DecisionWriter,
) -> bool:
    """True when the account is told something."""
    context, decision = decide_on(classify, context, fresh, now)
    ledger.add(
        context.message, {record.number: record for record in context.classified_hits}, decision
    )
    return bool(decision.events)


def decide_on(
    classify: Classify, context: HitContext, fresh: Iterable[ClassifiedHit], now: float
) -> tuple[HitContext, Decision]:
    """What follows from `fresh`, and the company that it rests on; nothing is written."""
    verdicts = classify_context(classify, context, {record.number for record in fresh})
    context = _with_missing_opens(context, verdicts)
    return context, decide(context, verdicts, now)


def _with_missing_opens(context: HitContext, verdicts: Mapping[int, Verdict]) -> HitContext:
    """Which open counts depends on the one before, which may be older than all company."""
    message, known = context.message, {record.number for record in context.classified_hits}
    found = [
        record
        for copy, span in missing_opens(context, verdicts)
        for row in _opens.rows(
            message.id, message.owner, copy, str(Kind.OPEN), span.first, span.last
        )
        if (record := classified_hit_of(row)).number not in known
    ]
    if not found:
        return context
    both = sorted([*context.classified_hits, *found], key=lambda one: (one.hit.time, one.number))
    return replace(context, classified_hits=tuple(both))


def touch() -> None:
    """Proves that the database takes writes."""
    Counter.update(value=Counter.value).where(Counter.name == "hit").execute()


def _first_due() -> float | None:
    due: float | None = _due.rows()[0][0]
    return due


def next_due(now: float) -> float | None:
    """When to settle. What could not be due so late was put down before the clock was set back."""
    due = _first_due()
    return due if due is None or due <= now + LONGEST_WAIT else now


def settle(classify: Classify, now: float) -> CommitResult:
    """Judges some of what waited for company again, and announces it."""
    first, then = _first_due(), now
    if first is not None and first > now + LONGEST_WAIT:
        then = first  # by the clock that it was put down by
    overdue = {message for (message,) in _overdue.rows(then, SETTLED_AT_ONCE)}
    return CommitResult(reclassify(classify, list(overdue), then).owners, next_due(now))


def note_views(
    classify: Classify,
    account: int,
    messages: Sequence[str],
    now: float,
    issued: Sequence[str] = (),
) -> CommitResult:
    """`issued`: IDs that are this account's, also where the registration is still on its way."""
    known = MessageRow.select(MessageRow.id, MessageRow.account).where(
        MessageRow.id.in_([*messages, *issued])
    )
    owners = dict(as_tuples(known))
    mine = [message for message, owner in owners.items() if owner == account]
    coming = {message for message in issued if message not in owners}
    _put_view.run_many((message, now) for message in (*mine, *coming))
    return reclassify(classify, mine, now, since=now - LOOKED_AT_SECONDS)


def reclassify(
    classify: Classify, messages: Sequence[str], now: float, *, since: float | None = None
) -> CommitResult:
    """The latest hits of these messages, and those that wait to be judged."""
    ledger, owners = DecisionWriter(now), set()
    groups = (
        Group.of(message, waiting)
        for message in read_messages(messages).values()
        if (waiting := _waiting(message, now, since))
    )
    for group, context in hit_contexts(groups, now):
        if _classify(classify, context, context.classified_hits, now, ledger):
            owners.add(group.message.owner)
    ledger.write()
    return CommitResult(frozenset(owners), next_due(now))


def _waiting(message: Message, now: float, since: float | None) -> list[ClassifiedHit]:
    """Asked for apart, each by an index: together they would read all hits of a message."""
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
