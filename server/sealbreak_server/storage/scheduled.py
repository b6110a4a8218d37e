"""What is told without a hit: copies that nobody opened, and the digest of a day."""

from collections.abc import Iterable

from peewee import JOIN, FieldAlias, fn

from sealbreak_server.alerts import DAY, Alerts, digest_day, digest_due, digest_words
from sealbreak_server.events import digest_body, reminder_body
from sealbreak_server.hits import Kind
from sealbreak_server.judging import Letter
from sealbreak_server.models import (
    Account,
    Hit,
    Judgement,
    Message,
    OptOut,
    Preference,
    Recipient,
    Reminder,
    lower_address,
)
from sealbreak_server.reminders import LATE_DAYS, reminder
from sealbreak_server.storage import attention
from sealbreak_server.storage.herald import Herald
from sealbreak_server.storage.recording import News, next_due
from sealbreak_server.storage.rows import letters, tuples

MOST_AT_ONCE = 500


def tell_due(now: float) -> News:
    """Reminders and digests whose time has come, each told once whatever happens in between."""
    herald, owners = Herald(now), set()
    for account, owner in tuples(Account.select(Account.id, Account.owner)):
        alerts = attention.of(account).alerts
        if _remind(herald, account, alerts, now) | _digest(herald, account, alerts, now):
            owners.add(owner)
    herald.write()
    return News(frozenset(owners), next_due(now))


# Reminders.


def _remind(herald: Herald, account: int, alerts: Alerts, now: float) -> bool:
    if not alerts.reminder:
        return False
    silent = _silent_copies(account, now - alerts.reminder_days * DAY)
    found = letters({message for message, _ in silent})
    seen = _seen(account, (p for m, copy in silent for p in _addresses(found[m], copy)))
    told = [_remind_of(herald, found[message], copy, seen, now) for message, copy in silent]
    return any(told)


def _remind_of(herald: Herald, letter: Letter, copy: int, seen: dict[str, str], now: float) -> bool:
    found = reminder(letter.readers(copy), seen, letter.sent_at, now)
    if found is None:
        return False
    herald.tell_unasked(
        letter.account,
        "reminder",
        lambda number, quiet: reminder_body(number, found, letter, copy, now, quiet),
        letter,
        copy,
    )
    Reminder.create(message=letter.id, copy=copy, told_at=now)
    Message.update(last_event_at=now).where(Message.id == letter.id).execute()
    return True


def _silent_copies(account: int, sent_before: float) -> list[tuple[str, int]]:
    """Of mails sent in the week before: without a sign of a reader, and told of before."""
    sent_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    a_sign = Judgement.actor.in_(["human", "unknown"]) | (Judgement.via == "apple-mpp")
    signs = (
        Judgement.select(Judgement.hit)
        .join(Hit)
        .where(Judgement.message == Recipient.message, Hit.copy == Recipient.copy, a_sign)
    )
    gone = OptOut.select(OptOut.copy).where(
        OptOut.message == Recipient.message, OptOut.copy == Recipient.copy
    )
    told = Reminder.select(Reminder.copy).where(
        Reminder.message == Recipient.message, Reminder.copy == Recipient.copy
    )
    query = (
        Recipient.select(Recipient.message, Recipient.copy)
        .join(Message)
        .where(
            Message.account == account,
            Message.level == "full",
            sent_at <= sent_before,
            sent_at > sent_before - LATE_DAYS * DAY,
            ~fn.EXISTS(signs),
            ~fn.EXISTS(gone),
            ~fn.EXISTS(told),
        )
        .group_by(Recipient.message, Recipient.copy)
        .limit(MOST_AT_ONCE)
    )
    return [(message, copy) for message, copy in tuples(query)]


def _addresses(letter: Letter, copy: int) -> list[str]:
    return [person.address for person in letter.readers(copy)]


def _seen(account: int, addresses: Iterable[str]) -> dict[str, str]:
    """How the newest open came of a mail that only this address got."""
    others = Recipient.alias()
    its_copy = FieldAlias(others, Recipient.copy)  # `others.copy` is a method
    sharing = others.select(fn.COUNT(1)).where(
        others.message == Recipient.message, its_copy == Recipient.copy
    )
    query = (
        Recipient.select(lower_address, Judgement.via)
        .join(Message)
        .join(Judgement, on=Judgement.message == Message.id)
        .join(Hit, JOIN.INNER, on=(Hit.id == Judgement.hit) & (Hit.copy == Recipient.copy))
        .where(
            Message.account == account,
            lower_address.in_([fn.LOWER(address) for address in sorted(set(addresses))]),
            Judgement.actor == "human",
            Hit.kind == str(Kind.OPEN),
            sharing == 1,
        )
        .order_by(Hit.time)
    )
    return dict(tuples(query))


# The digest.


def _digest(herald: Herald, account: int, alerts: Alerts, now: float) -> bool:
    if not alerts.digest:
        return False
    row = Preference.get(Preference.account == account)
    if not digest_due(alerts, row.digest_at, now):
        return False
    Preference.update(digest_at=now).where(Preference.account == account).execute()
    words, day = _day(account, row.digest_at), digest_day(alerts, now)
    if not words:
        return False
    herald.tell_unasked(
        account, "digest", lambda number, quiet: digest_body(number, words, day, now, quiet)
    )
    return True


def _day(account: int, since: float) -> str:
    """What happened since; empty for nothing."""
    query = (
        Hit.select(Hit.kind, Hit.message)
        .join(Judgement)
        .join(Message, on=Message.id == Hit.message)
        .where(
            Message.account == account, Hit.time > since, Judgement.counted, Message.level != "off"
        )
    )
    rows = tuples(query)
    opens = sum(kind == str(Kind.OPEN) for kind, _ in rows)
    reminders = (
        Reminder.select()
        .join(Message, on=Message.id == Reminder.message)
        .where(Message.account == account, Reminder.told_at > since)
        .count()
    )
    messages = len({message for _, message in rows})
    return digest_words(opens, len(rows) - opens, messages, reminders)
