"""The state machine, played with inputs."""

from datetime import UTC, datetime
from typing import Any

from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.effects import Effect, Show
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.inputs import Input
from sealbreak_desktop.state.machine.step import step
from sealbreak_desktop.state.state import Link, State
from support.desktop.scripted_server import golden

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONLINE = State(link=Link.ONLINE, account="Ann")


def an_event(number: int, name: str = "opened-through-gmail", **changes: Any) -> Event:
    return read_event(golden(name, number=number, **changes))


def play(state: State, *inputs: Input, now: datetime = NOW) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    for one in inputs:
        state, more = step(state, one, now)
        effects += more
    return state, effects


def titles(effects: list[Effect]) -> list[str]:
    """The titles of the pop-ups."""
    return [effect.notification.title for effect in effects if isinstance(effect, Show)]
