"""What a digest tells: the events of its day, by section and message. Pure."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sealbreak_server.model.event_kinds import (
    BY_NAME,
    digest_section,
    digest_sections,
    is_for_people,
    section_words,
    sentence_of,
)
from sealbreak_server.model.verdict import Actor


@dataclass(frozen=True, slots=True)
class Line:
    time: str
    words: str
    url: str | None = None


Sections = dict[str, dict[str, list[Line]]]
"""By title and message; "" for events that are about no message."""


def hits_of(events: Iterable[Mapping[str, Any]]) -> list[int]:
    return [event["hit"] for event in events if event.get("hit") is not None]


def messages_of(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(message for event in events if (message := _message_id(event))))


def _message_id(event: Mapping[str, Any]) -> str:
    """Empty for an event that is about no message."""
    return str((event.get("message") or {}).get("id") or "")


def sections(
    events: Sequence[Mapping[str, Any]], actors: Mapping[int, Actor], known: Container[str]
) -> Sections:
    """`actors`: the actor of each hit by its current verdict. `known`: the messages to tell of."""
    found: Sections = {title: {} for title in digest_sections()}
    for event in filter(is_for_people, events):
        kind, is_withdrawn = _kind_today(event, actors)
        title, message = digest_section(kind), _message_id(event)
        if title is not None and (not message or message in known):
            line = _line(event, is_withdrawn=is_withdrawn)
            found[title].setdefault(message, []).append(line)
    return {title: lines for title, lines in found.items() if lines}


def _kind_today(event: Mapping[str, Any], actors: Mapping[int, Actor]) -> tuple[str, bool]:
    """The kind that decides on its section, and whether it has been corrected since."""
    kind, hit = event["kind"], event.get("hit")
    if kind not in BY_NAME:
        return kind, False
    if kind == "corrected":
        by_reader = event["verdict"]["actor"] == Actor.HUMAN
        kind = ("clicked" if event["link"] else "opened") if by_reader else kind
    if kind == "corrected" or hit is None or actors.get(hit, Actor.HUMAN) is Actor.HUMAN:
        return kind, False
    return "corrected", True


def _line(event: Mapping[str, Any], *, is_withdrawn: bool) -> Line:
    words = sentence_of(event)
    told = f"Withdrawn: “{words}”" if is_withdrawn else words
    return Line(event["time"], told, (event.get("link") or {}).get("url"))


def count_lines(lines: Mapping[str, Sequence[Line]]) -> int:
    """How many events a section has."""
    return sum(map(len, lines.values()))


def digest_words(found: Sections) -> str:
    """The day in a sentence; empty when nothing is told. It counts what the page lists."""
    parts = [plural(count_lines(lines), *section_words(title)) for title, lines in found.items()]
    messages = {message for lines in found.values() for message in lines if message}
    words = ", ".join(parts)
    return f"{words}, in {plural(len(messages), 'mail', 'mails')}" if messages else words


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
