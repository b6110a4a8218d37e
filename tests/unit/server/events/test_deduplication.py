import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.events.deduplication import (
    OPEN_GAP_SECONDS,
    Deduplicator,
    Span,
    needed_opens,
    spans,
    target_of,
)
from sealbreak_server.model.hit import Hit, Kind

OFFER = "https://example.com/offer"


def a_hit(time: float, kind: Kind = Kind.OPEN, link: int | None = None, copy: int = 0) -> Hit:
    return Hit(kind, "b" * 8, "a" * 16, copy, link, time, "GET", "192.0.2.1", ())


def count(*hits: Hit) -> list[bool]:
    deduplication = Deduplicator(spans((hit, False, True) for hit in hits), {})
    return [deduplication.counts(hit, before=False) for hit in hits]


def test_loads_that_follow_each_other_are_one_open_however_long_it_takes() -> None:
    assert count(a_hit(0), a_hit(1700), a_hit(3400)) == [True, False, False]


def test_a_later_view_is_a_new_open() -> None:
    assert count(a_hit(0), a_hit(OPEN_GAP_SECONDS + 1)) == [True, True]


def test_each_copy_and_each_link_is_counted_by_itself() -> None:
    clicks = [a_hit(at, Kind.CLICK, link) for at, link in enumerate((1, 1, 2))]
    assert count(*clicks) == [True, False, True]
    assert count(a_hit(0), a_hit(1, copy=1)) == [True, True]


def test_an_unchanged_hit_keeps_its_count() -> None:
    old, new = a_hit(1000), a_hit(9000)
    deduplication = Deduplicator(spans([(new, False, True)]), {0: 1000})
    assert deduplication.counts(old, before=False) is False
    assert deduplication.counts(new, before=False) is True


def test_the_newest_open_known_is_enough_for_a_later_one() -> None:
    changed = spans([(a_hit(5000), False, True)])
    assert list(needed_opens(changed, {0: 4000.0})) == []
    assert Deduplicator(changed, {0: 4000.0}).counts(a_hit(5000), before=False) is False


@pytest.mark.parametrize("step", [(a_hit(3000), False, True), (a_hit(5000), True, False)])
def test_a_late_open_and_a_retracted_open_need_the_opens_around_them(
    step: tuple[Hit, bool, bool],
) -> None:
    ((copy, span),) = needed_opens(spans([step]), {0: 4000.0})
    time, gap = step[0].time, OPEN_GAP_SECONDS
    assert (copy, span) == (0, Span(time - gap, time + gap, step[1]))


@given(st.sets(st.integers(0, 20_000), min_size=1, max_size=12), st.data())
def test_counting_one_by_one_ends_as_counting_all_at_once(
    times: set[int], data: st.DataObject
) -> None:
    there: dict[int, bool] = {}
    for time in data.draw(st.permutations(sorted(times))):
        deduplication = Deduplicator(spans([(a_hit(time), False, True)]), {})
        there = {
            at: deduplication.counts(a_hit(at), before=there.get(at, False))
            for at in sorted([*there, time])
        }
    assert list(there.values()) == count(*map(a_hit, sorted(times)))


def test_targets_differ_by_kind_copy_and_link() -> None:
    hit = a_hit(0, Kind.CLICK, 1)
    assert target_of(hit) == target_of(hit._replace(time=9, address="192.0.2.7"))
    assert target_of(hit) != target_of(hit._replace(link=2))
