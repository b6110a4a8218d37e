"""Builds the contexts of hits, for many messages in a few statements.

A hit is classified with everything within `CONTEXT_SECONDS` around it. A new hit changes the facts
of those around it, so everything within twice that time around the new one is read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice, pairwise
from typing import Any, NamedTuple

from sealbreak_server.classification.context import (
    NEAREST_HITS,
    OWN_ADDRESS_SECONDS,
    VIEW_BEFORE_SECONDS,
)
from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SHOWN_SECONDS,
    ClassifiedHit,
    CopyState,
    HitContext,
)
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits
from sealbreak_server.storage.tables import CopyState as CopyRow
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import HitCount, OwnAddress, SenderView

BEFORE_LIMIT = 2 * NEAREST_HITS
"""A hit is classified with `NEAREST_HITS` before it, and so is each of these."""
FROM_LIMIT = 10 * NEAREST_HITS
SHOWN_LIMIT = 1000
"""The newest loads before a click that are considered."""
AT_ONCE = 64
"""Contexts in memory. Each may hold hundreds of hits with all their headers."""
NO_NUMBER = 1 << 62
"""Greater than the number of any hit."""

_before = CachedQuery(
    lambda message, owner, since, first, below: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.time >= since,
            HitRow.time < first,
            HitRow.id < below,
        )
        .order_by(HitRow.time.desc(), HitRow.id.desc())
        .limit(BEFORE_LIMIT)
    )
)
_from = CachedQuery(
    lambda message, owner, first, until, below: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.time >= first,
            HitRow.time <= until,
            HitRow.id < below,
        )
        .order_by(HitRow.time, HitRow.id)
        .limit(FROM_LIMIT)
    )
)
_shown = CachedQuery(
    lambda message, owner, kind, since, until: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time < until,
        )
        .order_by(HitRow.time.desc(), HitRow.id.desc())
        .limit(SHOWN_LIMIT)
    )
)
_views = CachedQuery(
    lambda message, since: SenderView.select(SenderView.message, SenderView.time).where(
        SenderView.message == message, SenderView.time >= since
    )
)
_copies = CachedListQuery(
    lambda ids: CopyRow.select(
        CopyRow.message, CopyRow.copy_number, CopyRow.opened_at, CopyRow.event, CopyRow.hot_at
    ).where(CopyRow.message.in_(ids))
)
_loaded = CachedListQuery(
    lambda ids: HitCount.select(HitCount.message, HitCount.copy_number).where(
        HitCount.message.in_(ids), HitCount.kind == str(Kind.OPEN), HitCount.hits > 0
    )
)
_own_addresses = CachedQuery(
    lambda account, since: OwnAddress.select(OwnAddress.address, OwnAddress.seen_at).where(
        OwnAddress.account == account, OwnAddress.seen_at > since
    )
)


class Run(NamedTuple):
    """The first and the last of some hits that are near each other."""

    first: float
    last: float


@dataclass(frozen=True)
class Group:
    """Hits of one message that are classified together."""

    message: Message
    fresh: Sequence[ClassifiedHit]

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        times = sorted(record.hit.time for record in self.fresh)
        apart = [(a, b) for a, b in pairwise(times) if b - a > 2 * CONTEXT_SECONDS]
        edges = [times[0], *chain.from_iterable(apart), times[-1]]
        return tuple(map(Run, edges[::2], edges[1::2]))

    @property
    def since(self) -> float:
        return self.runs[0].first - 2 * CONTEXT_SECONDS


def hit_contexts(
    groups: Iterable[Group], below: int = NO_NUMBER
) -> Iterator[tuple[Group, HitContext]]:
    """`below`: all hits with this number or a greater one are in `groups`."""
    waiting = iter(groups)
    while some := list(islice(waiting, AT_ONCE)):
        reading = _Reading(some, below)
        for group in some:
            yield group, reading.context(group)


def context_of(message: Message, fresh: Sequence[ClassifiedHit]) -> HitContext:
    ((_, context),) = hit_contexts([Group(message, fresh)])
    return context


class _Reading:
    """What the database knows about some groups, each of a different message."""

    def __init__(self, groups: Sequence[Group], below: int) -> None:
        ids = [group.message.id for group in groups]
        self._records = _records(groups, below)
        clicked = [id_ for id_ in ids if _has_click(self._records[id_])]
        self._copies = _states(ids)
        self._loaded = set(_loaded.rows(clicked))
        self._views = _rows_by_message(
            _views, [(g.message.id, g.since - VIEW_BEFORE_SECONDS) for g in groups]
        )
        self._own = _own(groups)
        self._shown = _loads_before([g for g in groups if g.message.id in clicked])

    def context(self, group: Group) -> HitContext:
        message = group.message
        newer = threads.newer(message)
        near = [(a - CONTEXT_SECONDS, b + CONTEXT_SECONDS) for a, b in group.runs]
        return HitContext(
            message,
            self._records[message.id],
            tuple(time for _, time in self._views.get(message.id, ())),
            self._own[message.account],
            self._copies.get(message.id, {}),
            frozenset(copy for id_, copy in self._loaded if id_ == message.id),
            shown=self._shown.get(message.id, ()),
            newer=tuple(newer.values()),
            newer_loads=threads.loads(newer, message.owner, near),
        )


def _has_click(records: Iterable[ClassifiedHit]) -> bool:
    return any(record.hit.kind is Kind.CLICK for record in records)


def _rows_by_message(
    query: CachedQuery, asked: Sequence[Sequence[object]]
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by their first column, the message."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in query.rows_of_each(asked):
        found.setdefault(row[0], []).append(row)
    return found


def _records(groups: Sequence[Group], below: int) -> dict[str, tuple[ClassifiedHit, ...]]:
    """The hits of the groups and those around them, ordered by time."""
    far = 2 * CONTEXT_SECONDS
    runs = [((g.message.id, g.message.owner), run) for g in groups for run in g.runs]
    found = {g.message.id: {record.number: record for record in g.fresh} for g in groups}
    for row in (
        *_before.rows_of_each([(*m, run.first - far, run.first, below) for m, run in runs]),
        *_from.rows_of_each([(*m, run.first, run.last + far, below) for m, run in runs]),
    ):
        record = classified_hit_of(row)
        found[record.hit.message].setdefault(record.number, record)
    return {message: in_order(records.values()) for message, records in found.items()}


def in_order(records: Iterable[ClassifiedHit]) -> tuple[ClassifiedHit, ...]:
    return tuple(sorted(records, key=lambda one: (one.hit.time, one.number)))


def _loads_before(groups: Iterable[Group]) -> dict[str, tuple[Hit, ...]]:
    """The pixel's loads in the hour before the hits that may be classified again."""
    asked = [
        (g.message.id, g.message.owner, str(Kind.OPEN), run.first - CONTEXT_SECONDS - SHOWN_SECONDS,
         run.first - CONTEXT_SECONDS)
        for g in groups
        for run in g.runs
    ]  # fmt: skip
    found: dict[str, tuple[Hit, ...]] = {}
    for hit in {classified_hit_of(row).hit for row in _shown.rows_of_each(asked)}:
        found[hit.message] = (*found.get(hit.message, ()), hit)
    return found


def _states(messages: Sequence[str]) -> dict[str, dict[int, CopyState]]:
    found: dict[str, dict[int, CopyState]] = {}
    for message, copy, *state in _copies.rows(messages):
        found.setdefault(message, {})[copy] = CopyState(*state)
    return found


def _own(groups: Iterable[Group]) -> dict[int, dict[str, float]]:
    """Own addresses of each account since the earliest time that one of its groups needs."""
    since: dict[int, float] = {}
    for group in groups:
        account, moment = group.message.account, group.since - OWN_ADDRESS_SECONDS
        since[account] = min(moment, since.get(account, moment))
    return {
        account: dict(_own_addresses.rows(account, moment)) for account, moment in since.items()
    }
