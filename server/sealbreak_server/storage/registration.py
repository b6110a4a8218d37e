"""Messages are registered, withdrawn, stopped, and opted out of."""

from dataclasses import replace

from peewee import fn

from sealbreak_server.errors import GoneError, NotFoundError
from sealbreak_server.model.context import Classify
from sealbreak_server.model.folding import fold, searched_text
from sealbreak_server.model.message import Message
from sealbreak_server.model.registration import Registration, by_server_clock
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import CachedQuery, insert_rows
from sealbreak_server.storage.erasure import forget_reader
from sealbreak_server.storage.hits.commits import CommitResult, next_due
from sealbreak_server.storage.hits.mappers import read_messages
from sealbreak_server.storage.hits.unsettled import (
    classify_doubted,
    classify_older,
    doubt,
    settle_thread,
)
from sealbreak_server.storage.lists.messages import MessageView, rows_of, view
from sealbreak_server.storage.tables import Hit, Link, OptOut, Recipient
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tombstones import ERASED, NO_SUCH_ID
from sealbreak_server.storage.totals import followed

_delete_people = CachedQuery(lambda message: Recipient.delete().where(Recipient.message == message))
_delete_links = CachedQuery(lambda message: Link.delete().where(Link.message == message))
_first_hit = CachedQuery(lambda message: Hit.select(fn.MIN(Hit.time)).where(Hit.message == message))


def register(
    classify: Classify, account: int, message_id: str, registration: Registration, now: float
) -> tuple[bool, CommitResult, MessageView]:
    """True when the message is new. Classifies the hits that came before."""
    tombstones.check(account, message_id)
    registration = _without_erased(message_id, registration)
    row = rows_of([message_id]).get(message_id)
    if row is not None and row.account_id != account:
        raise NotFoundError(NO_SUCH_ID)
    values = _values(registration) | _times(registration, row, now)
    before = read_messages([message_id])
    with followed([message_id], hits_too=row is not None and row.withdrawn):
        if row is None:
            MessageRow.create(id=message_id, account=account, registered_at=now, **values)
        else:
            # A stopped message stays stopped when a late registration arrives.
            level = "off" if row.level == "off" else registration.level
            MessageRow.update({**values, "level": level}).where(
                MessageRow.id == message_id
            ).execute()
            _delete_people.run_many([(message_id,)])
            _delete_links.run_many([(message_id,)])
        _put_parts(message_id, registration)
    message = read_messages([message_id])[message_id]
    owners: frozenset[str] = frozenset()
    if before.get(message_id) != message:
        known = [one for one in (before.get(message_id), message) if one]
        first = min(map(_beginning, known))
        doubt(message_id, now, 0)
        owners = classify_doubted(classify, message_id, now)
        for one in known:  # a mail that has another time now is newer than others
            owners |= classify_older(classify, one, now, first).owners
    return row is None, CommitResult(owners, next_due(now)), view(account, message_id)


def _beginning(message: Message) -> float:
    """When it was sent, or when the first hit came by another clock."""
    ((first,),) = _first_hit.rows(message.id)
    return message.sent_at if first is None else min(message.sent_at, first)


def _without_erased(message: str, registration: Registration) -> Registration:
    """People who were erased from the message do not come back."""
    erased = tombstones.erased_readers(message)
    left = tuple(
        person
        for person in registration.recipients
        if tombstones.person_hash(message, person.address) not in erased
    )
    if erased and not left:
        raise GoneError(ERASED)
    return replace(registration, recipients=left)


def _put_parts(message: str, registration: Registration) -> None:
    people = enumerate(registration.recipients)
    insert_rows(
        Recipient,
        [
            (message, at, p.address, p.name, p.kind, p.copy, fold(p.address), fold(p.name or ""))
            for at, p in people
        ],
    )
    insert_rows(Link, [(message, link.n, link.url, link.hidden) for link in registration.links])


def _values(registration: Registration) -> dict[str, object]:
    people = [(person.name, person.address) for person in registration.recipients]
    return {
        "subject": registration.subject,
        "people": searched_text(registration.subject, people),
        "level": registration.level,
        "draft_id": registration.draft_id,
        "thread_id": registration.thread_id,
        "gmail_message_id": registration.gmail_message_id,
        "gmail_thread_id": registration.gmail_thread_id,
        "gmail_account": registration.gmail_account,
        "pixel": registration.pixel,
    }


def _times(
    registration: Registration, row: MessageRow | None, received_at: float
) -> dict[str, object]:
    """The first registration of a sending is the nearest to it: a later one does not move it.

    Another sending under the same ID means that the mail is no longer withdrawn. An open proves
    that the mail had left before it.
    """
    corrected = by_server_clock(registration, received_at)
    sent_at, withdrawn = corrected.sent_at, False
    if row is not None and registration.sent_at == _sent_by_sender(row):
        sent_at = row.sent_at if corrected.scheduled_for else min(row.sent_at, received_at)
        withdrawn = row.withdrawn
    elif row is not None and row.first_opened_at is not None and row.first_opened_at < sent_at:
        sent_at = row.sent_at
    return {
        "sent_at": sent_at,
        "sender_sent_at": registration.sent_at,
        "scheduled_for": corrected.scheduled_for,
        "withdrawn": withdrawn,
    }


def _sent_by_sender(row: MessageRow) -> float:
    """Older rows have the sender's time only."""
    return row.sent_at if row.sender_sent_at is None else row.sender_sent_at


def stop(account: int, message: str) -> MessageView:
    """New hits are dropped; what is known stays."""
    mine = (MessageRow.id == message) & (MessageRow.account == account)
    with followed([message]):
        MessageRow.update(level="off").where(mine).execute()
    return view(account, message)


def withdraw(account: int, message: str, withdrawn: bool) -> MessageView:
    """`withdrawn`: the mail did not leave. It is listed, but neither counted nor reminded of."""
    mine = (MessageRow.id == message) & (MessageRow.account == account)
    with followed([message], hits_too=True):
        MessageRow.update(withdrawn=withdrawn).where(mine).execute()
    return view(account, message)


def opt_out(classify: Classify, message: str, copy: int, now: float) -> CommitResult:
    """Addresses and headers of earlier hits go, and so do hits without a verdict. Verdicts stay,
    but what the account was not told of yet it will not be told."""
    if message in tombstones.erased_among([message]):
        return CommitResult(frozenset(), next_due(now))
    settled = settle_thread(classify, message, now)
    with followed([message]):
        OptOut.insert(message=message, copy_number=copy, time=now).on_conflict_ignore().execute()
    forget_reader(message, copy)
    return settled


def has_opted_out(message: str, copy: int) -> bool:
    return OptOut.select().where(OptOut.message == message, OptOut.copy_number == copy).exists()
