"""Opens after the first: which of them make an event."""

from datetime import UTC, datetime

import pytest
from sealbreak_server.events.reopened import count_visits, network_of, reopened
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.visit import Visit

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


def visits(*minutes: float, network: str | None = None, program: str = "") -> list[Visit]:
    return [Visit(MONDAY + 60 * minute, network, None, program) for minute in minutes]


def kind_of(*minutes: float, readers: int = 1, hot_at: float | None = None) -> str | None:
    *earlier, last = visits(*minutes)
    found = reopened(last, earlier, earlier[-1].time, hot_at, readers)
    return found.kind if found else None


def test_a_second_open_only_counts() -> None:
    assert kind_of(0, 40) is None


def test_three_opens_within_an_hour_are_hot() -> None:
    assert kind_of(0, 20, 59) == "hot"


def test_three_opens_in_more_than_an_hour_are_not() -> None:
    assert kind_of(0, 20, 61) is None


def test_repeated_fetches_of_one_open_count_once() -> None:
    assert kind_of(0, 0.1, 0.2, 0.5, 30, 30.2) is None


def test_reading_replying_and_forwarding_in_one_sitting_is_one_visit() -> None:
    assert kind_of(0, 2, 4) is None
    assert kind_of(0, 4.9, 9.8, 14.7) is None


def test_loads_five_minutes_apart_are_visits() -> None:
    assert kind_of(0, 5, 10) == "hot"


def test_a_visit_ends_after_half_an_hour() -> None:
    assert count_visits(visits(0, 4, 8, 12, 16, 20, 24, 28, 30)) == 1
    assert count_visits(visits(0, 4, 8, 12, 16, 20, 24, 28, 30.1)) == 2


def test_each_program_and_network_has_visits_of_its_own() -> None:
    loads = [
        *visits(0, 3, program="direct Thunderbird on Windows"),
        *visits(1, 4, program="gmail-proxy "),
        *visits(2, network="192.0.0.0/16", program="direct Thunderbird on Windows"),
    ]
    assert count_visits(loads) == 3


def test_three_people_who_open_a_shared_copy_once_make_it_not_hot() -> None:
    assert kind_of(0, 10, 20, readers=3) is None
    assert kind_of(0, 10, 20, 30, 40, readers=3) == "hot"


def test_a_copy_is_hot_once_a_day() -> None:
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY + 1200) is None
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY - DAY) == "hot"


def test_two_networks_are_hot() -> None:
    (first,), (second,) = visits(0, network="Home Net"), visits(300, network="Office Net")
    found = reopened(second, [first], first.time, None, 1)
    assert found is not None
    assert (found.kind, found.words) == ("hot", "Opened from 2 networks within a day")


def test_a_network_that_hides_the_reader_is_none() -> None:
    (first,), (proxy,) = visits(0, network="Home Net"), visits(300)
    assert reopened(proxy, [first], first.time, None, 1) is None


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


def test_an_erased_address_has_no_network() -> None:
    assert network_of("") is None


def test_two_readers_are_expected_on_two_networks() -> None:
    (first,), (second,) = visits(0, network="Home Net"), visits(300, network="Office Net")
    assert reopened(second, [first], first.time, None, 2) is None


def test_after_fourteen_quiet_days_a_mail_is_revived() -> None:
    now = MONDAY + 21 * DAY
    found = reopened(Visit(now), [], MONDAY, None, 1)
    assert found is not None
    assert (found.kind, found.words) == ("revived", "Opened again after 21 quiet days")
    assert reopened(Visit(MONDAY + 13 * DAY), [], MONDAY, None, 1) is None
