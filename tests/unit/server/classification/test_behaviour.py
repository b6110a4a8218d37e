"""What hits do together: the edges of each rule, then all rules."""

from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.behaviour import (
    burst,
    fan_out,
    hidden_link,
    repeat,
    scanner_nearby,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import (
    DATACENTER,
    OTHER_RESIDENTIAL,
    RESIDENTIAL,
    classify,
    click,
    signals,
)


def via(hit: Signals) -> str:
    verdict = hidden_link(hit)
    assert verdict is not None
    return verdict.via


def test_a_follower_of_the_hidden_link_is_named_by_its_network_or_a_scanner() -> None:
    hit = signals("curl/8.5.0", headers="bot", hidden=True)
    assert via(hit) == "security-scanner"
    assert via(replace(hit, network=Network(Role.SCANNER, "Proofpoint", "proofpoint"))) == (
        "proofpoint"
    )


@pytest.mark.parametrize(("seconds", "one"), [((-2.5, -1.2), True), ((-2.6, -1.2), False)])
def test_three_links_are_a_burst_within_two_and_a_half_seconds(
    seconds: tuple[float, float], one: bool
) -> None:
    nearby = (click(seconds[0], 2), click(seconds[1], 3))
    assert (burst(signals(link=1, links_in_message=9, nearby=nearby)) is not None) is one


def test_without_the_registration_three_links_are_needed() -> None:
    two = (click(-1, 2),)
    assert burst(signals(link=1, links_in_message=None, nearby=two)) is None
    assert burst(signals(link=1, links_in_message=None, nearby=(*two, click(1, 3))))


def test_clicks_on_one_link_are_no_burst_and_are_not_counted_as_several() -> None:
    again = (click(-2, 1), click(-1, 1))
    assert burst(signals(link=1, links_in_message=9, nearby=again)) is None
    verdict = burst(
        signals(link=1, links_in_message=9, nearby=(*again, click(0.1, 2), click(0.2, 3)))
    )
    assert verdict is not None
    assert verdict.evidence == ("It followed 3 links in a few seconds",)


def test_a_link_stays_in_the_burst_as_long_as_one_of_its_clicks() -> None:
    again = (click(-2.4, 1), click(-1, 1), click(1, 3))
    assert burst(signals(link=2, links_in_message=9, nearby=again))
    over = (click(-2.5, 1), click(-2.4, 1), click(0.2, 3))
    assert burst(signals(link=2, links_in_message=9, nearby=over)) is None


def test_an_open_is_no_part_of_a_burst() -> None:
    nearby = (click(-1, 2), click(-0.5, 3))
    assert burst(signals(kind=Kind.OPEN, links_in_message=3, nearby=nearby)) is None
    pixels = tuple(replace(near, kind=Kind.OPEN) for near in nearby)
    assert burst(signals(link=1, links_in_message=3, nearby=pixels)) is None


@pytest.mark.parametrize(
    ("headers", "address", "dt", "scans"),
    [
        ("page", RESIDENTIAL, 60, True),
        ("page", RESIDENTIAL, 61, False),
        ("page", DATACENTER, 10, False),
        ("bot", DATACENTER, 10, True),
        ("bot", DATACENTER, 60, True),
    ],
)
def test_the_hidden_link_marks_its_source_as_a_scanner_for_a_minute(
    headers: str, address: str, dt: float, scans: bool
) -> None:
    hidden_click = click(dt, 7, address, hidden=True)
    verdict = scanner_nearby(signals(headers=headers, link=1, nearby=(hidden_click,)))
    assert (verdict is not None) is scans


@pytest.mark.parametrize(("dt", "scans"), [(-10.0, True), (10.0, True), (10.1, False)])
def test_the_hidden_link_marks_all_hits_without_a_language_for_ten_seconds(
    dt: float, scans: bool
) -> None:
    """Other networks, other agents: scanners work from several at once."""
    hidden_click = click(dt, 7, OTHER_RESIDENTIAL, "edge", hidden=True)
    assert (
        scanner_nearby(signals(headers="bot", link=1, nearby=(hidden_click,))) is not None
    ) is scans
    assert scanner_nearby(signals(headers="page", link=1, nearby=(hidden_click,))) is None


@pytest.mark.parametrize(
    ("near", "repeats"),
    [
        (click(-300, 1, OTHER_RESIDENTIAL, "edge"), True),
        (click(-301, 1, OTHER_RESIDENTIAL, "edge"), False),
        (click(0, 1, OTHER_RESIDENTIAL, "edge"), False),
        (click(-5, 2, OTHER_RESIDENTIAL, "edge"), False),
        (click(-5, 1, RESIDENTIAL, "edge"), False),
        (replace(click(-5, 1, OTHER_RESIDENTIAL), kind=Kind.OPEN), False),
        (replace(click(-5, 1, OTHER_RESIDENTIAL, "edge"), same_copy=False), False),
    ],
)
def test_a_repeat_follows_a_click_made_elsewhere_within_five_minutes(
    near: Nearby, repeats: bool
) -> None:
    verdict = repeat(signals(headers="bot", link=1, nearby=(near,)))
    assert (verdict is not None) is repeats


def test_a_repeat_from_a_scanners_network_has_its_name() -> None:
    hit = signals(headers="bot", link=1, nearby=(click(-5, 1, OTHER_RESIDENTIAL),))
    verdict = repeat(replace(hit, network=Network(Role.SCANNER, "Proofpoint", "proofpoint")))
    assert verdict is not None
    assert verdict.via == "proofpoint"


def test_a_hidden_link_reveals_a_scanner_whatever_its_headers() -> None:
    assert classify(hidden=True).reason is Reason.HIDDEN_LINK


def test_all_links_of_a_message_at_once_are_a_burst() -> None:
    verdict = classify(link=2, links_in_message=2, nearby=(click(-0.5, 1),))
    assert (verdict.actor, verdict.reason) == (Actor.MACHINE, Reason.BURST)


def test_two_links_of_many_at_once_are_a_person() -> None:
    assert classify(link=2, links_in_message=9, nearby=(click(-0.5, 1),)).actor is Actor.HUMAN


def test_three_links_in_five_seconds_are_a_person() -> None:
    nearby = (click(-2.4, 1), click(2.4, 3))
    assert classify(link=2, links_in_message=9, nearby=nearby).actor is Actor.HUMAN


def test_the_only_link_of_a_message_is_no_burst() -> None:
    nearby = (click(-0.5, 1), click(-0.2, 1))
    assert classify(link=1, links_in_message=1, nearby=nearby).actor is Actor.HUMAN


def test_clicks_of_another_reader_at_the_same_time_make_no_burst() -> None:
    nearby = (click(-0.5, 2, OTHER_RESIDENTIAL), click(0.3, 3, "50.206.90.214"))
    assert classify(link=1, links_in_message=3, nearby=nearby).actor is Actor.HUMAN


FOUR = (click(-1, 2, "54.93.75.30", "a"), click(1, 3, "20.42.1.1", "b"), click(3, 1, "5.9.1.1"))


def test_links_followed_from_four_networks_at_once_are_a_machines() -> None:
    verdict = classify(link=1, links_in_message=9, recipients=1, nearby=FOUR)
    assert (verdict.actor, verdict.reason) == (Actor.MACHINE, Reason.FAN_OUT)
    assert classify(link=1, links_in_message=9, nearby=FOUR).reason is Reason.FAN_OUT


@pytest.mark.parametrize(
    ("fields", "nearby"),
    [
        ({"recipients": 3}, FOUR),
        ({"kind": Kind.OPEN}, FOUR),
        ({"recipients": 1}, FOUR[:2]),
        ({"recipients": 1}, (*FOUR[:2], replace(FOUR[2], dt=3.1))),
        ({"recipients": 1}, (*FOUR[:2], replace(FOUR[2], kind=Kind.OPEN))),
        ({"recipients": 1}, (*FOUR[:2], replace(FOUR[2], same_copy=False))),
        ({"recipients": 1}, (*FOUR[:2], replace(FOUR[2], address="20.42.200.200"))),
    ],
)
def test_fewer_networks_or_more_readers_are_no_fan_out(
    fields: dict[str, Any], nearby: tuple[Nearby, ...]
) -> None:
    """Two recipients at most, clicks only, of one copy, within three seconds, in other /16s."""
    verdict = classify(link=1, links_in_message=9, nearby=nearby, **fields)
    assert verdict.reason is not Reason.FAN_OUT


def test_two_readers_cannot_be_in_four_networks_and_a_hit_without_an_address_is_in_none() -> None:
    assert fan_out(signals(link=1, recipients=2, nearby=FOUR))
    fifth = click(2, 2, "200.1.1.1")
    assert fan_out(signals(address="", link=1, recipients=1, nearby=(*FOUR, fifth))) is None


def test_a_readers_click_that_others_repeat_at_once_stays_a_readers() -> None:
    repeats = tuple(replace(near, dt=abs(near.dt), link=1, agent="x") for near in FOUR)
    verdict = classify(link=1, links_in_message=9, recipients=1, nearby=repeats)
    assert verdict.actor is Actor.HUMAN
    for dt in (-1, 0):
        earlier = (replace(repeats[0], dt=dt), *repeats[1:])
        verdict = classify(link=1, links_in_message=9, recipients=1, nearby=earlier)
        assert verdict.reason is Reason.FAN_OUT


def test_an_open_by_the_source_of_a_burst_is_a_scanners() -> None:
    nearby = tuple(click(20 + n / 10, n) for n in range(1, 5))
    verdict = classify(headers="image", kind=Kind.OPEN, links_in_message=4, nearby=nearby)
    assert verdict.reason is Reason.SCANNER_NEARBY


def test_both_links_of_a_message_are_a_burst_and_two_of_many_are_not() -> None:
    nearby = (click(20, 1), click(21, 2))
    assert scanner_nearby(signals(kind=Kind.OPEN, links_in_message=2, nearby=nearby))
    assert scanner_nearby(signals(kind=Kind.OPEN, links_in_message=9, nearby=nearby)) is None


def test_an_earlier_burst_of_the_source_is_ignored_after_a_minute() -> None:
    nearby = tuple(click(-80 + n / 10, n) for n in range(1, 5))
    assert classify(link=1, links_in_message=4, nearby=nearby).actor is Actor.HUMAN


def test_a_thousand_nearby_hits_are_classified_quickly() -> None:
    nearby = tuple(click(5 + n / 1000, n % 2, agent="other") for n in range(1000))
    assert classify(link=1, links_in_message=9, nearby=nearby).actor is Actor.HUMAN


def test_a_click_repeated_without_a_language_is_an_antivirus_programs() -> None:
    near = (click(-100, 1, OTHER_RESIDENTIAL),)
    assert classify("chrome22", RESIDENTIAL, "none", link=1, nearby=near).via == "antivirus"


def test_a_click_repeated_by_a_person_elsewhere_stays_a_persons() -> None:
    near = (click(-100, 1, OTHER_RESIDENTIAL),)
    assert classify(link=1, nearby=near).actor is Actor.HUMAN
