"""The pop-up of the daily digest."""

from datetime import timedelta
from functools import partial

from sealbreak_server.events.digest import digest_days, digest_due, digest_hour
from sealbreak_server.events.digest_sections import digest_words
from sealbreak_server.events.wire import digest_body
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.storage.hits.event_writer import EventWriter
from sealbreak_server.storage.lists.digests import digest_between
from sealbreak_server.storage.tables import Preference


def send_digest(
    event_writer: EventWriter, account: int, preferences: Preferences, now: float
) -> bool:
    """Tells of each day that its page has something of."""
    if not preferences.digest:
        return False
    row = Preference.get(Preference.account == account)
    if not digest_due(preferences, row.digest_at, now):
        return False
    Preference.update(digest_at=now).where(Preference.account == account).execute()
    told = False
    for day in digest_days(preferences, row.digest_at, now):
        begin, end = (digest_hour(preferences, at) for at in (day - timedelta(days=1), day))
        words = digest_words(digest_between(account, begin, end).sections)
        if words:
            told = True
            event_writer.emit_scheduled(
                account, "digest", partial(digest_body, words=words, day=day, now=now)
            )
    return told
