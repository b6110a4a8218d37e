"""The alerts of the contract, which the extension shows in the same words without a tray."""

import json
from typing import Any

import pytest
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.effects import Show
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.inputs import Connected, Input, Received
from sealbreak_desktop.state.state import State
from support.desktop.machine import NOW, play
from support.desktop.scripted_server import golden
from support.paths import ROOT

CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/contract/alerts.json").read_text())


def an_event(case: dict[str, Any]) -> Event:
    return read_event(golden(case["golden"], **case["changes"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_events_that_come_together_have_these_alerts(case: dict[str, Any]) -> None:
    events = [an_event(one) for one in case["events"]]
    just_shown = tuple((NOW, an_event(one)) for one in case.get("just_shown", []))
    arrivals: list[Input] = [Received(event) for event in events]
    last = max(event.number for event in events)
    _, effects = play(State(just_shown=just_shown), Connected(last, "Ann"), *arrivals)
    shown = [effect.notification for effect in effects if isinstance(effect, Show)]
    assert [
        {"key": alert.key, "title": alert.title, "body": alert.body} for alert in shown
    ] == case["alerts"]
