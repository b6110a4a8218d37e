from dataclasses import replace

from sealbreak_server.events.decide import decide
from sealbreak_server.model.context import ClassifiedHit, CopyState, HitContext
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.context import HUMAN, MESSAGE, SENT, a_context, a_hit

UNSURE = replace(HUMAN, sure=False)
MACHINE = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")


def kinds(context: HitContext, verdicts: dict[int, Verdict], now: float = SENT + 100) -> list[str]:
    return [event.kind for event in decide(context, verdicts, now).events]


def test_the_first_open_makes_an_event_and_the_next_does_not() -> None:
    context = a_context(ClassifiedHit(1, a_hit(0)), ClassifiedHit(2, a_hit(4000)))
    decision = decide(context, {1: HUMAN, 2: HUMAN}, SENT + 5000)
    assert [t.classified.number for t in decision.events] == [1]
    assert [classified.counted for classified in decision.classified_hits] == [True, True]


def test_loads_within_five_minutes_count_once() -> None:
    context = a_context(ClassifiedHit(1, a_hit(0)), ClassifiedHit(2, a_hit(299)))
    decision = decide(context, {1: HUMAN, 2: HUMAN}, SENT + 5000)
    assert [classified.counted for classified in decision.classified_hits] == [True, False]


def test_each_copy_has_its_own_event() -> None:
    context = a_context(ClassifiedHit(1, a_hit(0)), ClassifiedHit(2, a_hit(1, copy=2)))
    assert kinds(context, {1: HUMAN, 2: HUMAN}) == ["opened", "opened"]


def test_a_copy_that_was_announced_is_not_announced_again() -> None:
    context = a_context(ClassifiedHit(2, a_hit(9000)), copies={0: CopyState(SENT, 7)})
    assert kinds(context, {2: HUMAN}) == []


def test_an_unsure_hit_waits_and_makes_its_event_when_due() -> None:
    classified = ClassifiedHit(1, a_hit(0))
    waiting = decide(a_context(classified), {1: UNSURE}, SENT + 1)
    assert waiting.events == ()
    (kept,) = waiting.classified_hits
    assert kept.due == SENT + 4
    assert kinds(a_context(kept), {1: UNSURE}, SENT + 4) == ["opened"]


def test_a_hit_that_becomes_a_machine_in_time_makes_no_event() -> None:
    kept = ClassifiedHit(1, a_hit(0), UNSURE, counted=True, due=SENT + 4)
    decision = decide(a_context(kept), {1: MACHINE}, SENT + 2)
    assert decision.events == ()
    assert [(classified.counted, classified.due) for classified in decision.classified_hits] == [
        (False, None)
    ]


def test_an_event_is_corrected() -> None:
    classified = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    context = a_context(classified, copies={0: CopyState(SENT, 3)})
    decision = decide(context, {1: MACHINE}, SENT + 9)
    assert [(t.kind, t.corrects) for t in decision.events] == [("corrected", 3)]
    assert decision.copies[0] == CopyState(None, None)


def test_the_reader_after_a_corrected_open_makes_an_event() -> None:
    machine = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    reader = ClassifiedHit(2, a_hit(5, address="192.0.2.7"), HUMAN)
    context = a_context(machine, reader, copies={0: CopyState(SENT + 5, 3)})
    decision = decide(context, {1: MACHINE, 2: HUMAN}, SENT + 9)
    assert [(t.kind, t.classified.number) for t in decision.events] == [
        ("corrected", 1),
        ("opened", 2),
    ]


def test_the_next_open_is_told_when_the_first_was_none_however_late_it_was() -> None:
    first = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    second = ClassifiedHit(2, a_hit(7200), HUMAN, counted=True)
    context = a_context(first, second, copies={0: CopyState(SENT + 7200, 3)})
    decision = decide(context, {1: MACHINE}, SENT + 9000)
    assert [(t.kind, t.classified.number) for t in decision.events] == [
        ("corrected", 1),
        ("opened", 2),
    ]
    assert decision.copies[0].opened_at == SENT + 7200


def test_an_open_told_as_hot_is_told_again_when_it_is_the_first() -> None:
    first = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    hot = ClassifiedHit(2, a_hit(7200), HUMAN, counted=True, event=4)
    context = a_context(first, hot, copies={0: CopyState(SENT + 7200, 3, SENT + 7200)})
    decision = decide(context, {1: MACHINE}, SENT + 9000)
    assert [(t.kind, t.classified.number, t.corrects) for t in decision.events] == [
        ("corrected", 1, 3),
        ("corrected", 2, 4),
        ("opened", 2, None),
    ]
    assert decision.copies[0] == CopyState(SENT + 7200, None, None)


