from datetime import UTC, date, datetime, time, timedelta

import pytest
from sealbreak_server.events.digest import digest_day, digest_due, digest_hour, digest_words
from sealbreak_server.events.quiet import Quiet, quiet_reason
from sealbreak_server.events.reopened import network_of, reopened
from sealbreak_server.model.preferences import DAY, KINDS, Mutes, Preferences, QuietHours, zone_of
from sealbreak_server.model.visit import Visit

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
NIGHT = QuietHours(time(22), time(7))
ANN = ("ann@example.com",)


def at(hour: float) -> float:
    return MONDAY + hour * 3600


def visits(*minutes: float, network: str | None = None) -> list[Visit]:
    return [Visit(MONDAY + 60 * minute, network) for minute in minutes]


def kind_of(*minutes: float, readers: int = 1, hot_at: float | None = None) -> str | None:
    *earlier, last = visits(*minutes)
    found = reopened(last, earlier, earlier[-1].time, hot_at, readers)
    return found.kind if found else None


def test_every_kind_has_its_switch() -> None:
    assert KINDS == ("opened", "clicked", "corrected", "hot", "revived", "reminder", "digest")


def test_by_default_an_open_pops_up() -> None:
    assert quiet_reason("opened", Preferences(), Mutes(), ANN, at(3)) is None


def test_a_kind_that_is_switched_off_is_quiet() -> None:
    assert quiet_reason("opened", Preferences(opened=False), Mutes(), ANN, 0) is Quiet.SWITCHED_OFF
    assert quiet_reason("clicked", Preferences(opened=False), Mutes(), ANN, 0) is None


def test_a_kind_of_a_later_version_has_no_switch_and_is_told() -> None:
    assert quiet_reason("something-new", Preferences(), Mutes(), ANN, 0) is None


def test_a_muted_message_is_quiet() -> None:
    assert quiet_reason("opened", Preferences(), Mutes(message=True), ANN, 0) is Quiet.MUTED_MESSAGE


def test_a_muted_recipient_is_quiet_however_the_address_is_written() -> None:
    mutes = Mutes(recipients=frozenset(ANN))
    assert (
        quiet_reason("clicked", Preferences(), mutes, ["Ann@Example.com"], 0)
        is Quiet.MUTED_RECIPIENT
    )


def test_one_reader_who_is_not_muted_is_enough() -> None:
    mutes = Mutes(recipients=frozenset(ANN))
    assert quiet_reason("opened", Preferences(), mutes, [*ANN, "ben@example.com"], 0) is None


def test_nobody_known_is_nobody_muted() -> None:
    assert quiet_reason("opened", Preferences(), Mutes(recipients=frozenset(ANN)), [], 0) is None


def test_a_snooze_ends() -> None:
    mutes = Mutes(snoozed_until=at(9))
    assert quiet_reason("opened", Preferences(), mutes, ANN, at(8.9)) is Quiet.SNOOZED
    assert quiet_reason("opened", Preferences(), mutes, ANN, at(9)) is None


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21.9, False), (22, True), (0, True), (6.9, True), (7, False)]
)
def test_quiet_hours_may_pass_midnight(hour: float, quiet: bool) -> None:
    reason = quiet_reason("opened", Preferences(quiet_hours=NIGHT), Mutes(), ANN, at(hour))
    assert (reason is Quiet.QUIET_HOURS) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [(11.9, False), (12, True), (13, False)])
def test_quiet_hours_may_lie_within_a_day(hour: float, quiet: bool) -> None:
    noon = Preferences(quiet_hours=QuietHours(time(12), time(13)))
    assert (quiet_reason("opened", noon, Mutes(), ANN, at(hour)) is not None) is quiet


@pytest.mark.parametrize(("zone", "quiet"), [("UTC", False), ("+02:00", True), ("-05:00", False)])
def test_quiet_hours_are_the_accounts_own(zone: str, quiet: bool) -> None:
    night = Preferences(quiet_hours=NIGHT, time_zone=zone)
    assert (quiet_reason("opened", night, Mutes(), ANN, at(21)) is not None) is quiet


