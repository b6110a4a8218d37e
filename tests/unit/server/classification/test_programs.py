"""Programs that name themselves, and requests that say too little."""

import pytest
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import (
    DATACENTER,
    RESIDENTIAL,
    classify,
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
