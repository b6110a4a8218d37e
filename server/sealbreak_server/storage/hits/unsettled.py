"""Classifies again: hits that wait, and hits whose facts changed.

A verdict with a time when it is due waits for hits that may still come. `settle` takes the longest
due first, some at a time. What something new has called into question is noted as a doubt, and so
are hits that came before the registration of their mail, and those of a burst: `settle` comes to
them too, the oldest first.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from sealbreak_server.classification.context import VIEW_AFTER_SECONDS
from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SETTLE_SECONDS,
    SHOWN_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
)
from sealbreak_server.model.message import Message
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery, as_tuples
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.classifying import add_decision
from sealbreak_server.storage.hits.commits import (
    CLOCKS_SECONDS,
    LONGEST_WAIT,
    CommitResult,
    doubts,
    first_due,
    next_due,
)
from sealbreak_server.storage.hits.contexts import Group, hit_contexts
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits, read_messages
from sealbreak_server.storage.tables import Doubt, SenderView
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

LOOKED_AT_SECONDS = VIEW_AFTER_SECONDS + CONTEXT_SECONDS
"""How long before a look there may be hits that it matters to, or that are near such hits."""
SETTLED_AT_ONCE = 200
"""Hits that are classified in one transaction, for which everything else has to wait."""
FIRST = -1
"""Less than the number of any hit."""
_put_view = CachedQuery(
    lambda message, time: SenderView.insert(message=message, time=time).on_conflict_ignore()
)
_overdue = CachedQuery(
    lambda now: (
        VerdictRow.select(VerdictRow.hit)
        .where(VerdictRow.due <= now)
        .order_by(VerdictRow.due, VerdictRow.hit)
        .limit(SETTLED_AT_ONCE)
    )
)
_numbered_so = CachedListQuery(lambda numbers: classified_hits().where(HitRow.id.in_(numbers)))
_doubt = CachedQuery(
    lambda message: Doubt.select(Doubt.since, Doubt.number, Doubt.until).where(
        Doubt.message == message
    )
)
_put_doubt = CachedQuery(
    lambda message, since, number, until, now: Doubt.insert(
        message=message, since=since, number=number, until=until, waits_since=now
    ).on_conflict(
        conflict_target=[Doubt.message],
        update={
            Doubt.since: since, Doubt.number: number, Doubt.until: until, Doubt.waits_since: now
        },
    )
)  # fmt: skip
_end_doubt = CachedQuery(lambda message: Doubt.delete().where(Doubt.message == message))
_doubted = CachedQuery(
    lambda message, since, number, until: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.time >= since,
            HitRow.time <= until,
            (HitRow.time > since) | (HitRow.id > number),
        )
        .order_by(HitRow.time, HitRow.id)
        .limit(SETTLED_AT_ONCE)
    )
)


def settle(classify: Classify, now: float) -> CommitResult:
    """Classifies some of the hits that are due or in doubt, and emits their events."""
    first, then = first_due(), now
    if first is not None and first > now + LONGEST_WAIT:
        then = first  # by the clock that set it
    owners = _classify(classify, [number for (number,) in _overdue.rows(then)], then)
    for (message,) in doubts.rows(1):
        owners |= classify_doubted(classify, message, now)
    return CommitResult(owners, next_due(now))


def classify_later(
    classify: Classify, message: Message, now: float, first: float, last: float
) -> CommitResult:
    """Classifies again what loads of this message between these times may explain, although they
    came late: clicks of the hour after them, and loads of the thread's older messages."""
    doubt(message.id, now, first, last + SHOWN_SECONDS)
    owners = classify_doubted(classify, message.id, now)
    return CommitResult(owners | classify_older(classify, message, now, first, last).owners)


def classify_older(
    classify: Classify, message: Message, now: float, first: float, last: float = inf
) -> CommitResult:
    """Classifies hits of the thread's older messages again, because of what is known about this one
    between these times."""
    owners: frozenset[str] = frozenset()
    for older in threads.older(message):
        doubt(older, now, first - THREAD_SECONDS, last + THREAD_SECONDS)
        owners |= classify_doubted(classify, older, now)
    return CommitResult(owners, next_due(now))


def settle_thread(classify: Classify, message: str, now: float) -> CommitResult:
    """Classifies what waits in the older messages of the thread. For loads of this message that
    are about to be erased: they may explain what waits, and later nobody knows of them."""
    due, owners = first_due(), frozenset[str]()
    for known in read_messages([message]).values() if due is not None else ():
        owners = classify_older(classify, known, now, min(due or now, now) - SETTLE_SECONDS).owners
    return CommitResult(owners, next_due(now))


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
    told: frozenset[str] = frozenset()
    for message in mine:
        doubt(message, now, now - LOOKED_AT_SECONDS)
        told |= classify_doubted(classify, message, now)
    return CommitResult(told, next_due(now))


def doubt(message: str, now: float, since: float, until: float = inf) -> None:
    """Notes that hits between these times wait to be classified."""
    number, until = FIRST, min(until, now + CLOCKS_SECONDS)  # later hits will know it
    for known, known_number, known_until in _doubt.rows(message):
        if known <= since:
            since, number = known, known_number
        until = max(until, known_until)
    _put_doubt.run_many([(message, since, number, until, now)])


def classify_doubted(classify: Classify, message: str, now: float) -> frozenset[str]:
    """Classifies some of the hits in doubt. The owners that get events."""
    for since, number, until in _doubt.rows(message):
        records = [*map(classified_hit_of, _doubted.rows(message, since, number, until))]
        if len(records) < SETTLED_AT_ONCE:
            _end_doubt.run_many([(message,)])
        else:
            last = records[-1]
            _put_doubt.run_many([(message, last.hit.time, last.number, until, now)])
        return _classify_records(classify, records, now)
    return frozenset()


def _classify(classify: Classify, numbers: Sequence[int], now: float) -> frozenset[str]:
    return _classify_records(classify, map(classified_hit_of, _numbered_so.rows(numbers)), now)


def _classify_records(
    classify: Classify, records: Iterable[ClassifiedHit], now: float
) -> frozenset[str]:
    """The owners that get events."""
    decision_writer, owners = DecisionWriter(now), set()
    for group, context in hit_contexts(groups_of(records)):
        if add_decision(classify, context, group.fresh, now, decision_writer, arrived=False):
            owners.add(group.message.owner)
    decision_writer.write()
    return frozenset(owners)


def groups_of(records: Iterable[ClassifiedHit]) -> Iterable[Group]:
    """The hits of each registered message whose owner they name."""
    found: dict[str, list[ClassifiedHit]] = {}
    for record in records:
        found.setdefault(record.hit.message, []).append(record)
    messages: Mapping[str, Message] = read_messages(found)
    for message_id, message in messages.items():
        mine = [record for record in found[message_id] if record.hit.owner == message.owner]
        if mine:
            yield Group(message, mine)
