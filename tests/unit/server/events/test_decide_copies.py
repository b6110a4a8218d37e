"""What a decision knows about each copy: later opens, corrections, and visits across copies."""

from dataclasses import replace

from sealbreak_server.events.decide import Decision, decide
from sealbreak_server.model.context import ClassifiedHit, CopyState
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import Target
from support.server.context import HUMAN, SENT, a_context, a_hit

UNSURE = replace(HUMAN, sure=False)
MACHINE = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")
AT_HOME = replace(HUMAN, location_known=True, country="DE")
ABROAD = replace(AT_HOME, country="FR")
FIRST = ClassifiedHit(1, a_hit(0), HUMAN, counted=True, event=3)
SECOND = ClassifiedHit(2, a_hit(600), HUMAN, counted=True)
TOLD = {0: CopyState(SENT + 600, 3)}


def third_open(*more: ClassifiedHit, copies: dict[int, CopyState]) -> Decision:
    context = a_context(FIRST, SECOND, *more, ClassifiedHit(3, a_hit(1200)), copies=copies)
    return decide(context, {3: HUMAN}, SENT + 1300)


def test_the_third_open_within_an_hour_is_told_as_hot() -> None:
    decision = third_open(copies=TOLD)
    (event,) = decision.events
    assert (event.kind, event.classified.number) == ("hot", 3)
    assert (event.words, event.note) == ("Opened 3 times within an hour", "")
    assert dict(decision.copies) == {0: CopyState(SENT + 1200, 3, SENT + 1200)}


def test_a_copy_that_is_hot_is_not_told_again_but_another_copy_does_not_matter() -> None:
    hot = third_open(copies={0: replace(TOLD[0], hot_at=SENT + 600)})
    assert hot.events == ()
    assert dict(hot.copies) == {0: CopyState(SENT + 1200, 3, SENT + 600)}
    other = third_open(copies={**TOLD, 1: CopyState(SENT, 2, SENT + 600)})
    assert [event.kind for event in other.events] == ["hot"]


def test_opens_of_another_copy_make_no_copy_hot() -> None:
    elsewhere = replace(SECOND, hit=a_hit(600, copy=1))
    context = a_context(FIRST, elsewhere, ClassifiedHit(3, a_hit(1200)), copies=TOLD)
    assert decide(context, {3: HUMAN}, SENT + 1300).events == ()


def test_an_open_after_two_weeks_is_told_as_revived() -> None:
    late = ClassifiedHit(3, a_hit(20 * DAY))
    context = a_context(FIRST, SECOND, late, copies=TOLD)
    decision = decide(context, {3: HUMAN}, SENT + 21 * DAY)
    (event,) = decision.events
    assert (event.kind, event.words) == ("revived", "Opened again after 19 quiet days")
    assert dict(decision.copies) == {0: CopyState(SENT + 20 * DAY, 3, None)}


def test_a_mail_whose_link_was_followed_since_is_not_revived() -> None:
    def kinds(copy: int) -> list[str]:
        click = ClassifiedHit(2, a_hit(19 * DAY, Kind.CLICK, 1, copy=copy), HUMAN, counted=True)
        context = a_context(FIRST, click, ClassifiedHit(3, a_hit(20 * DAY)), copies=TOLD)
        return [event.kind for event in decide(context, {3: HUMAN}, SENT + 21 * DAY).events]

    assert kinds(copy=0) == []
    assert kinds(copy=1) == ["revived"]


def test_a_click_at_the_time_of_an_open_is_not_before_it() -> None:
    """Only what came before an open tells how long it was quiet."""
    click = ClassifiedHit(2, a_hit(20 * DAY, Kind.CLICK, 1), HUMAN, counted=True)
    context = a_context(FIRST, click, ClassifiedHit(3, a_hit(20 * DAY)), copies=TOLD)
    decision = decide(context, {3: HUMAN}, SENT + 21 * DAY)
    assert [event.kind for event in decision.events] == ["revived"]


