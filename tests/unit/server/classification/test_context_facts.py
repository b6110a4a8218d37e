"""What the facts of a hit say about the hit itself, its neighbours, its thread and its level."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.context import FactBuilder, classify_context
from sealbreak_server.model.context import ClassifiedHit, HitContext
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.context import ANN, HUMAN, MESSAGE, SENT, a_context, a_hit

ONE = ClassifiedHit(1, a_hit(60))
DETAILED = Verdict(
    Actor.HUMAN, "direct", "reader", device="Firefox on Linux", country="DE",
    network="Example Telecom", evidence=("an example",), device_known=True, location_known=True,
)  # fmt: skip


def facts_of(classified: ClassifiedHit, context: HitContext) -> Facts:
    return FactBuilder(context).facts(classified)


def test_facts_repeat_the_request() -> None:
    hit = a_hit(
        60, Kind.CLICK, 1, method="HEAD", own_click=True,
        headers=(("accept", "*/*"), ("user-agent", "Lynx")),
    )  # fmt: skip
    classified = ClassifiedHit(1, hit)
    facts = facts_of(classified, a_context(classified))
    assert (facts.kind, facts.method, facts.address) == (Kind.CLICK, "HEAD", "192.0.2.1")
    assert (dict(facts.headers), facts.own_click) == ({"accept": "*/*", "user-agent": "Lynx"}, True)


def test_the_domain_of_an_address_follows_its_last_at_sign() -> None:
    message = replace(MESSAGE, recipients=(replace(ANN, address='"ann@home"@Example.com'),))
    assert facts_of(ONE, a_context(ONE, message=message)).recipient_domains == ("example.com",)


def test_own_addresses_count_for_two_hours() -> None:
    seen = {"192.0.2.8": SENT + 60 - 7200, "192.0.2.9": SENT + 60 - 7199}
    assert facts_of(ONE, a_context(ONE, own_addresses=seen)).sender_addresses == ("192.0.2.9",)


@pytest.mark.parametrize(
    ("view", "viewing"), [(-20, True), (-20.1, False), (10, True), (10.1, False)]
)
def test_a_view_covers_twenty_seconds_before_and_ten_after_it(view: float, viewing: bool) -> None:
    assert facts_of(ONE, a_context(ONE, views=(SENT + 60 + view,))).sender_viewing is viewing


def test_the_time_since_a_reply_is_that_since_the_newest_one_before() -> None:
    newer = (SENT + 10, SENT + 60, SENT + 61)
    assert facts_of(ONE, a_context(ONE, newer=newer)).seconds_after_reply == 0
    assert facts_of(ONE, a_context(ONE, newer=newer[:1])).seconds_after_reply == 50
    assert facts_of(ONE, a_context(ONE, newer=newer[2:])).seconds_after_reply is None


def test_loads_of_newer_mails_count_for_ten_seconds_on_both_sides() -> None:
    loads = [a_hit(at, address="192.0.2.5") for at in (71, 70, 50, 49, 65)]
    found = facts_of(ONE, a_context(ONE, newer_loads=tuple(loads))).newer_loads
    assert found == tuple(
        Nearby(Kind.OPEN, float(dt), "192.0.2.5", "Firefox") for dt in (-10, 5, 10)
    )


def test_neighbours_say_who_came_and_what_was_followed() -> None:
    bare = a_hit(80, headers=(("accept", "*/*"),))
    others = [
        ClassifiedHit(2, a_hit(70, Kind.CLICK, 2, address="192.0.2.7")),
        ClassifiedHit(3, bare),
        ClassifiedHit(4, a_hit(90, Kind.CLICK, 1)),
    ]
    context = a_context(ONE, *others, views=(SENT + 100,))
    assert sorted(facts_of(ONE, context).nearby, key=lambda one: one.dt) == [
        Nearby(Kind.CLICK, 10, "192.0.2.7", "Firefox", 2, hidden=True, same_copy=True),
        Nearby(Kind.OPEN, 20, "192.0.2.1", ""),
        Nearby(Kind.CLICK, 30, "192.0.2.1", "Firefox", 1, sender_viewing=True),
    ]


def test_loads_long_before_a_click_say_who_came() -> None:
    click = ClassifiedHit(1, a_hit(4000, Kind.CLICK, 1))
    found = facts_of(click, a_context(click, shown=(a_hit(3000),))).nearby
    assert found == (Nearby(Kind.OPEN, -1000, "192.0.2.1", "Firefox"),)


def test_programs_are_told_apart_among_neighbours() -> None:
    chrome = (("user-agent", "Chrome"),)
    others = [ClassifiedHit(2, a_hit(61)), ClassifiedHit(3, a_hit(62, headers=chrome))]
    nearby = facts_of(ONE, a_context(ONE, *others)).nearby
    assert {(one.dt, one.agent) for one in nearby} == {(1, "Firefox"), (2, "Chrome")}


def test_of_hits_with_one_shape_the_nearest_stands_for_all() -> None:
    hits = [ClassifiedHit(at, a_hit(at)) for at in range(4)]
    nearby = facts_of(hits[3], a_context(*hits)).nearby
    assert [one.dt for one in nearby] == [-1]


@pytest.mark.parametrize(("second", "near"), [(360, True), (360.1, False)])
def test_neighbours_are_at_most_five_minutes_away(second: float, near: bool) -> None:
    context = a_context(ONE, ClassifiedHit(2, a_hit(second)))
    assert bool(facts_of(ONE, context).nearby) is near


def flood(count: int, *, same: bool) -> HitContext:
    """One hit of a program, `count` of others, and one more of the first."""
    tool = [
        ClassifiedHit(at, a_hit(at / 100, address="192.0.2.9" if same else f"198.51.100.{at}"))
        for at in range(1, count + 1)
    ]
    last = ClassifiedHit(0, a_hit(60))
    return a_context(ClassifiedHit(1000, a_hit(0, Kind.CLICK, 1)), *tool, last)


def test_a_flood_hides_what_came_more_than_two_hundred_hits_before() -> None:
    def sees_click(context: HitContext) -> bool:
        return any(one.link for one in facts_of(context.classified_hits[-1], context).nearby)

    assert sees_click(flood(199, same=True))
    assert not sees_click(flood(200, same=True))


def test_a_flood_of_different_hits_hides_what_came_before_thirty_two_of_them() -> None:
    context = flood(40, same=False)
    assert len(facts_of(context.classified_hits[-1], context).nearby) == 32


def test_what_stands_right_before_a_hit_is_seen_however_late_the_hit_comes() -> None:
    context = flood(300, same=True)
    found = facts_of(context.classified_hits[-1], context).nearby
    assert [one.address for one in found] == ["192.0.2.9"]


def test_a_program_that_comes_again_is_as_near_as_its_last_hit() -> None:
    context = flood(40, same=False)
    again = ClassifiedHit(2000, a_hit(50, Kind.CLICK, 1))
    *earlier, last = context.classified_hits
    found = facts_of(last, replace(context, classified_hits=(*earlier, again, last))).nearby
    assert (found[0].link, found[0].dt) == (1, -10)


def erased(classified: ClassifiedHit) -> ClassifiedHit:
    return replace(classified, hit=classified.hit._replace(address="", headers=()))


@pytest.mark.parametrize(
    ("second", "kind", "stays"),
    [
        (1000 - 301, Kind.OPEN, True),
        (1000 - 300, Kind.OPEN, False),
        (1000 + 300, Kind.OPEN, False),
        (1000 + 301, Kind.OPEN, True),
        (1000 - 301, Kind.CLICK, False),
    ],
)
def test_a_verdict_stays_once_a_hit_around_it_was_erased(
    second: float, kind: Kind, stays: bool
) -> None:
    """Loads matter to a click for an hour, so it is longer without evidence."""
    link = 1 if kind is Kind.CLICK else None
    known = ClassifiedHit(1, a_hit(1000, kind, link), replace(HUMAN, via="known"))
    other = erased(ClassifiedHit(2, a_hit(second)))
    context = a_context(*sorted((known, other), key=lambda one: one.hit.time))
    found = classify_context(lambda facts: HUMAN, context, {1})
    assert (found.get(1, known.verdict) == HUMAN) is stays


@pytest.mark.parametrize(
    ("seconds", "stays"), [(-10.1, False), (-10, True), (10, True), (10.1, False)]
)
def test_a_verdict_stays_once_a_load_of_a_newer_mail_was_erased(
    seconds: float, stays: bool
) -> None:
    known = replace(ONE, verdict=HUMAN)
    newer = (a_hit(60 + seconds, address="", headers=()),)
    context = a_context(known, newer_loads=newer)
    assert FactBuilder(context).has_evidence(known) is not stays


def test_a_request_without_headers_is_not_erased() -> None:
    bare = ClassifiedHit(2, a_hit(70, headers=()))
    assert FactBuilder(a_context(ONE, bare)).has_evidence(ONE)


def test_a_verdict_is_made_from_the_facts_of_its_hit() -> None:
    seen: list[Facts] = []

    def classify(facts: Facts) -> Verdict:
        seen.append(facts)
        return HUMAN

    context = a_context(ONE)
    classify_context(classify, context, {1})
    assert seen == [facts_of(ONE, context)]


def test_of_two_equal_loads_in_the_same_moment_the_first_is_not_classified_again() -> None:
    first = ClassifiedHit(1, a_hit(60), HUMAN)
    context = a_context(first, ClassifiedHit(2, a_hit(60)))
    assert classify_context(lambda facts: HUMAN, context, {2}).keys() == {2}


def verdict_at(level: str, known: Verdict | None = None) -> Verdict | None:
    context = a_context(replace(ONE, verdict=known), message=replace(MESSAGE, level=level))
    return classify_context(lambda facts: DETAILED, context, {1}).get(1)


def test_a_message_that_is_only_counted_keeps_no_details_of_its_readers() -> None:
    assert verdict_at("full") == DETAILED
    assert verdict_at("count") == HUMAN
    assert verdict_at("off") == HUMAN


def test_what_is_known_stays_when_a_message_is_stopped() -> None:
    assert verdict_at("off", DETAILED) in (None, DETAILED)
    assert verdict_at("full", HUMAN) == DETAILED