def test_the_last_open_is_not_lost_to_a_later_look_by_the_sender() -> None:
    opened = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    own = ClassifiedHit(2, a_hit(2 * 86400))
    context = a_context(opened, own, copies={0: CopyState(SENT, 3)})
    decision = decide(context, {2: replace(MACHINE, actor=Actor.SENDER)}, SENT + 2 * 86400)
    assert dict(decision.copies) == {}


def test_an_earlier_click_that_comes_late_is_not_told_twice() -> None:
    told = ClassifiedHit(1, a_hit(5, Kind.CLICK, 1), HUMAN, counted=True, event=3)
    late = ClassifiedHit(2, a_hit(0, Kind.CLICK, 1))
    decision = decide(a_context(late, told), {2: HUMAN}, SENT + 100)
    assert decision.events == ()
    assert {one.number: one.counted for one in decision.classified_hits} == {1: False, 2: True}


def test_a_click_that_counts_since_the_one_before_was_a_machines_is_told() -> None:
    first = ClassifiedHit(1, a_hit(0, Kind.CLICK, 1), HUMAN, counted=True, event=3)
    second = ClassifiedHit(2, a_hit(5, Kind.CLICK, 1), HUMAN)
    decision = decide(a_context(first, second), {1: MACHINE}, SENT + 100)
    assert [t.kind for t in decision.events] == ["corrected", "clicked"]


def no_image(*others: ClassifiedHit, loaded: frozenset[int] = frozenset()) -> bool:
    click = ClassifiedHit(9, a_hit(60, Kind.CLICK, 1))
    context = a_context(*others, click, loaded=loaded)
    (event,) = decide(context, {9: HUMAN}, SENT + 100).events
    assert event.implies_open
    return event.no_image


def test_no_image_was_loaded_only_when_nobody_loaded_it() -> None:
    """Not after Apple's load, a prefetch or the sender's own look."""
    assert no_image()
    assert not no_image(ClassifiedHit(1, a_hit(0), MACHINE))
    assert not no_image(loaded=frozenset({0}))
    assert no_image(ClassifiedHit(1, a_hit(0, copy=2), MACHINE), loaded=frozenset({1}))


def test_a_pending_hit_is_classified_before_it_is_told() -> None:
    pending = ClassifiedHit(1, a_hit(0), UNSURE, counted=True, due=SENT + 4)
    context = a_context(pending, ClassifiedHit(2, a_hit(9, copy=1)))
    assert kinds(context, {2: HUMAN}) == ["opened"]
    assert kinds(context, {1: HUMAN, 2: HUMAN}) == ["opened", "opened"]


def test_each_click_makes_an_event_but_a_repeated_one_does_not() -> None:
    clicks = [
        ClassifiedHit(at, a_hit(seconds, Kind.CLICK, 1)) for at, seconds in enumerate((0, 5, 40))
    ]
    context = a_context(*clicks)
    decision = decide(context, dict.fromkeys(range(3), HUMAN), SENT + 100)
    assert [t.classified.number for t in decision.events] == [0, 2]


def test_a_message_of_level_count_makes_no_events() -> None:
    context = a_context(ClassifiedHit(1, a_hit(0)), message=replace(MESSAGE, level="count"))
    assert kinds(context, {1: HUMAN}) == []


def test_an_unchanged_verdict_changes_nothing() -> None:
    classified = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
    context = a_context(classified, copies={0: CopyState(SENT, 3)})
    decision = decide(context, {1: HUMAN}, SENT + 9)
    assert (decision.classified_hits, decision.events, dict(decision.copies)) == ((), (), {})


AT_HOME = replace(HUMAN, location_known=True, country="DE")
ABROAD = replace(AT_HOME, country="FR")


def notes(*verdicts: Verdict, address: str = "192.0.2.1") -> list[tuple[str, str]]:
    opened = ClassifiedHit(1, a_hit(0), AT_HOME, counted=True, event=3)
    more = [
        ClassifiedHit(2 + n, a_hit(60 + 60 * n, Kind.CLICK, 1, address=address))
        for n, _ in enumerate(verdicts)
    ]
    context = a_context(opened, *more, copies={0: CopyState(SENT, 3)})
    decision = decide(context, {2 + n: v for n, v in enumerate(verdicts)}, SENT + 5000)
    return [(event.kind, event.note) for event in decision.events]


def test_a_click_in_a_second_country_or_network_is_perhaps_a_forward() -> None:
    assert notes(ABROAD) == [("clicked", "perhaps forwarded")]
    assert notes(AT_HOME, address="198.51.100.1") == [("clicked", "perhaps forwarded")]


def test_a_click_where_the_mail_was_opened_is_no_forward() -> None:
    assert notes(AT_HOME) == [("clicked", "")]
    assert notes(replace(ABROAD, location_known=False)) == [("clicked", "")]
