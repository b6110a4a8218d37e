"""Which hits count after others changed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.events.counting import Span, agree, by_target, changed_spans, count
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import Target
from support.server.context import HUMAN, SENT, a_hit

COPY = Target(Kind.OPEN, 0, None)
MACHINE = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")


def read(number: int, seconds: float, *, counted: bool = False) -> ClassifiedHit:
    return ClassifiedHit(number, a_hit(seconds), HUMAN, counted)


def test_a_hit_that_became_a_readers_or_ceased_to_be_one_has_changed() -> None:
    fresh, retracted = ClassifiedHit(1, a_hit(0)), read(2, 60)
    changes = [(fresh, read(1, 0)), (retracted, replace(retracted, verdict=MACHINE))]
    assert changed_spans(changes) == {COPY: Span(SENT, SENT + 60, True)}
    assert changed_spans([(retracted, retracted), (fresh, replace(fresh, verdict=MACHINE))]) == {}


def test_a_hit_from_another_source_than_was_thought_has_changed() -> None:
    moved = replace(read(1, 0), verdict=replace(HUMAN, device="Firefox on Linux"))
    assert changed_spans([(read(1, 0), moved)]) == {COPY: Span(SENT, SENT, False)}


def test_what_came_before_a_change_counts_as_it_did() -> None:
    hits = [read(1, 0, counted=True), read(2, 200), read(3, 400), read(4, 900)]
    first_of, _ = count(COPY, hits, since=SENT + 400)
    assert first_of == {1: 1, 2: 1, 3: 1, 4: 4}


def test_a_hit_that_ceased_to_be_a_readers_is_not_forgotten_by_the_next_change() -> None:
    retracted, fresh = read(1, 0), ClassifiedHit(2, a_hit(60))
    changes = [(retracted, replace(retracted, verdict=MACHINE)), (fresh, read(2, 60))]
    assert changed_spans(changes) == {COPY: Span(SENT, SENT + 60, True)}


def test_what_was_counted_before_a_change_is_not_decided_again() -> None:
    hits = [read(1, 0, counted=True), read(2, 100, counted=True), read(3, 200, counted=True)]
    first_of, _ = count(COPY, hits, since=SENT + 200)
    assert first_of == {1: 1, 2: 2, 3: 2}


def test_hits_after_the_end_and_hits_without_a_verdict_are_left_out() -> None:
    hits = [read(1, 0), ClassifiedHit(2, a_hit(400)), read(3, 800), read(4, 801), read(5, 700)]
    first_of, _ = count(COPY, hits, SENT, until=SENT + 800)
    assert first_of == {1: 1, 3: 3, 5: 3}


def test_a_change_has_no_effect_after_a_pause() -> None:
    old = [read(2, 200, counted=True), read(3, 1000, counted=True)]
    new = [read(1, 0), *old]
    assert not agree(COPY, old[:1], new[:2], SENT, SENT + 250)
    assert agree(COPY, old, new, SENT, SENT + 1000)


def test_only_readers_hits_are_grouped_by_target() -> None:
    hits = [read(1, 0), ClassifiedHit(2, a_hit(1), MACHINE), ClassifiedHit(3, a_hit(2))]
    assert by_target(hits) == {COPY: [hits[0]]}


@given(st.sets(st.integers(0, 9000), min_size=1, max_size=20), st.integers(0, 9000))
def test_counting_from_any_time_on_ends_as_counting_all(times: set[int], since: int) -> None:
    hits = [read(at, time) for at, time in enumerate(sorted(times))]
    whole, _ = count(COPY, hits, SENT)
    known = [replace(one, counted=whole[one.number] == one.number) for one in hits]
    assert count(COPY, known, SENT + since)[0] == whole