def test_a_hot_open_in_a_second_network_is_perhaps_forwarded() -> None:
    home = replace(FIRST, verdict=AT_HOME)
    context = a_context(home, ClassifiedHit(2, a_hit(60, address="198.51.100.1")), copies=TOLD)
    (event,) = decide(context, {2: AT_HOME}, SENT + 70).events
    assert (event.kind, event.note) == ("hot", "perhaps forwarded")
    assert event.words == "Opened from 2 networks within a day"


def test_a_visit_that_is_told_is_not_told_when_an_earlier_load_begins_it() -> None:
    hot = ClassifiedHit(4, a_hit(1200), HUMAN, counted=True, event=5)
    late = ClassifiedHit(3, a_hit(1100))
    context = a_context(FIRST, SECOND, late, hot, copies=TOLD)
    decision = decide(context, {3: HUMAN}, SENT + 1300)
    assert decision.events == ()
    assert {one.number: one.counted for one in decision.classified_hits} == {3: True, 4: False}


def test_a_hot_open_that_was_none_leaves_the_first_open_as_it_is() -> None:
    hot = ClassifiedHit(2, a_hit(7200, address="198.51.100.1"), HUMAN, counted=True, event=4)
    copies = {0: CopyState(SENT + 7200, 3, SENT + 7200), 1: CopyState(SENT, 9, SENT)}
    decision = decide(a_context(FIRST, hot, copies=copies), {2: MACHINE}, SENT + 9000)
    assert [(event.kind, event.corrects) for event in decision.events] == [("corrected", 4)]
    assert [one.event for one in decision.classified_hits] == [None]
    assert dict(decision.copies) == {0: CopyState(SENT, 3, None)}


def test_a_click_that_was_none_leaves_what_is_known_of_opens() -> None:
    click = ClassifiedHit(2, a_hit(60, Kind.CLICK, 1), HUMAN, counted=True, event=4)
    copies = {0: CopyState(SENT, 3, SENT)}
    decision = decide(a_context(FIRST, click, copies=copies), {2: MACHINE}, SENT + 90)
    assert [event.kind for event in decision.events] == ["corrected"]
    assert dict(decision.copies) == {}


def test_an_open_that_is_not_here_still_is_the_newest() -> None:
    """The context holds only the hits near the new one."""
    copies = {0: CopyState(SENT, 3)}
    for fresh in (a_hit(9000, Kind.CLICK, 1), a_hit(9000)):
        machine = decide(
            a_context(ClassifiedHit(2, fresh), copies=copies), {2: MACHINE}, SENT + 9000
        )
        assert dict(machine.copies) == {}
    click = a_context(ClassifiedHit(2, a_hit(9000, Kind.CLICK, 1)), copies=copies)
    decision = decide(click, {2: HUMAN}, SENT + 9000)
    assert [event.implies_open for event in decision.events] == [False]
    assert dict(decision.copies) == {}


def test_a_click_on_a_copy_that_only_others_opened_implies_its_open() -> None:
    context = a_context(ClassifiedHit(2, a_hit(60, Kind.CLICK, 1)), copies={1: CopyState(SENT, 3)})
    (event,) = decide(context, {2: HUMAN}, SENT + 100).events
    assert event.implies_open


def test_a_machines_load_says_nothing_of_a_copy() -> None:
    decision = decide(a_context(ClassifiedHit(1, a_hit(0))), {1: MACHINE}, SENT + 9)
    assert [one.number for one in decision.classified_hits] == [1]
    assert dict(decision.copies) == {}


def test_a_told_open_is_kept_although_nothing_else_of_its_copy_changed() -> None:
    """The writer fills in the number of the new event."""
    pending = ClassifiedHit(1, a_hit(0), UNSURE, counted=True, due=SENT + 4)
    context = a_context(pending, copies={0: CopyState(SENT)})
    decision = decide(context, {1: UNSURE}, SENT + 5)
    assert [event.kind for event in decision.events] == ["opened"]
    assert dict(decision.copies) == {0: CopyState(SENT)}


