"""Erases on request: a message, a person."""

from collections.abc import Collection, Sequence

import orjson
from peewee import SQL, fn

from sealbreak_server.events.wire import erased_body
from sealbreak_server.model.folding import fold, searched_text
from sealbreak_server.model.hit import Kind
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import (
    Account,
    CopyState,
    Event,
    Hit,
    HitCount,
    Message,
    MutedRecipient,
    Recipient,
    Reminder,
    SenderView,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow
from sealbreak_server.storage.totals import followed


def erase_message(account: Account, message: str, now: float) -> bool:
    """True when anything was known about the message."""
    theirs = Message.select().where(Message.id == message, Message.account != account).exists()
    strange = Hit.select().where(Hit.message == message, Hit.owner != account.owner).exists()
    if theirs or strange:
        return False
    with followed([message], hits_too=True):
        erased = Message.delete().where(Message.id == message).execute()
        gone = erase_traces([message], now)
    return bool(erased or gone)


def erase_recipient(account_id: int, address: str, now: float) -> int:
    """The number of messages that this person got.

    A message that nobody else got is erased. Others lose the recipient, with all that is known of
    the copies that nobody shares.
    """
    account = Account.get_by_id(account_id)
    mine = Message.select(SQL("1")).where(
        Message.id == Recipient.message, Message.account == account
    )
    wanted = (Recipient.person == fold(address)) & fn.EXISTS(mine)
    copies: dict[str, set[int]] = {}
    for message, copy in as_tuples(
        Recipient.select(Recipient.message, Recipient.copy_number).where(wanted)
    ):
        copies.setdefault(message, set()).add(copy)
    Recipient.delete().where(wanted).execute()
    MutedRecipient.delete().where(
        MutedRecipient.account == account, MutedRecipient.address == address.lower()
    ).execute()
    for message, theirs in copies.items():
        left = list(Recipient.select().where(Recipient.message == message))
        if left:
            with followed([message], hits_too=True):
                _erase_copies(message, theirs - {row.copy_number for row in left})
            _rewrite_people(message, left, now)
        else:
            erase_message(account, message, now)
    return len(copies)


def _erase_copies(message: str, copies: set[int]) -> None:
    hits = Hit.select(Hit.id).where(Hit.message == message, Hit.copy_number.in_(copies))
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    Hit.delete().where(Hit.message == message, Hit.copy_number.in_(copies)).execute()
    for table in (CopyState, HitCount, Reminder):
        table.delete().where(table.message == message, table.copy_number.in_(copies)).execute()
    _count_again(message)


def _count_again(message: str) -> None:
    left = Hit.select(Hit.kind, fn.COUNT(Hit.id), fn.MIN(Hit.time)).join(VerdictRow)
    counted = left.where(VerdictRow.message == message, VerdictRow.counted).group_by(Hit.kind)
    found = {kind: (count, first) for kind, count, first in as_tuples(counted)}
    mine = VerdictRow.select(VerdictRow.actor, fn.COUNT(VerdictRow.hit)).where(
        VerdictRow.message == message
    )
    actors = dict(as_tuples(mine.group_by(VerdictRow.actor)))
    opens, first_opened_at = found.get(str(Kind.OPEN), (0, None))
    Message.update(
        opens=opens,
        clicks=found.get(str(Kind.CLICK), (0, None))[0],
        machines=actors.get("machine", 0),
        unclear=actors.get("unknown", 0),
        own=actors.get("sender", 0),
        apple=mine.where(VerdictRow.via == "apple-mpp").count(),
        first_opened_at=first_opened_at,
    ).where(Message.id == message).execute()


def _rewrite_people(message: str, left: Sequence[Recipient], now: float) -> None:
    subject = Message.get_by_id(message).subject
    text = searched_text(subject, [(row.name, row.address) for row in left])
    Message.update(people=text).where(Message.id == message).execute()
    _erase_events([message], now)


def erase_traces(messages: Sequence[str], now: float) -> int:
    hits = Hit.select(Hit.id).where(Hit.message.in_(messages))
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    gone = int(Hit.delete().where(Hit.message.in_(messages)).execute())
    for table in (CopyState, HitCount, SenderView, Reminder):
        table.delete().where(table.message.in_(messages)).execute()
    _erase_events(messages, now)
    return gone


def _erase_events(messages: Sequence[str], now: float) -> None:
    """The events keep their numbers: a reader that resumes by number must find no gap."""
    erased = list(Event.select().where(Event.message.in_(messages)))
    for event in erased:
        body = orjson.dumps(erased_body(event.number, now)).decode()
        Event.update(message="", body=body).where(
            Event.account == event.account_id, Event.number == event.number
        ).execute()
    note_erasure({event.account_id for event in erased})


def note_erasure(accounts: Collection[int]) -> None:
    """Tells devices that keep a copy of the events."""
    raised = Account.erasures + 1
    Account.update(erasures=raised).where(Account.id.in_(accounts)).execute()
