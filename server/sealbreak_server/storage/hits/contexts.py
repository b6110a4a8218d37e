"""Builds the contexts of hits, for many messages in a few statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sealbreak_server.events.reopened import HOT_AGAIN_SECONDS, NETWORKS_SECONDS, network_of
from sealbreak_server.model.context import (
    CONTEXT_SECONDS,
    SHOWN_SECONDS,
    ClassifiedHit,
    CopyState,
    HitContext,
)
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.visit import Visit, program_of
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits
from sealbreak_server.storage.tables import CopyState as CopyRow
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import OwnAddress, SenderView
from sealbreak_server.storage.tables import Verdict as VerdictRow

CONTEXT_LIMIT = 30
"""Only the newest hits of a flood are in the context; more would change no verdict."""
OWN_ADDRESS_SECONDS = 2 * 3600
AT_ONCE = 64
"""Contexts in memory. Each may hold dozens of hits with all their headers."""
NO_NUMBER = 1 << 62
"""Greater than the number of any hit."""

_around = CachedQuery(
    lambda message, owner, since, until, below: (
        classified_hits()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.time >= since,
            HitRow.time <= until,
            HitRow.id < below,
        )
        .order_by(HitRow.time.desc())
        .limit(CONTEXT_LIMIT)
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
        .order_by(HitRow.time.desc())
        .limit(CONTEXT_LIMIT)
    )
)
_visits = CachedQuery(
    lambda message, owner, kind, since, until: (
        HitRow.select(
            HitRow.message,
            HitRow.copy_number,
            HitRow.time,
            HitRow.address,
            VerdictRow.location_known,
            VerdictRow.country,
            VerdictRow.via,
            VerdictRow.device,
        )
        .join(VerdictRow)
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time < until,
            VerdictRow.actor == "human",
        )
        .order_by(HitRow.time.desc())
        .limit(CONTEXT_LIMIT)
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
_own_addresses = CachedQuery(
    lambda account, since: OwnAddress.select(OwnAddress.address, OwnAddress.seen_at).where(
        OwnAddress.account == account, OwnAddress.seen_at > since
    )
)


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one message that are classified together."""

    message: Message
    fresh: Sequence[ClassifiedHit]

    first: float
    """When the first of them came."""
    last: float

    @classmethod
    def of(cls, message: Message, fresh: Sequence[ClassifiedHit]) -> "Group":
        times = [record.hit.time for record in fresh]
        return cls(message, fresh, min(times), max(times))

    @property
    def since(self) -> float:
        return self.first - CONTEXT_SECONDS


def hit_contexts(
    groups: Iterable[Group], now: float, below: int = NO_NUMBER
) -> Iterator[tuple[Group, HitContext]]:
    """`below`: all hits with this number or a greater one are in `groups`."""
    waiting = iter(groups)
    while some := list(islice(waiting, AT_ONCE)):
        reading = _Reading(some, now, below)
        for group in some:
            yield group, reading.context(group)


def context_of(message: Message, fresh: Sequence[ClassifiedHit], now: float) -> HitContext:
    ((_, context),) = hit_contexts([Group.of(message, fresh)], now)
    return context


class _Reading:
    """What the database knows about some groups, each of a different message."""

    def __init__(self, groups: Sequence[Group], now: float, below: int) -> None:
        self._now = now
        self._records = _records(groups, below)
        self._copies = _states([group.message.id for group in groups])
        self._views = _rows_by_message(_views, ((g.message.id, g.since) for g in groups))
        self._own = _own(groups, now)
        self._shown = _loads_before(groups)
        self._visits = _rows_by_message(
            _visits, map(self._looking, filter(self._may_be_hot, groups))
        )

    def context(self, group: Group) -> HitContext:
        message = group.message
        newer = threads.newer(message)
        return HitContext(
            message,
            self._records[message.id],
            tuple(time for _, time in self._views.get(message.id, ())),
            tuple(
                address
                for address, seen_at in self._own[message.account]
                if seen_at > _own_since(group, self._now)
            ),
            self._copies.get(message.id, {}),
            visits=tuple(
                (
                    copy,
                    Visit(
                        time,
                        network_of(address) if own else None,
                        country if own else None,
                        program_of(via, device),
                    ),
                )
                for _, copy, time, address, own, country, via, device in self._visits.get(
                    message.id, ()
                )
            ),
            shown=self._shown.get(message.id, ()),
            newer=tuple(newer.values()),
            newer_loads=threads.loads(newer, message.owner, group.first, group.last),
        )

    def _may_be_hot(self, group: Group) -> bool:
        long_ago = self._now - HOT_AGAIN_SECONDS
        copies = self._copies.get(group.message.id, {}).values()
        return any(copy.event and (copy.hot_at or 0.0) < long_ago for copy in copies)

    def _looking(self, group: Group) -> tuple[object, ...]:
        message, until = group.message, self._records[group.message.id][0].hit.time
        return message.id, message.owner, str(Kind.OPEN), until - NETWORKS_SECONDS, until


def _rows_by_message(
    query: CachedQuery, asked: Iterable[Sequence[object]]
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by their first column, the message."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in query.rows_of_each(list(asked)):
        found.setdefault(row[0], []).append(row)
    return found


def _records(groups: Sequence[Group], below: int) -> dict[str, tuple[ClassifiedHit, ...]]:
    """The hits of the groups and those around them, ordered by time."""
    asked = [
        (g.message.id, g.message.owner, g.since, g.last + CONTEXT_SECONDS, below) for g in groups
    ]
    found = {g.message.id: {record.number: record for record in g.fresh} for g in groups}
    for row in _around.rows_of_each(asked):
        record = classified_hit_of(row)
        found[record.hit.message].setdefault(record.number, record)
    return {
        message: tuple(sorted(classified_hits.values(), key=lambda one: (one.hit.time, one.number)))
        for message, classified_hits in found.items()
    }


def _loads_before(groups: Iterable[Group]) -> dict[str, tuple[Hit, ...]]:
    """The pixel's loads in the hour before, of messages whose links were followed."""
    found: dict[str, tuple[Hit, ...]] = {}
    for group in groups:
        if any(record.hit.kind is Kind.CLICK for record in group.fresh):
            message, since = group.message, group.first - SHOWN_SECONDS
            rows = _shown.rows(message.id, message.owner, str(Kind.OPEN), since, group.since)
            found[message.id] = tuple(classified_hit_of(row).hit for row in rows)
    return found


def _states(messages: Sequence[str]) -> dict[str, dict[int, CopyState]]:
    found: dict[str, dict[int, CopyState]] = {}
    for message, copy, *state in _copies.rows(messages):
        found.setdefault(message, {})[copy] = CopyState(*state)
    return found


def _own(groups: Iterable[Group], now: float) -> dict[int, list[tuple[Any, ...]]]:
    """Own addresses of each account since the earliest time that one of its groups needs."""
    since: dict[int, float] = {}
    for group in groups:
        moment = _own_since(group, now)
        since[group.message.account] = min(moment, since.get(group.message.account, moment))
    return {account: _own_addresses.rows(account, moment) for account, moment in since.items()}


def _own_since(group: Group, now: float) -> float:
    return min(group.first, now) - OWN_ADDRESS_SECONDS
