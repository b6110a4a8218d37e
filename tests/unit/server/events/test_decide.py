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


def test_opens_within_half_an_hour_count_once() -> None:
    context = a_context(ClassifiedHit(1, a_hit(0)), ClassifiedHit(2, a_hit(1700)))
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
