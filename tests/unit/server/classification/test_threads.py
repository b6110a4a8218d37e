"""Gmail loads several messages of a thread."""

from typing import Any

import pytest
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.classification import (
    GMAIL,
    classify,
)
from support.server.hit_cases import AGENTS

OPEN = Kind.OPEN


def _in_a_thread(after: float | None, agent: str = "gip", **more: Any) -> Verdict:
    return classify(agent, GMAIL, "none", kind=OPEN, seconds_after_reply=after, **more)


@pytest.mark.parametrize("after", [0.0, 3.0, 17.0, 30.0])
def test_right_after_a_reply_gmails_load_of_an_older_message_is_no_open(after: float) -> None:
    verdict = _in_a_thread(after)
    assert (verdict.actor, verdict.via) == (Actor.UNKNOWN, "gmail-proxy")
    assert (verdict.reason, verdict.sure) == (Reason.REPLY_PREFETCH, False)


@pytest.mark.parametrize("after", [None, -1.0, 31.0, float("nan")])
def test_long_after_a_reply_it_is_an_open_again(after: float | None) -> None:
    assert _in_a_thread(after).actor is Actor.HUMAN


def test_an_older_message_of_a_thread_waits_for_loads_of_newer_ones() -> None:
    assert _in_a_thread(None).sure
    assert not _in_a_thread(4000.0).sure


def test_a_reply_makes_no_machine_of_other_readers() -> None:
    verdict = classify("firefox", headers="image", kind=OPEN, seconds_after_reply=17.0)
    assert verdict.actor is Actor.HUMAN
    assert _in_a_thread(17.0, "pre").reason is Reason.GMAIL_PREFETCH


def _load(dt: float, agent: str = "gip") -> Nearby:
    return Nearby(OPEN, dt, GMAIL, AGENTS[agent])


def test_messages_of_a_thread_loaded_at_one_moment_are_one_view() -> None:
    verdict = _in_a_thread(4000.0, newer_loads=(_load(2.0),))
    assert (verdict.actor, verdict.reason) == (Actor.UNKNOWN, Reason.THREAD_VIEW)


@pytest.mark.parametrize("other", [_load(-2.5), _load(3.0), _load(0.5, "firefox")])
def test_a_load_at_another_time_or_by_another_program_is_another_view(other: Nearby) -> None:
    assert _in_a_thread(4000.0, newer_loads=(other,)).actor is Actor.HUMAN
