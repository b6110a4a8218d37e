"""The daily digest."""

from sealbreak_server.events.digest import digest_day, digest_due, digest_words
from sealbreak_server.events.wire import digest_body
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.preferences import DAY, Preferences
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.events.reader import other_kinds_since
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.tables import (
    Hit,
    Preference,
    Reminder,
)
from sealbreak_server.storage.tables import Message as MessageRow
from sealbreak_server.storage.tables import Verdict as VerdictRow

MOST_OTHERS = 1000
"""Events of unknown kinds that one digest counts at most."""


def send_digest(
    event_writer: EventWriter, account: int, preferences: Preferences, now: float
) -> bool:
    if not preferences.digest:
        return False
    row = Preference.get(Preference.account == account)
    if not digest_due(preferences, row.digest_at, now):
        return False
    Preference.update(digest_at=now).where(Preference.account == account).execute()
    since = row.digest_at if row.digest_at <= now else now - DAY  # the clock was ahead before
    words, day = _day(account, since), digest_day(preferences, now)
    if not words:
        return False
    event_writer.emit_scheduled(
        account, "digest", lambda number, quiet: digest_body(number, words, day, now, quiet)
    )
    return True


def _day(account: int, since: float) -> str:
    """The summary of what happened after `since`, empty if nothing did."""
    query = (
        Hit.select(Hit.kind, Hit.message)
        .join(VerdictRow)
        .join(MessageRow, on=MessageRow.id == Hit.message)
        .where(
            MessageRow.account == account,
            Hit.time > since,
            VerdictRow.counted,
            MessageRow.level != "off",
        )
    )
    rows = as_tuples(query)
    opens = sum(kind == str(Kind.OPEN) for kind, _ in rows)
    reminders = (
        Reminder.select()
        .join(MessageRow, on=MessageRow.id == Reminder.message)
        .where(MessageRow.account == account, Reminder.told_at > since)
        .count()
    )
    counts = {
        "opened": opens,
        "clicked": len(rows) - opens,
        "reminder": reminders,
        "other": other_kinds_since(account, since, MOST_OTHERS),
    }
    return digest_words(counts, len({message for _, message in rows}))
