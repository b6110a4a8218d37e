"""When the daily digest is due, and its sentence. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sealbreak_server.model.event_kinds import count_words
from sealbreak_server.model.preferences import DAY, Preferences, zone_or_utc


def digest_due(preferences: Preferences, last: float, now: float) -> bool:
    """Whether the hour of a digest has come since the last digest, which was sent at `last`.

    A `last` more than a day ahead comes from a clock that was set back since, and is ignored. A
    `last` less far ahead counts: a clock that is corrected by a second must not repeat a digest.
    """
    hour = digest_hour(preferences, digest_day(preferences, now))
    return hour <= now and not hour <= last <= now + DAY


def digest_day(preferences: Preferences, now: float) -> date:
    """The day of the newest digest whose hour has come."""
    today = preferences.local(now).date()
    return today if digest_hour(preferences, today) <= now else today - timedelta(days=1)


def digest_hour(preferences: Preferences, day: date) -> float:
    """When the digest of a day is due. It covers the time since the same hour of the day before."""
    zone = zone_or_utc(preferences.time_zone)
    return datetime.combine(day, time(preferences.digest_hour), zone).timestamp()


def digest_words(counts: Mapping[str, int], messages: int) -> str:
    """The day in a sentence; empty when nothing happened. `counts`: how many, by kind of event."""
    parts = [plural(count, *count_words(kind)) for kind, count in counts.items() if count]
    words = ", ".join(parts)
    return f"{words}, in {plural(messages, 'mail', 'mails')}" if words and messages else words


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
