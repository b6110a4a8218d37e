"""What hits do together, at the edges that the tests of all rules leave out."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.behaviour import burst, echo, hidden_link, scanner_nearby
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from support.server.classification import HOME, HOSTING, OTHER_HOME, click, signals


def via(hit: Signals) -> str:
    verdict = hidden_link(hit)
    assert verdict is not None
    return verdict.via


def test_who_follows_the_hidden_link_is_named_by_its_network_or_a_scanner() -> None:
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


def test_an_open_is_no_part_of_a_burst() -> None:
    nearby = (click(-1, 2), click(-0.5, 3))
    assert burst(signals(kind=Kind.OPEN, links_in_message=3, nearby=nearby)) is None
    pixels = tuple(replace(near, kind=Kind.OPEN) for near in nearby)
    assert burst(signals(link=1, links_in_message=3, nearby=pixels)) is None


@pytest.mark.parametrize(
    ("headers", "address", "dt", "scans"),
    [
        ("page", HOME, 60, True),
        ("page", HOME, 61, False),
        ("page", HOSTING, 10, False),
        ("bot", HOSTING, 10, True),
        ("bot", HOSTING, 60, True),
    ],
)
def test_the_hidden_link_betrays_its_source_for_a_minute(
    headers: str, address: str, dt: float, scans: bool
) -> None:
    betrayer = click(dt, 7, address, hidden=True)
    verdict = scanner_nearby(signals(headers=headers, link=1, nearby=(betrayer,)))
    assert (verdict is not None) is scans


@pytest.mark.parametrize(("dt", "scans"), [(-10.0, True), (10.0, True), (10.1, False)])
def test_the_hidden_link_betrays_all_that_name_no_language_for_ten_seconds(
    dt: float, scans: bool
) -> None:
    """Other networks, other agents: scanners work from several at once."""
    betrayer = click(dt, 7, OTHER_HOME, "edge", hidden=True)
    assert (scanner_nearby(signals(headers="bot", link=1, nearby=(betrayer,))) is not None) is scans
    assert scanner_nearby(signals(headers="page", link=1, nearby=(betrayer,))) is None


@pytest.mark.parametrize(
    ("near", "repeats"),
    [
        (click(-300, 1, OTHER_HOME, "edge"), True),
        (click(-301, 1, OTHER_HOME, "edge"), False),
        (click(0, 1, OTHER_HOME, "edge"), False),
        (click(-5, 2, OTHER_HOME, "edge"), False),
        (click(-5, 1, HOME, "edge"), False),
        (replace(click(-5, 1, OTHER_HOME), kind=Kind.OPEN), False),
    ],
)
def test_an_echo_repeats_a_click_made_elsewhere_up_to_five_minutes_before(
    near: Nearby, repeats: bool
) -> None:
    verdict = echo(signals(headers="bot", link=1, nearby=(near,)))
    assert (verdict is not None) is repeats


def test_an_echo_from_a_scanners_network_bears_its_name() -> None:
    hit = signals(headers="bot", link=1, nearby=(click(-5, 1, OTHER_HOME),))
    verdict = echo(replace(hit, network=Network(Role.SCANNER, "Proofpoint", "proofpoint")))
    assert verdict is not None
    assert verdict.via == "proofpoint"
