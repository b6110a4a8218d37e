"""Erases on request: a message, a person. What opted out readers want forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from sealbreak_server.model.folding import fold, searched_text
from sealbreak_server.model.hit import Kind
from sealbreak_server.storage import remains, tombstones
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.events.erasing import blank_events, remove_person
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.mappers import NO_HEADERS, read_messages
from sealbreak_server.storage.tables import (
    Account,
    CopyState,
    Doubt,
    Event,
    Hit,
    HitCount,
    Message,
    MutedRecipient,
    OptOut,
    Recipient,
    Reminder,
    SenderView,
)
from sealbreak_server.storage.tables import ErasedReader as ErasedReaderRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from sealbreak_server.storage.totals import followed

AT_ONCE = 500
"""Messages in one statement."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What an erasure would affect."""

    whole: tuple[str, ...] = ()
    """Messages that would be erased."""
    parts: tuple[str, ...] = ()
    """Messages that would lose a person."""

    def __len__(self) -> int:
        return len(self.whole) + len(self.parts)


def matches_message(account: int, message: str) -> Matches:
    """Also a message that was never registered, when it has hits."""
    owner = Account.get_by_id(account).owner
    theirs = Message.select().where(Message.id == message, Message.account != account).exists()
    strange = Hit.select().where(Hit.message == message, Hit.owner != owner).exists()
    if theirs or strange:
        return Matches()
    known = (
        Message.select().where(Message.id == message).exists()
        or Hit.select().where(Hit.message == message).exists()
    )
    return Matches((message,)) if known else Matches()


@dataclass(frozen=True, slots=True)
class Sketch:
    """As much of a message as shows which one it is."""

    message: str
    sent_at: float | None
    """`None` if it was never registered."""
    subject: str
    hits: int
    events: int


def sketches(messages: Sequence[str]) -> list[Sketch]:
    known = {row.id: row for row in Message.select().where(Message.id.in_(messages))}
    return [
        Sketch(
            message,
            known[message].sent_at if message in known else None,
            known[message].subject if message in known else "",
            Hit.select().where(Hit.message == message).count(),
            Event.select().where(Event.message == message).count(),
        )
        for message in messages
    ]


def erase_message(account: int, message: str, now: float) -> Matches:
    found = matches_message(account, message)
    _erase_messages(account, found.whole, now)
    return found


def _erase_messages(account: int, messages: Sequence[str], now: float) -> None:
    _keep_verdicts_around(messages)
    with followed(messages, hits_too=True):
        Message.delete().where(Message.id.in_(messages)).execute()
        erase_traces([(message, account) for message in messages], now)


def matches_recipient(account: int, address: str) -> Matches:
    others = Recipient.alias()
    shares = others.select(SQL("1")).where(
        others.message == Recipient.message, others.person != fold(address)
    )
    mails = _copies_of(account, address).select(Recipient.message, fn.EXISTS(shares)).distinct()
    found = dict(as_tuples(mails))
    return Matches(
        tuple(message for message, shared in found.items() if not shared),
        tuple(message for message, shared in found.items() if shared),
    )


def erase_recipient(account: int, address: str, now: float) -> Matches:
    """A message that nobody else got is erased. Others lose the recipient, with all that is known
    of the copies that nobody shares."""
    found = matches_recipient(account, address)
    for message in found.parts:
        _erase_reader(account, message, address, now)
    for at in range(0, len(found.whole), AT_ONCE):
        _erase_messages(account, found.whole[at : at + AT_ONCE], now)
    MutedRecipient.delete().where(
        MutedRecipient.account == account, MutedRecipient.address == address.lower()
    ).execute()
    return found


def _copies_of(account: int, address: str) -> Any:
    mine = Message.select(SQL("1")).where(
        Message.id == Recipient.message, Message.account == account
    )
    return Recipient.select().where(Recipient.person == fold(address), fn.EXISTS(mine))


def _erase_reader(account: int, message: str, address: str, now: float) -> None:
    theirs = (Recipient.message == message) & (Recipient.person == fold(address))
    copies = {row.copy_number for row in Recipient.select().where(theirs)}
    tombstones.put_reader(message, copies, address)
    _keep_verdicts_around([message])
    with followed([message], hits_too=True):
        Recipient.delete().where(theirs).execute()
        left = list(Recipient.select().where(Recipient.message == message))
        gone = copies - {row.copy_number for row in left}
        _erase_copies(message, gone)
    _rewrite_people(message, left)
    remove_person(account, message, address, gone, now)
    remains.note()


def _keep_verdicts_around(messages: Sequence[str]) -> None:
    """Verdicts that were made with something that is erased stay as they are, so what else they
    were made with goes: addresses and headers of the other hits, and of older mails' hits in the
    conversation."""
    for message in read_messages(messages).values():
        for each in (message.id, *threads.older(message)):
            classified = VerdictRow.select(SQL("1")).where(VerdictRow.hit == Hit.id)
            _forget_evidence((Hit.message == each) & fn.EXISTS(classified))


def _forget_evidence(which: Any) -> None:
    Hit.update(address="", headers=NO_HEADERS).where(which).execute()


def _erase_copies(message: str, copies: set[int]) -> None:
    _delete_hits(Hit.select(Hit.id).where(Hit.message == message, Hit.copy_number.in_(copies)))
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


def _rewrite_people(message: str, left: Iterable[Recipient]) -> None:
    subject = Message.get_by_id(message).subject
    text = searched_text(subject, [(row.name, row.address) for row in left])
    Message.update(people=text).where(Message.id == message).execute()


def erase_traces(messages: Sequence[tuple[str, int]], now: float) -> None:
    """`messages`: deleted ones, each with its account."""
    ids = [message for message, _ in messages]
    tombstones.put(messages, now)
    _delete_hits(Hit.select(Hit.id).where(Hit.message.in_(ids)))
    for table in (CopyState, Doubt, HitCount, SenderView, Reminder, OptOut, ErasedReaderRow):
        table.delete().where(table.message.in_(ids)).execute()
    blank_events(Event.select().where(Event.message.in_(ids)), now)
    if ids:
        remains.note()


def _delete_hits(numbers: object) -> None:
    VerdictRow.delete().where(VerdictRow.hit.in_(numbers)).execute()
    Hit.delete().where(Hit.id.in_(numbers)).execute()


def forget_reader(message: str, copy: int) -> None:
    """Whoever read this copy opted out: addresses and headers go, and hits without a verdict."""
    theirs = (Hit.message == message) & (Hit.copy_number == copy)
    classified = VerdictRow.select(SQL("1")).where(VerdictRow.hit == Hit.id)
    Hit.delete().where(theirs, ~fn.EXISTS(classified)).execute()
    _forget_evidence(theirs)
    remains.note()