def test_a_pending_hit_waits_until_it_is_due_however_often_it_is_classified() -> None:
    pending = ClassifiedHit(1, a_hit(0), UNSURE, counted=True, due=SENT + 4)
    decision = decide(a_context(pending), {1: UNSURE}, SENT + 2)
    assert (decision.classified_hits, decision.events) == ((), ())


def test_hits_on_several_targets_at_once_all_count() -> None:
    context = a_context(
        ClassifiedHit(1, a_hit(0)),
        ClassifiedHit(2, a_hit(1, copy=1)),
        ClassifiedHit(3, a_hit(60, Kind.CLICK, 1)),
        ClassifiedHit(4, a_hit(61, Kind.CLICK, 2)),
    )
    decision = decide(context, dict.fromkeys((1, 2, 3, 4), HUMAN), SENT + 100)
    assert [one.counted for one in decision.classified_hits] == [True] * 4
    assert [event.classified.number for event in decision.events] == [1, 2, 3, 4]


def test_hits_after_the_recounted_time_stay_as_they_are() -> None:
    """Not all hits after it are in the context, so what began their visits may be missing."""
    new, near = ClassifiedHit(1, a_hit(0)), ClassifiedHit(2, a_hit(200), HUMAN, counted=True)
    far = ClassifiedHit(3, a_hit(400), HUMAN, counted=True)
    context = a_context(
        new, near, far,
        copies={0: CopyState(SENT + 400, 3)},
        recounted={Target(Kind.OPEN, 0, None): SENT + 300},
    )  # fmt: skip
    decision = decide(context, {1: HUMAN}, SENT + 500)
    assert {one.number: one.counted for one in decision.classified_hits} == {1: True, 2: False}


def test_what_began_before_the_context_is_not_counted_again() -> None:
    """The hit that began the visit of the first one is not here, or its address is erased."""
    follows = ClassifiedHit(1, a_hit(0), HUMAN)
    later = decide(a_context(follows, ClassifiedHit(2, a_hit(200))), {2: HUMAN}, SENT + 300)
    assert {one.number: one.counted for one in later.classified_hits} == {2: False}
    erased = ClassifiedHit(1, a_hit(200, address=""), HUMAN)
    context = a_context(ClassifiedHit(2, a_hit(0)), erased)
    earlier = decide(context, {2: replace(HUMAN, via="vpn")}, SENT + 300)
    assert {one.number: one.counted for one in earlier.classified_hits} == {2: True}


def test_clicks_are_counted_from_the_first_one_that_matters() -> None:
    """The first click tells how long the second one lasts, which the third one does not join."""
    first = ClassifiedHit(1, a_hit(0, Kind.CLICK, 1), HUMAN, counted=True)
    again = ClassifiedHit(2, a_hit(10, Kind.CLICK, 1), HUMAN)
    context = a_context(first, again, ClassifiedHit(3, a_hit(20, Kind.CLICK, 1)))
    decision = decide(context, {3: HUMAN}, SENT + 30)
    assert {one.number: one.counted for one in decision.classified_hits} == {3: True}


def forwarded(*others: ClassifiedHit, seconds: float = 60) -> str:
    home = replace(FIRST, verdict=AT_HOME)
    click = ClassifiedHit(9, a_hit(seconds, Kind.CLICK, 1))
    hits = sorted((home, click, *others), key=lambda one: one.hit.time)
    decision = decide(a_context(*hits, copies=TOLD), {9: ABROAD}, SENT + 9000)
    return decision.events[-1].note


def test_only_earlier_opens_say_where_a_copy_was_read() -> None:
    assert forwarded(ClassifiedHit(2, a_hit(5000), ABROAD, counted=True)) == "perhaps forwarded"
    earlier_click = ClassifiedHit(2, a_hit(30, Kind.CLICK, 2), ABROAD, counted=True, event=8)
    assert forwarded(earlier_click) == "perhaps forwarded"
    assert forwarded(ClassifiedHit(2, a_hit(30), ABROAD, counted=True)) == ""


def test_an_open_in_the_same_second_counts_as_earlier() -> None:
    assert forwarded(seconds=0) == "perhaps forwarded"
