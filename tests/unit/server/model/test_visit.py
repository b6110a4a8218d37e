"""What one visit is, and one click."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import (
    Source,
    Target,
    Visits,
    count_networks,
    network_of,
    source_of,
    target_of,
)
from support.server.context import a_hit

COPY, LINK = Target(Kind.OPEN, 0, None), Target(Kind.CLICK, 0, 1)
GMAIL = Source("gmail-proxy ")
HOME = Source("direct Chrome on Windows", "DE", "192.0.0.0/16")
HOME_V6 = HOME._replace(network="2001:db8::/32")
AWAY = HOME._replace(network="198.51.0.0/16")


def count(*hits: tuple[float, Source], target: Target = COPY) -> int:
    """`hits`: each with its minute."""
    visits = Visits(target)
    return len({visits.add(at, 60 * minute, source) for at, (minute, source) in enumerate(hits)})


def visits_at(*minutes: float, target: Target = COPY) -> int:
    return count(*((minute, GMAIL) for minute in minutes), target=target)


def test_reading_replying_and_forwarding_in_one_sitting_is_one_visit() -> None:
    assert visits_at(0, 2, 4) == 1
    assert visits_at(0, 4.9, 9.8, 14.7) == 1


def test_loads_five_minutes_apart_are_visits() -> None:
    assert visits_at(0, 5, 10) == 3


def test_a_visit_ends_after_half_an_hour() -> None:
    assert visits_at(0, 4, 8, 12, 16, 20, 24, 28, 30) == 1
    assert visits_at(0, 4, 8, 12, 16, 20, 24, 28, 30.1) == 2


def test_an_open_every_twenty_minutes_is_an_open_each_time() -> None:
    assert visits_at(*range(0, 8 * 60, 20)) == 24


def test_each_program_network_and_country_has_visits_of_its_own() -> None:
    assert count((0, HOME), (1, GMAIL), (2, AWAY), (3, HOME), (4, GMAIL)) == 3
    assert count((0, HOME), (1, HOME._replace(country="FR"))) == 2


def test_a_line_may_have_both_ip_versions() -> None:
    assert count((0, HOME), (1, HOME_V6), (2, HOME), (3, HOME_V6)) == 1
    assert count((0, HOME), (1, HOME_V6), (2, AWAY)) == 2
    assert count_networks(["192.0.0.0/16", "2001:db8::/32"]) == 1
    assert count_networks(["192.0.0.0/16", "2001:db8::/32", "198.51.0.0/16"]) == 2
    assert count_networks([]) == 0


def test_where_a_network_is_not_known_program_and_country_decide() -> None:
    erased = HOME._replace(network=None)
    assert count((0, HOME), (1, erased), (2, HOME)) == 1
    assert count((0, erased), (1, HOME), (2, AWAY)) == 2


@pytest.mark.parametrize(("seconds", "clicks"), [(0, 1), (10, 1), (10.1, 2)])
def test_clicks_within_ten_seconds_are_one(seconds: float, clicks: int) -> None:
    assert visits_at(0, seconds / 60, target=LINK) == clicks


def test_a_click_is_not_prolonged_by_the_next_one() -> None:
    assert visits_at(0, 0.1, 0.2, target=LINK) == 2


def test_a_hit_that_begins_no_visit_follows_hits_that_were_left_out() -> None:
    visits = Visits(COPY)
    assert visits.add(1, 0, GMAIL, True) == 1
    assert visits.add(2, 400, GMAIL, False) == 1
    assert visits.add(3, 800, GMAIL) == 3


def test_targets_differ_by_kind_copy_and_link() -> None:
    hit = a_hit(0, Kind.CLICK, 1)
    assert target_of(hit) == target_of(hit._replace(time=9, address="192.0.2.7"))
    assert target_of(hit) != target_of(hit._replace(link=2))
    assert target_of(hit) != target_of(hit._replace(copy=1))


def test_a_network_is_known_only_where_it_is_the_readers_own() -> None:
    verdict = Verdict(Actor.HUMAN, "direct", "reader", device="Firefox", country="DE")
    assert source_of(a_hit(0), verdict) == Source("direct Firefox")
    known = Verdict(Actor.HUMAN, "direct", "reader", country="DE", location_known=True)
    assert source_of(a_hit(0), known) == Source("direct ", "DE", "192.0.0.0/16", True)


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


@given(st.lists(st.integers(0, 3 * 3600), min_size=1, max_size=30))
def test_the_source_that_hides_all_is_counted_as_written_down(times: list[int]) -> None:
    """By the words of the definition, load by load."""
    began = last = None
    count = 0
    for time in sorted(times):
        if last is None or began is None or time - last >= 300 or time - began > 1800:
            count, began = count + 1, time
        last = time
    assert visits_at(*(time / 60 for time in sorted(times))) == count
