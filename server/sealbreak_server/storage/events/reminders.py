"""Reminders of copies that nobody opened."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice

from peewee import fn

from sealbreak_server.events import reminders as rules
from sealbreak_server.events.wire import reminder_body
from sealbreak_server.model.folding import fold
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.preferences import DAY, Preferences
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.hits.mappers import read_messages
from sealbreak_server.storage.tables import (
    OPENED,
    Hit,
    OptOut,
    Recipient,
    Reminder,
)
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

MOST_AT_ONCE = 500
SILENT_COPIES = 10_000
"""Unopened copies of a week that are read each time: more than anybody sends."""
LOOKED_AT_ONCE = 500
MAILS_OF_AN_ADDRESS = 10
_LEFT_AT = fn.COALESCE(MessageRow.scheduled_for, MessageRow.sent_at)


def remind(event_writer: EventWriter, account: int, preferences: Preferences, now: float) -> bool:
    if not preferences.reminder:
        return False
    found = _reminders(account, now - preferences.reminder_days * DAY, now)
    reminded = list(islice(found, MOST_AT_ONCE))
    for message, copy, its_reminder in reminded:
        _emit(event_writer, message, copy, its_reminder, now)
    return bool(reminded)


def _reminders(
    account: int, sent_before: float, now: float
) -> Iterator[tuple[Message, int, rules.Reminder]]:
    """The unopened copies that deserve a reminder, however few they are."""
    silent, seen = (
        _silent_copies(account, sent_before),
        cache(partial(_opened_mails, account, sent_before)),
    )
    while some := list(islice(silent, LOOKED_AT_ONCE)):
        found = read_messages({message_id for message_id, _ in some})
        for message_id, copy in some:
            message = found[message_id]
            before = partial(_newest_open, seen, message.sent_at)
            its_reminder = rules.reminder(message.readers(copy), before, message.sent_at, now)
            if its_reminder is not None:
                yield message, copy, its_reminder


def _emit(
    event_writer: EventWriter, message: Message, copy: int, found: rules.Reminder, now: float
) -> None:
    event_writer.emit_scheduled(
        message.account,
        "reminder",
        lambda number, quiet: reminder_body(number, found, message, copy, now, quiet),
        message,
        copy,
    )
    Reminder.create(message=message.id, copy_number=copy, told_at=now)
    MessageRow.update(last_event_at=now).where(MessageRow.id == message.id).execute()


def _silent_copies(account: int, sent_before: float) -> Iterator[tuple[str, int]]:
    """Copies sent in the week before, without a sign of a reader and without a reminder."""
    a_sign = VerdictRow.actor.in_(["human", "unknown"]) | (VerdictRow.via == "apple-mpp")
    signs = (
        VerdictRow.select(VerdictRow.hit)
        .join(Hit)
        .where(
            VerdictRow.message == Recipient.message,
            Hit.copy_number == Recipient.copy_number,
            a_sign,
        )
    )
    gone = OptOut.select(OptOut.copy_number).where(
        OptOut.message == Recipient.message, OptOut.copy_number == Recipient.copy_number
    )
    reminded = Reminder.select(Reminder.copy_number).where(
        Reminder.message == Recipient.message, Reminder.copy_number == Recipient.copy_number
    )
    query = (
        Recipient.select(Recipient.message, Recipient.copy_number)
        .join(MessageRow)
        .where(
            MessageRow.account == account,
            MessageRow.level == "full",
            MessageRow.pixel,
            ~MessageRow.withdrawn,
            sent_before >= _LEFT_AT,
            sent_before - rules.LATE_DAYS * DAY < _LEFT_AT,
            ~fn.EXISTS(signs),
            ~fn.EXISTS(gone),
            ~fn.EXISTS(reminded),
        )
        .group_by(Recipient.message, Recipient.copy_number)
        .limit(SILENT_COPIES)
    )
    found: Iterator[tuple[str, int]] = query.tuples().iterator()
    return found


def _newest_open(
    opened_mails: Callable[[str], list[tuple[float, str, int]]], sent_at: float, address: str
) -> str | None:
    """How the newest open of a mail that was sent to this address before `sent_at` came in."""
    earlier = ((message, copy) for sent, message, copy in opened_mails(address) if sent < sent_at)
    return next((via for message, copy in earlier if (via := _via(message, copy))), None)


def _opened_mails(account: int, sent_before: float, address: str) -> list[tuple[float, str, int]]:
    """The newest opened mails with a copy that nobody else got: when sent, which mail and copy."""
    others = Recipient.alias()
    sharing = others.select(fn.COUNT(others.person.distinct())).where(
        others.message == Recipient.message, others.copy_number == Recipient.copy_number
    )
    mails = (
        Recipient.select(_LEFT_AT, Recipient.message, Recipient.copy_number)
        .join(MessageRow)
        .where(
            MessageRow.account == account,
            Recipient.person == fold(address),
            OPENED,
            sent_before > _LEFT_AT,
            sharing == 1,
        )
        .order_by(_LEFT_AT.desc())
        .limit(MAILS_OF_AN_ADDRESS)
    )
    return [(sent, message, copy) for sent, message, copy in as_tuples(mails)]


def _via(message: str, copy: int) -> str | None:
    """Only counted hits are read: anybody can cause any number of other hits."""
    newest = (
        VerdictRow.select(VerdictRow.via)
        .join(Hit)
        .where(
            VerdictRow.message == message,
            VerdictRow.counted == True,  # noqa: E712 - SQL
            VerdictRow.actor == "human",
            Hit.copy_number == copy,
            Hit.kind == str(Kind.OPEN),
        )
        .order_by(Hit.time.desc())
        .limit(1)
    )
    return next((str(via) for (via,) in as_tuples(newest)), None)
