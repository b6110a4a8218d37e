"""Classifies again: hits that wait, and hits whose facts changed.

A verdict with a time when it is due waits: for hits that may still come, or because something that
it rests on has changed. `settle` takes the longest due first, some at a time. The hits of a mail
from before its registration have no verdict. They wait until `settle` has come to them, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from peewee import fn

from sealbreak_server.classification.context import VIEW_AFTER_SECONDS
from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SHOWN_SECONDS,
    THREAD_SECONDS,
    ClassifiedHit,
    Classify,
)
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery, as_tuples
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.classifying import add_decision
from sealbreak_server.storage.hits.commits import (
    CLOCKS_SECONDS,
    LONGEST_WAIT,
    CommitResult,
    first_due,
    next_due,
)
from sealbreak_server.storage.hits.contexts import Group, hit_contexts
from sealbreak_server.storage.hits.decision_writer import DecisionWriter
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits, read_messages
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import SenderView
from sealbreak_server.storage.tables import Verdict as VerdictRow

LOOKED_AT_SECONDS = VIEW_AFTER_SECONDS + CONTEXT_SECONDS
"""How long before a look there may be hits that it matters to, or that are near such hits."""
SETTLED_AT_ONCE = 200
"""Hits that are classified in one transaction, for which everything else has to wait."""
DOUBTED_AT_ONCE = 1000
"""Hits of a message that are classified again after a view or a mail of the same thread."""
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
_overdue_of = CachedQuery(
    lambda message, now: (
        VerdictRow.select(VerdictRow.hit)
        .where(
            # Few hits of the whole table wait. The expression keeps both databases from reading all
            # hits of the message.
            fn.COALESCE(VerdictRow.message, "") == message,
            VerdictRow.due <= now,
        )
        .order_by(VerdictRow.due, VerdictRow.hit)
        .limit(SETTLED_AT_ONCE)
    )
)
_numbered_so = CachedListQuery(lambda numbers: classified_hits().where(HitRow.id.in_(numbers)))
_waiting = CachedQuery(
    lambda some: (
        MessageRow.select(MessageRow.id)
        .where(MessageRow.waits_since.is_null(False))
        .order_by(MessageRow.waits_since)
        .limit(some)
    )
)
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
        .order_by(HitRow.time, HitRow.id)
        .limit(SETTLED_AT_ONCE)
    )
)
_end_of_waiting = CachedQuery(
    lambda message: MessageRow.update({MessageRow.waits_since: None}).where(
        MessageRow.id == message
    )
)


def settle(classify: Classify, now: float) -> CommitResult:
    """Classifies some of the hits that are due or wait for it, and emits their events."""
    first, then = first_due(), now
    if first is not None and first > now + LONGEST_WAIT:
        then = first  # by the clock that set it
    owners = _classify(classify, [number for (number,) in _overdue.rows(then)], then)
    for (message,) in _waiting.rows(1):
        owners |= classify_waiting(classify, message, now)
    return CommitResult(owners, next_due(now))


def settle_message(classify: Classify, message: str, now: float) -> CommitResult:
    """As `settle`, for hits of one message that are due."""
    owners = _classify(classify, [number for (number,) in _overdue_of.rows(message, now)], now)
    return CommitResult(owners, next_due(now))


def classify_later(
    classify: Classify, message: Message, now: float, first: float, last: float
) -> CommitResult:
    """Classifies again what loads of this message between these times may explain, although they
    came late: clicks of the hour after them, and loads of the thread's older messages."""
    doubt(message.id, now, first, last + SHOWN_SECONDS, Kind.CLICK)
    owners = settle_message(classify, message.id, now).owners
    return CommitResult(owners | classify_older(classify, message, now, first, last).owners)


def classify_older(
    classify: Classify, message: Message, now: float, first: float, last: float = inf
) -> CommitResult:
    """Classifies hits of the thread's older messages again, because of what is known about this one
    between these times."""
    owners: frozenset[str] = frozenset()
    for older in threads.older(message):
        doubt(older, now, first - THREAD_SECONDS, last + THREAD_SECONDS)
        owners |= settle_message(classify, older, now).owners
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
        told |= settle_message(classify, message, now).owners
    return CommitResult(told, next_due(now))


def doubt(
    message: str, now: float, first: float, last: float = inf, kind: Kind | None = None
) -> None:
    """Marks hits as due: something that their verdicts rest on has changed."""
    near = HitRow.select(HitRow.id).where(HitRow.message == message, HitRow.time >= first)
    if last < inf:
        near = near.where(HitRow.time <= last)
    if kind is not None:
        near = near.where(HitRow.kind == str(kind))
    some = near.order_by(HitRow.time.desc()).limit(DOUBTED_AT_ONCE)
    numbers = [number for (number,) in as_tuples(some)]
    VerdictRow.update({VerdictRow.due: now}).where(
        VerdictRow.hit.in_(numbers), VerdictRow.due.is_null()
    ).execute()


def classify_waiting(classify: Classify, message_id: str, now: float) -> frozenset[str]:
    """Classifies some of the hits that came before the registration. The owners that get events."""
    message = read_messages([message_id]).get(message_id)
    rows = _unclassified.rows(message.id, message.owner) if message else []
    if len(rows) < SETTLED_AT_ONCE:
        _end_of_waiting.run_many([(message_id,)])
    return _classify_records(classify, map(classified_hit_of, rows), now)


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
