"""When the daily digest is due, and which days it covers. Pure."""

from datetime import date, datetime, time, timedelta

from sealbreak_server.model.preferences import DAY, Preferences, zone_or_utc

MOST_DAYS = 7
"""After a longer outage the older days have no digest. Their pages can still be opened."""


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


def digest_days(preferences: Preferences, last: float, now: float) -> list[date]:
    """The days whose digests are due, oldest first: several after an outage.

    `last`: when the digest before was sent.
    """
    newest = digest_day(preferences, now)
    missed = (newest - digest_day(preferences, last)).days if last <= now else 1
    return [newest - timedelta(days=back) for back in reversed(range(min(missed, MOST_DAYS)))]
