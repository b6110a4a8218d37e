"""Events without a hit: reminders of unopened copies, and daily digests."""

from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.events.digest import send_digest
from sealbreak_server.storage.events.reminders import remind
from sealbreak_server.storage.hits.commits import CommitResult, next_due
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.storage.tables import (
    Account,
)


def emit_due(now: float) -> CommitResult:
    """Emits the reminders and digests that are due, each only once even after a crash."""
    event_writer, owners = EventWriter(now), set()
    for account, owner in as_tuples(Account.select(Account.id, Account.owner)):
        preferences = preferences_of(account).preferences
        if preferences.is_quiet(now):
            continue  # they are due when the quiet hours end, so that they pop up
        if remind(event_writer, account, preferences, now) | send_digest(
            event_writer, account, preferences, now
        ):
            owners.add(owner)
    event_writer.write()
    return CommitResult(frozenset(owners), next_due(now))
