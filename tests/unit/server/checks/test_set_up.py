from dataclasses import replace

import pytest
from sealbreak_server.checks.judgements.set_up import (
    STEPS,
    Action,
    Address,
    Situation,
    State,
    Told,
    fits,
    next_action,
)
from sealbreak_server.security.reachability import Reach

ALONE = State(Situation.ALONE, Reach.LOOPBACK)
OFFICE = State(Situation.OFFICE, Reach.PRIVATE, Address.LIKELY)
TUNNEL = State(Situation.TUNNEL, Reach.PUBLIC, Address.LIKELY)
ELSEWHERE = State(Situation.ELSEWHERE, Reach.PUBLIC, Address.LIKELY)
LOADED = frozenset({Told.LOADED})
PAIRED = {"has_extension": True}


def test_nothing_comes_before_the_choice() -> None:
    assert next_action(State(None, Reach.PUBLIC)) is Action.CHOOSE


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (ALONE, Action.LOAD),
        (replace(ALONE, told=LOADED), Action.PAIR),
        (replace(ALONE, has_extension=True), Action.TRAY),
        (replace(ALONE, has_extension=True, has_tray=True), Action.NOTHING),
        (replace(ALONE, has_extension=True, told=frozenset({Told.NO_TRAY})), Action.NOTHING),
        (replace(OFFICE, reach=Reach.LOOPBACK), Action.ADDRESS),
        (replace(OFFICE, address=Address.UNCHECKED), Action.CHECK),
        (OFFICE, Action.PHONE),
        (replace(OFFICE, device_came=True), Action.LOAD),
        (replace(OFFICE, device_came=True, has_extension=True, has_tray=True), Action.NOTHING),
    ],
)  # fmt: skip
def test_without_a_public_address_no_test_mail_is_asked_for(state: State, action: Action) -> None:
    assert next_action(state) is action


@pytest.mark.parametrize("base", [TUNNEL, ELSEWHERE])
@pytest.mark.parametrize(
    ("known", "action"),
    [
        ({"reach": Reach.LOOPBACK}, Action.ADDRESS),
        ({"reach": Reach.PRIVATE}, Action.ADDRESS),
        ({"reach": Reach.PLAIN}, Action.ADDRESS),
        ({"address": Address.UNCHECKED}, Action.CHECK),
        ({"address": Address.CHECKING}, Action.CHECK),
        ({"address": Address.PROBLEM, **PAIRED}, Action.CHECK),
        ({"address": Address.UNKNOWN}, Action.PHONE),
        ({"address": Address.UNKNOWN, "told": frozenset({Told.NO_PHONE})}, Action.LOAD),
        ({"address": Address.UNKNOWN, "device_came": True}, Action.LOAD),
        ({}, Action.LOAD),
        ({"told": LOADED}, Action.PAIR),
        (PAIRED, Action.TEST),
        ({**PAIRED, "address": Address.UNCHECKED, "gmail_came": True}, Action.TRAY),
        ({**PAIRED, "address": Address.PROBLEM, "gmail_came": True}, Action.CHECK),
        ({**PAIRED, "gmail_came": True, "has_tray": True}, Action.NOTHING),
    ],
)
def test_with_a_public_address_gmail_has_to_come(
    base: State, known: dict[str, object], action: Action
) -> None:
    assert next_action(replace(base, **known)) is action  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("situation", "reaches"),
    [
        (Situation.ALONE, {Reach.LOOPBACK}),
        (Situation.OFFICE, {Reach.LOOPBACK, Reach.PRIVATE}),
        (Situation.TUNNEL, set(Reach)),
        (Situation.ELSEWHERE, set(Reach)),
    ],
)
def test_a_choice_that_the_address_contradicts_is_asked_again(
    situation: Situation, reaches: set[Reach]
) -> None:
    for reach in Reach:
        state = State(situation, reach, has_extension=True, has_tray=True, gmail_came=True)
        assert fits(situation, reach) is (reach in reaches)
        assert (next_action(state) is Action.CHOOSE) is (reach not in reaches)


def test_what_was_told_never_leads_past_a_proof() -> None:
    state = replace(TUNNEL, told=frozenset(Told), address=Address.UNKNOWN)
    assert next_action(state) is Action.PAIR
    assert next_action(replace(state, has_extension=True)) is Action.TEST
    assert Action.TEST in STEPS[Situation.ELSEWHERE]
