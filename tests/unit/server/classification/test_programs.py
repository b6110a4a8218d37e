"""Programs that name themselves, and requests that say too little."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.rules.programs import signed_agent
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import (
    DATACENTER,
    RESIDENTIAL,
    classify,
    signals,
)

OPEN = Kind.OPEN


@pytest.mark.parametrize("headers", ["sec-purpose", "purpose", "x-purpose", "x-moz"])
def test_a_load_ahead_is_a_machine(headers: str) -> None:
    verdict = classify(headers=headers)
    assert (verdict.actor, verdict.via) == (Actor.MACHINE, "prefetch")


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PROPFIND", ""])
def test_anything_but_get_is_a_machine(method: str) -> None:
    assert classify(method=method).reason is Reason.NOT_A_READ


def test_a_method_in_small_letters_is_still_get() -> None:
    assert classify(method="get").actor is Actor.HUMAN


def test_a_named_machine_is_one_on_a_residential_network_too() -> None:
    assert classify("WhatsApp/2.24.6.77 A", RESIDENTIAL, "bot").via == "link-preview"


@pytest.mark.parametrize("agent", ["-", "long", "control"])
def test_an_unusable_agent_is_unknown_on_a_residential_network_and_a_machine_in_a_datacenter(
    agent: str,
) -> None:
    assert classify(agent, RESIDENTIAL, "page").actor is Actor.UNKNOWN
    assert classify(agent, DATACENTER, "page").actor is Actor.MACHINE


def test_an_invalid_address_is_malformed() -> None:
    assert classify(address="1.2.3.4.5").reason is Reason.MALFORMED


@pytest.mark.parametrize("headers", ["signed", "signed-input"])
def test_a_request_signed_as_an_agents_is_a_machines(headers: str) -> None:
    assert classify(headers=headers).reason is Reason.SIGNED_AGENT


def test_the_name_of_the_agent_that_signed_is_enough() -> None:
    hit = signals()
    named = {**hit.facts.headers, "signature-agent": '"https://agent.example"'}
    assert signed_agent(hit) is None
    assert signed_agent(replace(hit, facts=replace(hit.facts, headers=named)))


def test_another_signature_says_nothing() -> None:
    assert classify(headers="signed-otherwise").actor is Actor.HUMAN


@pytest.mark.parametrize(
    ("headers", "address", "actor"),
    [
        ("headless", DATACENTER, Actor.MACHINE),
        ("chrome-124", DATACENTER, Actor.MACHINE),
        ("on-linux", DATACENTER, Actor.UNKNOWN),
        ("chrome-131", DATACENTER, Actor.HUMAN),
        ("headless", RESIDENTIAL, Actor.UNKNOWN),
        ("chrome-124", RESIDENTIAL, Actor.UNKNOWN),
        ("on-linux", RESIDENTIAL, Actor.UNKNOWN),
        ("chrome-131", RESIDENTIAL, Actor.HUMAN),
    ],
)
def test_headers_that_contradict_the_agent_are_no_readers(
    headers: str, address: str, actor: Actor
) -> None:
    assert classify(headers=headers, address=address).actor is actor


def test_the_site_for_computers_on_a_phone_is_a_reader_whose_device_is_not_known() -> None:
    verdict = classify("linux-chrome", headers="on-android")
    assert (verdict.actor, verdict.device, verdict.device_known) == (Actor.HUMAN, None, False)


@pytest.mark.parametrize(
    "agent", ["facebook-app", "facebook-ios", "camscanner", "vs-code", "notion", "slack-app"]
)
def test_an_app_that_lists_take_for_a_robot_is_classified_by_its_headers(agent: str) -> None:
    assert classify(agent, headers="page").actor is Actor.HUMAN
    assert classify(agent, headers="bot").reason is Reason.NAMED_MACHINE


@pytest.mark.parametrize("agent", ["electron-bot", "headless-app", "cypress", "imessage"])
def test_an_app_that_calls_itself_a_robot_stays_one(agent: str) -> None:
    assert classify(agent, headers="page").reason is Reason.NAMED_MACHINE
