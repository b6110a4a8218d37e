"""When the daily digest is due, and which days it covers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sealbreak_server.events.digest import (
    MOST_DAYS,
    digest_day,
    digest_days,
    digest_due,
    digest_hour,
)
from sealbreak_server.model.preferences import DAY, Preferences

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


def at(hour: float) -> float:
    return MONDAY + hour * 3600


def test_the_digest_comes_once_its_hour_has_come() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    assert not digest_due(preferences, at(-16), at(7.9))
    assert digest_due(preferences, at(-16), at(8))
    assert not digest_due(preferences, at(8), at(23))
    assert digest_due(preferences, at(8), at(32))


def test_a_digest_that_was_missed_comes_late_and_once() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    assert digest_due(preferences, at(-60), at(20))
    assert not digest_due(preferences, at(20), at(31.9))


def test_a_digest_sent_by_a_clock_that_was_far_ahead_delays_no_other() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    a_year_ahead = MONDAY + 365 * DAY
    assert digest_due(preferences, a_year_ahead, at(8))
    assert not digest_due(preferences, at(8), at(8.1))


@pytest.mark.parametrize("ahead", [0.001, 1, 12])
def test_a_digest_sent_by_a_clock_that_was_a_little_ahead_is_not_repeated(ahead: float) -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    assert not digest_due(preferences, at(8), at(8 - ahead))
    assert not digest_due(preferences, at(8), at(8))
    assert digest_due(preferences, at(8), at(32))


def test_a_digest_is_of_the_day_whose_hour_has_come() -> None:
    preferences = Preferences(digest_hour=8, time_zone="+02:00")
    today = preferences.local(at(12)).date()
    assert digest_day(preferences, at(6)) == today
    assert digest_day(preferences, at(5.9)) == today - timedelta(days=1)
    assert digest_hour(preferences, today) == at(6)


def test_a_day_in_which_clocks_change_is_an_hour_shorter() -> None:
    preferences = Preferences(digest_hour=8, time_zone="Europe/Berlin")
    begin, end = (digest_hour(preferences, date(2026, 3, day)) for day in (28, 29))
    assert end - begin == 23 * 3600


def test_the_digests_hour_is_local() -> None:
    preferences = Preferences(digest=True, digest_hour=8, time_zone="+02:00")
    assert digest_due(preferences, at(-18), at(6))
    assert not digest_due(preferences, at(-18), at(5.9))


def test_a_missed_day_has_a_digest_of_its_own() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    first, newest = date(2026, 11, 22), date(2026, 11, 23)
    assert digest_days(preferences, at(-16), at(8)) == [newest]
    assert digest_days(preferences, at(-17), at(9)) == [first, newest]
    assert len(digest_days(preferences, at(-1000), at(9))) == MOST_DAYS


def test_a_clock_that_was_ahead_leaves_the_newest_day() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    assert digest_days(preferences, at(9000), at(9)) == [date(2026, 11, 23)]
