"""Frames of the live connection, read tolerantly: an unknown type or field is no error."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sealbreak_desktop.state.decoding import (
    UnreadableError,
    number_of,
    read_event,
    text_of,
    time_of,
)
from sealbreak_desktop.state.events import Erased, Event, Preferences, ReadUpTo
from sealbreak_desktop.state.inputs import Skipped


@dataclass(frozen=True, slots=True)
class Hello:
    last: int
    """The number of the newest event. All events up to it are a replay."""
    account: str
    read: int = 0
    """Events up to this number were read, on any device."""
    preferences: Preferences | None = None
    alerted: int = 0
    """A browser has alerted about the events up to this number."""


@dataclass(frozen=True, slots=True)
class EventFrame:
    event: Event
    raw: dict[str, Any]
    """As the server sent it."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A person was erased from this event: it replaces the stored one."""

    event: Event
    raw: dict[str, Any]


Frame = Hello | ReadUpTo | Preferences | Erased | EventFrame | Rewritten | Skipped


def read_frame(text: str | bytes) -> Frame | None:
    """`None` for a type of frame that this version does not know."""
    try:
        frame = json.loads(text)
        read = FRAMES.get(frame["type"])
        return read(frame) if read else None
    except UnreadableError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnreadableError(type(error).__name__) from None


def _hello(frame: dict[str, Any]) -> Hello:
    account = text_of(frame["account"].get("name"))
    preferences = _preferences(frame["settings"]) if frame.get("settings") else None
    read, alerted = (number_of(frame.get(name) or 0) for name in ("read", "alerted"))
    return Hello(number_of(frame["last"]), account, read, preferences, alerted)


def _preferences(settings: dict[str, Any]) -> Preferences:
    until = settings.get("snoozed_until")
    people, messages = settings.get("muted_recipients"), settings.get("muted_messages")
    return Preferences(
        time_of(until) if until else None,
        frozenset(map(text_of, people or ())),
        frozenset(map(text_of, messages or ())),
    )


def _erased(frame: dict[str, Any]) -> Erased:
    numbers = tuple((number_of(first), number_of(last)) for first, last in frame["numbers"])
    erasures = frame.get("erasures")
    return Erased(
        number_of(frame["before"]), numbers, None if erasures is None else number_of(erasures)
    )


def _event(frame: dict[str, Any]) -> EventFrame | Skipped:
    raw = frame["event"]
    try:
        return EventFrame(read_event(raw), raw)
    except UnreadableError:
        return Skipped(number_of(raw["number"]))


def _rewritten(frame: dict[str, Any]) -> Rewritten:
    return Rewritten(read_event(frame["event"]), frame["event"])


FRAMES: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": _hello,
    "read": lambda frame: ReadUpTo(number_of(frame["up_to"])),
    "settings": lambda frame: _preferences(frame["settings"]),
    "erased": _erased,
    "rewritten": _rewritten,
    "event": _event,
}
