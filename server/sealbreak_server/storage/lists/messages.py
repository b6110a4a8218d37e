"""Messages as their account sees them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sealbreak_server.errors import NotFoundError
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.open_state import HitTotals, OpenState, open_state
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits, read_messages
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import HitCount, MutedMessage
from sealbreak_server.storage.tables import Message as MessageRow

MAX_HITS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class GmailIds:
    """What Gmail calls the message: in its pages, and (`gmail_`) in its API."""

    draft_id: str | None
    thread_id: str | None
    gmail_message_id: str | None
    gmail_thread_id: str | None
    gmail_account: str | None


@dataclass(frozen=True, slots=True)
class MessageTimes:
    registered_at: float
    sent_at: float
    scheduled_for: float | None
    first_opened_at: float | None
    last_event_at: float | None


@dataclass(frozen=True, slots=True)
class MessageCounts(HitTotals):
    implied_opens: int = 0
    """Copies without a counted open in which a reader followed a link."""


@dataclass(frozen=True, slots=True)
class MessageFlags:
    pixel: bool
    """The message has a pixel, so that opens can be seen."""
    muted: bool
    """By the account."""
    opted_out: bool
    """By a recipient."""
    withdrawn: bool
    """The mail did not leave."""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as its account sees it."""

    message: Message
    ids: GmailIds
    times: MessageTimes
    counts: MessageCounts
    flags: MessageFlags

    @property
    def id(self) -> str:
        return self.message.id

    @property
    def is_tracked(self) -> bool:
        """It has a pixel and is not stopped."""
        return self.flags.pixel and self.message.level != "off"

    @property
    def state(self) -> OpenState:
        sent = not self.flags.withdrawn
        return open_state(self.counts, tracked=self.is_tracked, sent=sent)


def is_of(account: int, message: str) -> bool:
    return (
        MessageRow.select().where(MessageRow.id == message, MessageRow.account == account).exists()
    )


def view(account: int, message: str) -> MessageView:
    row = rows_of([message]).get(message)
    if row is None or row.account_id != account:
        tombstones.check(account, message)
        raise NotFoundError("There is no such message.")
    return _views([row])[0]


_NAMES = MessageRow._meta.sorted_field_names
_rows = CachedListQuery(lambda ids: MessageRow.select().where(MessageRow.id.in_(ids)))


def rows_of(ids: Sequence[str]) -> dict[str, MessageRow]:
    rows = (MessageRow(**dict(zip(_NAMES, row, strict=True))) for row in _rows.rows(ids))
    return {row.id: row for row in rows}


_muted = CachedListQuery(
    lambda ids: MutedMessage.select(MutedMessage.message).where(MutedMessage.message.in_(ids))
)


def _views(rows: Iterable[MessageRow]) -> list[MessageView]:
    rows = list(rows)
    ids = [row.id for row in rows]
    found = read_messages(ids)
    muted = {message for (message,) in _muted.rows(ids)}
    opted_out = {message for message, _ in tombstones.opted_out(ids)}
    implied = _implied_opens([row.id for row in rows if row.clicks])
    # SQLite has numbers for booleans.
    return [
        MessageView(
            found[row.id],
            GmailIds(
                row.draft_id, row.thread_id, row.gmail_message_id, row.gmail_thread_id,
                row.gmail_account,
            ),
            MessageTimes(
                row.registered_at, row.sent_at, row.scheduled_for, row.first_opened_at,
                row.last_event_at,
            ),
            MessageCounts(
                row.opens, row.clicks, row.apple, row.machines, row.unclear, implied[row.id]
            ),
            MessageFlags(
                bool(row.pixel), row.id in muted, row.id in opted_out, bool(row.withdrawn)
            ),
        )
        for row in rows
    ]  # fmt: skip


_seen = CachedListQuery(
    lambda ids: (
        HitCount.select(HitCount.message, HitCount.copy_number, HitCount.kind)
        .where(HitCount.message.in_(ids), HitCount.counted > 0)
        .distinct()
    )
)


def _implied_opens(clicked: Sequence[str]) -> Counter[str]:
    seen = {(message, copy, kind) for message, copy, kind in _seen.rows(clicked)}
    return Counter(
        message
        for message, copy, kind in seen
        if kind == Kind.CLICK and (message, copy, str(Kind.OPEN)) not in seen
    )


def views(ids: Sequence[str]) -> list[MessageView]:
    """In the order of `ids`."""
    rows = rows_of(ids)
    return _views(rows[message] for message in ids)


_hits = CachedQuery(
    lambda message, owner, some: (
        classified_hits()
        .where(HitRow.message == message, HitRow.owner == owner)
        .order_by(HitRow.time.desc(), HitRow.id.desc())
        .limit(some)
    )
)


def hits(owner: str, message: str) -> list[ClassifiedHit]:
    """Oldest first, up to `MAX_HITS_SHOWN` of the newest."""
    return [classified_hit_of(row) for row in _hits.rows(message, owner, MAX_HITS_SHOWN)][::-1]
