"""What is read out of a request before the rules run."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.evidence.agents import MAX_AGENT
from sealbreak_server.classification.signals import Signals
from support.server.classification import (
    DATACENTER,
    OTHER_RESIDENTIAL,
    RESIDENTIAL,
    RESIDENTIAL_V6,
    click,
    signals,
)
from support.server.hit_cases import AGENTS

SIDE_BY_SIDE = RESIDENTIAL.rpartition(".")[0] + ".200"


def with_header(name: str, value: str) -> Signals:
    one = signals(headers="bot")
    return replace(one, facts=replace(one.facts, headers={**one.facts.headers, name: value}))


@pytest.mark.parametrize(
    ("value", "said"), [("de-DE,de;q=0.9", True), ("*", False), ("", False), ("  ", False)]
)
def test_a_language_is_one_that_somebody_chose(value: str, said: bool) -> None:
    assert with_header("accept-language", value).language is said


@pytest.mark.parametrize("name", ["referer", "sec-fetch-mode", "upgrade-insecure-requests"])
def test_a_browser_is_recognised_by_the_headers_that_it_adds(name: str) -> None:
    assert with_header(name, "1").browser_signs
    assert not with_header(name, " ").browser_signs


@pytest.mark.parametrize(
    ("agent", "headers", "reader"),
    [
        ("firefox", "bot", True),
        ("outlook", "none", True),
        ("SomeApp/1.0 (Android 14)", "page", True),
        ("SomeApp/1.0 (Android 14)", "bot", False),
        ("curl/8.5.0", "page", False),
        ("gip", "none", False),
    ],
)
def test_a_readers_program_is_known_by_name_and_an_app_by_its_language_too(
    agent: str, headers: str, reader: bool
) -> None:
    assert signals(agent, headers=headers).reader_program is reader


def test_without_a_send_time_nothing_is_too_soon() -> None:
    assert not signals(seconds_after_send=None).sooner_than(60)
    assert signals(seconds_after_send=59.9).sooner_than(60)
    assert not signals(seconds_after_send=60.0).sooner_than(60)


@pytest.mark.parametrize(
    ("address", "same"),
    [(RESIDENTIAL, True), (SIDE_BY_SIDE, True), (OTHER_RESIDENTIAL, False), ("x", False)],
)
def test_a_neighbour_with_a_language_is_the_same_source_by_its_network(
    address: str, same: bool
) -> None:
    assert signals().same_source(click(1, address=address)) is same


def test_without_a_language_the_same_agent_anywhere_is_the_same_source() -> None:
    far = click(1, address=DATACENTER)
    assert signals(headers="bot").same_source(far)
    assert not signals(headers="page").same_source(far)
    assert not signals(headers="bot").same_source(click(1, address=DATACENTER, agent="edge"))


def test_addresses_of_one_home_are_one_and_those_of_one_block_lie_side_by_side() -> None:
    there = signals(address=RESIDENTIAL_V6)
    residential, block = RESIDENTIAL_V6.rsplit(":", 1)[0] + ":1", "2a01:e00:92b1:ffff::1"
    assert there.same_address(click(1, address=residential))
    assert not there.same_address(click(1, address=block))
    assert there.side_by_side(click(1, address=block))


def test_what_is_no_address_is_the_same_only_as_itself() -> None:
    assert signals(address="unknown").same_address(click(1, address="unknown"))
    assert not signals(address="unknown").same_address(click(1))


def test_related_hits_are_of_the_same_program_and_source_within_a_minute() -> None:
    near = (click(60), click(-61), click(5, agent="edge"), click(5, address=OTHER_RESIDENTIAL))
    assert signals(nearby=near).related_hits == (near[0],)
    farm = signals(headers="bot", nearby=near)
    assert farm.related_hits == (near[0], near[2], near[3])


def test_agents_are_compared_as_far_as_they_are_read() -> None:
    there, read = signals("long"), AGENTS["long"][:MAX_AGENT]
    assert there.same_agent(click(1, agent=read + "B"))
    assert not there.same_agent(click(1, agent=read[:-1] + "B"))