def test_a_named_zone_knows_summer_time() -> None:
    berlin = Preferences(time_zone="Europe/Berlin")
    assert berlin.local(MONDAY).hour == 1
    assert berlin.local(datetime(2026, 7, 1, tzinfo=UTC).timestamp()).hour == 2


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "+2", "+99:00", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"zone|data|offset"):
        zone_of(name)


def test_a_stored_zone_that_is_unknown_here_is_read_as_utc() -> None:
    assert Preferences(time_zone="Mars/Olympus").local(MONDAY).hour == 0


def test_a_second_open_only_counts() -> None:
    assert kind_of(0, 40) is None


def test_three_opens_within_an_hour_are_hot() -> None:
    assert kind_of(0, 20, 59) == "hot"


def test_three_opens_in_more_than_an_hour_are_not() -> None:
    assert kind_of(0, 20, 61) is None


def test_fetches_of_one_look_are_one_open() -> None:
    assert kind_of(0, 0.1, 0.2, 0.5, 30, 30.2) is None


def test_three_people_who_open_a_shared_copy_once_make_it_not_hot() -> None:
    assert kind_of(0, 10, 20, readers=3) is None
    assert kind_of(0, 10, 20, 30, 40, readers=3) == "hot"


def test_hot_is_told_once_a_day() -> None:
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY + 1200) is None
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY - DAY) == "hot"


def test_two_networks_are_hot() -> None:
    (home,), (office,) = visits(0, network="Home Net"), visits(300, network="Office Net")
    found = reopened(office, [home], home.time, None, 1)
    assert found is not None
    assert (found.kind, found.words) == ("hot", "Opened from 2 networks within a day")


def test_a_network_that_hides_the_reader_is_none() -> None:
    (home,), (proxy,) = visits(0, network="Home Net"), visits(300)
    assert reopened(proxy, [home], home.time, None, 1) is None


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.77.9", True),
        ("192.0.2.1", "198.51.100.1", False),
        ("2001:db8:1::1", "2001:db8:2::2", True),
        ("2001:db8:1::1", "2001:db9::1", False),
    ],
)
def test_a_network_is_as_wide_as_a_providers(first: str, second: str, same: bool) -> None:
    assert (network_of(first) == network_of(second)) is same


def test_an_address_that_was_forgotten_is_of_no_network() -> None:
    assert network_of("") is None


def test_two_readers_are_expected_on_two_networks() -> None:
    (home,), (office,) = visits(0, network="Home Net"), visits(300, network="Office Net")
    assert reopened(office, [home], home.time, None, 2) is None


def test_after_fourteen_quiet_days_a_mail_is_revived() -> None:
    now = MONDAY + 21 * DAY
    found = reopened(Visit(now), [], MONDAY, None, 1)
    assert found is not None
    assert (found.kind, found.words) == ("revived", "Opened again after 21 quiet days")
    assert reopened(Visit(MONDAY + 13 * DAY), [], MONDAY, None, 1) is None


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


def test_a_digest_told_by_a_clock_that_was_far_ahead_holds_no_other_up() -> None:
    preferences = Preferences(digest=True, digest_hour=8)
    a_year_ahead = MONDAY + 365 * DAY
    assert digest_due(preferences, a_year_ahead, at(8))
    assert not digest_due(preferences, at(8), at(8.1))


@pytest.mark.parametrize("ahead", [0.001, 1, 12])
def test_a_digest_told_by_a_clock_that_was_a_little_ahead_is_not_told_again(ahead: float) -> None:
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


def test_the_digest_counts() -> None:
    assert digest_words(5, 1, 3, 0) == "5 opens, 1 link followed, in 3 mails"
    assert digest_words(1, 0, 1, 0) == "1 open, in 1 mail"
    assert digest_words(0, 0, 0, 2) == "2 mails not opened"
    assert digest_words(0, 0, 0, 0) == ""
