"""Messages: registered, listed, shown."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sealbreak_server.errors import NotFoundError
from sealbreak_server.model.context import ClassifiedHit, Classify
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.registration import Registration
from sealbreak_server.storage.engine.statements import CachedListQuery, as_tuples, insert_rows
from sealbreak_server.storage.hits.mappers import classified_hit_of, classified_hits, read_messages
from sealbreak_server.storage.hits.recording import (
    CommitResult,
    classify_older,
    next_due,
    reclassify,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import HitCount, Link, MutedMessage, OptOut, Recipient
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.totals import followed

MAX_HITS_SHOWN = 1000
NO_SUCH_ID = "There is no such tracking ID of this account: take IDs from POST ids."


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as its account sees it."""

    id: str
    message: Message
    registered_at: float
    sent_at: float
    scheduled_for: float | None
    draft_id: str | None
    thread_id: str | None
    gmail_message_id: str | None
    gmail_thread_id: str | None
    gmail_account: str | None
    opens: int
    clicks: int
    machines: int
    first_opened_at: float | None
    last_event_at: float | None
    muted: bool
    """By the account."""
    opted_out: bool
    """By a recipient."""
    implied_opens: int
    """Copies that nobody was seen to open, though a reader followed a link in them."""
    pixel: bool


def register(
    classify: Classify, account: int, message_id: str, registration: Registration, now: float
) -> tuple[bool, CommitResult, MessageView]:
    """True when it is new. Hits that came before it are judged now."""
    row = MessageRow.get_or_none(MessageRow.id == message_id)
    if row is not None and row.account_id != account:
        raise NotFoundError(NO_SUCH_ID)
    values = _values(registration)
    with followed([message_id]):
        if row is None:
            MessageRow.create(id=message_id, account=account, registered_at=now, **values)
        else:
            # Stopped is stopped, also where a registration was still on its way.
            level = "off" if row.level == "off" else registration.level
            MessageRow.update({**values, "level": level}).where(
                MessageRow.id == message_id
            ).execute()
            Recipient.delete().where(Recipient.message == message_id).execute()
            Link.delete().where(Link.message == message_id).execute()
        _put_parts(message_id, registration)
    result = reclassify(classify, [message_id], now)
    message = read_messages([message_id])[message_id]
    older = classify_older(classify, message, now, since=message.sent_at)
    result = CommitResult(result.owners | older.owners, next_due(now))
    return row is None, result, view(account, message_id)


def _put_parts(message: str, registration: Registration) -> None:
    people = enumerate(registration.recipients)
    insert_rows(Recipient, [(message, at, p.address, p.name, p.kind, p.copy) for at, p in people])
    insert_rows(Link, [(message, link.n, link.url, link.hidden) for link in registration.links])


def _values(registration: Registration) -> dict[str, object]:
    people = (f"{person.name or ''} {person.address}" for person in registration.recipients)
    return {
        "subject": registration.subject,
        "people": "\n".join([registration.subject, *people]).lower(),
        "sent_at": registration.sent_at,
        "scheduled_for": registration.scheduled_for,
        "level": registration.level,
        "draft_id": registration.draft_id,
        "thread_id": registration.thread_id,
        "gmail_message_id": registration.gmail_message_id,
        "gmail_thread_id": registration.gmail_thread_id,
        "gmail_account": registration.gmail_account,
        "pixel": registration.pixel,
    }


def stop(account: int, message: str) -> MessageView:
    """Hits are kept no more; what is known stays."""
    mine = (MessageRow.id == message) & (MessageRow.account == account)
    with followed([message]):
        MessageRow.update(level="off").where(mine).execute()
    return view(account, message)


def is_of(account: int, message: str) -> bool:
    return (
        MessageRow.select().where(MessageRow.id == message, MessageRow.account == account).exists()
    )


def view(account: int, message: str) -> MessageView:
    row = MessageRow.get_or_none(MessageRow.id == message, MessageRow.account == account)
    if row is None:
        raise NotFoundError("There is no such message.")
    return _views([row])[0]


def _views(rows: Iterable[MessageRow]) -> list[MessageView]:
    rows = list(rows)
    ids = [row.id for row in rows]
    found = read_messages(ids)
    muted, opted_out = _marked(MutedMessage, ids), _marked(OptOut, ids)
    implied = _implied_opens([row.id for row in rows if row.clicks])
    return [
        MessageView(
            row.id, found[row.id], row.registered_at, row.sent_at, row.scheduled_for,
            row.draft_id, row.thread_id, row.gmail_message_id, row.gmail_thread_id,
            row.gmail_account, row.opens, row.clicks, row.machines, row.first_opened_at,
            row.last_event_at, row.id in muted, row.id in opted_out, implied[row.id],
            row.pixel,
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
    rows = {row.id: row for row in MessageRow.select().where(MessageRow.id.in_(ids))}
    return _views(rows[message] for message in ids)


def _marked(table: type[MutedMessage] | type[OptOut], ids: list[str]) -> set[str]:
    return {m for (m,) in as_tuples(table.select(table.message).where(table.message.in_(ids)))}


def hits(owner: str, message: str) -> list[ClassifiedHit]:
    """Oldest first; of a flood the newest."""
    query = (
        classified_hits()
        .where(HitRow.message == message, HitRow.owner == owner)
        .order_by(HitRow.time.desc(), HitRow.id.desc())
        .limit(MAX_HITS_SHOWN)
    )
    return [classified_hit_of(row) for row in as_tuples(query)][::-1]


def opt_out(message: str, copy: int, now: float) -> None:
    with followed([message]):
        OptOut.insert(message=message, copy_number=copy, time=now).on_conflict_ignore().execute()


def has_opted_out(message: str, copy: int) -> bool:
    return OptOut.select().where(OptOut.message == message, OptOut.copy_number == copy).exists()
