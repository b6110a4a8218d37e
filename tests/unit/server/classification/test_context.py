"""The facts of a hit among others, and which others are classified again with it."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.context import FactBuilder, classify_context
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from support.server.context import ANN, BEN, HUMAN, MESSAGE, SENT, a_context, a_hit


def test_facts_hold_what_is_known_about_the_message() -> None:
    classified = ClassifiedHit(1, a_hit(60, Kind.CLICK, 2))
    facts = FactBuilder(
        a_context(classified, own_addresses={"192.0.2.9": SENT, "192.0.2.8": SENT - 7200})
    ).facts(classified)
    assert (facts.seconds_after_send, facts.recipients) == (60, 1)
    assert (facts.links_in_message, facts.link, facts.hidden) == (1, 2, True)
    assert facts.sender_addresses == ("192.0.2.9",)


def test_facts_count_the_recipients_of_the_copy() -> None:
    classified = ClassifiedHit(1, a_hit(60))
    message = replace(MESSAGE, recipients=(ANN, BEN))
    assert FactBuilder(a_context(classified, message=message)).facts(classified).recipients == 2


@pytest.mark.parametrize(("view", "viewing"), [(-21, False), (-19, True), (9, True), (11, False)])
def test_a_view_covers_the_seconds_around_it(view: float, viewing: bool) -> None:
    classified = ClassifiedHit(1, a_hit(60))
    context = a_context(classified, views=(SENT + 60 + view,))
    assert FactBuilder(context).facts(classified).sender_viewing is viewing


def test_nearby_hits_are_near_in_time() -> None:
    first, near, far = (
        ClassifiedHit(1, a_hit(0)),
        ClassifiedHit(2, a_hit(200, link=1)),
        ClassifiedHit(3, a_hit(400)),
    )
    nearby = FactBuilder(a_context(first, near, far)).facts(first).nearby
    assert [(other.dt, other.link) for other in nearby] == [(200, 1)]


def test_in_a_flood_only_the_nearest_hits_are_nearby_hits() -> None:
    classified_hits = [ClassifiedHit(at, a_hit(at)) for at in range(100)]
    nearby = FactBuilder(a_context(*classified_hits)).facts(classified_hits[50]).nearby
    assert [other.dt for other in nearby] == [-1, 1]


def test_a_hit_of_a_new_shape_has_the_others_classified_again() -> None:
    seen: list[Facts] = []

    def classify(facts: Facts) -> Verdict:
        seen.append(facts)
        return HUMAN

    old = ClassifiedHit(1, a_hit(0), HUMAN)
    classify_context(classify, a_context(old, ClassifiedHit(2, a_hit(1))), {2})
    assert len(seen) == 1
    classify_context(classify, a_context(old, ClassifiedHit(2, a_hit(1, address="192.0.2.7"))), {2})
    assert len(seen) == 3


def test_loads_of_one_shape_affect_each_other_only_when_the_sender_was_viewing() -> None:
    """Each is shown the nearest only, so the first does not see the third."""
    classified_hits = [ClassifiedHit(at, a_hit(at), HUMAN) for at in range(3)]
    unviewed, viewed = a_context(*classified_hits), a_context(*classified_hits, views=(SENT + 2,))
    assert classify_context(lambda facts: HUMAN, unviewed, {2}).keys() == {2}
    assert classify_context(lambda facts: HUMAN, viewed, {2}).keys() == {1, 2}


def test_clicks_affect_each_other() -> None:
    classified_hits = [ClassifiedHit(at, a_hit(at, Kind.CLICK, link=1), HUMAN) for at in range(3)]
    assert classify_context(lambda facts: HUMAN, a_context(*classified_hits), {2}).keys() == {1, 2}


def test_a_click_knows_the_loads_of_the_hour_before() -> None:
    clicked, opened = (
        ClassifiedHit(1, a_hit(4000, Kind.CLICK, 1)),
        ClassifiedHit(2, a_hit(4001)),
    )
    shown = (a_hit(399, address="192.0.2.7"), a_hit(400), a_hit(900), a_hit(500, address="h"))
    builder = FactBuilder(a_context(clicked, opened, shown=shown))
    near = builder.facts(clicked).nearby
    assert [(one.dt, one.address) for one in near] == [
        (-3100, "192.0.2.1"),
        (-3500, "h"),
        (1, "192.0.2.1"),
    ]
    assert [one.dt for one in builder.facts(opened).nearby] == [-1]


@pytest.mark.parametrize(("second", "known"), [(399, False), (400, True), (3699, True)])
def test_loads_count_for_an_hour(second: float, known: bool) -> None:
    clicked = ClassifiedHit(1, a_hit(4000, Kind.CLICK, 1))
    among_hits = a_context(ClassifiedHit(2, a_hit(second)), clicked)
    before = a_context(clicked, shown=(a_hit(second),))
    for context in (among_hits, before):
        assert bool(FactBuilder(context).facts(clicked).nearby) is known


def test_a_click_says_which_clicks_are_about_its_copy() -> None:
    first, other = (
        ClassifiedHit(1, a_hit(0, Kind.CLICK, 1, copy=1)),
        ClassifiedHit(2, a_hit(1, Kind.CLICK, 1, copy=2)),
    )
    near = FactBuilder(a_context(first, other, ClassifiedHit(3, a_hit(2)))).facts(first).nearby
    assert [(one.kind, one.same_copy) for one in near] == [(Kind.CLICK, False), (Kind.OPEN, True)]


def test_facts_hold_the_domains_of_the_readers_of_the_copy() -> None:
    classified = ClassifiedHit(1, a_hit(60))
    message = replace(MESSAGE, recipients=(ANN, BEN, replace(BEN, copy=1)))
    facts = FactBuilder(a_context(classified, message=message)).facts(classified)
    assert facts.recipient_domains == ("example.com", "example.org")
