"""The history for a terminal."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sealbreak_desktop import text
from sealbreak_desktop.state.events import Event

DID = 12
DID_WORDS = {"opened": "opened", "clicked": "followed", "corrected": "correction"}


def as_json(entries: Iterable[tuple[Event, dict[str, Any]]]) -> str:
    """The events as the server sent them, newest first."""
    return json.dumps([raw for _, raw in entries], indent=2)


def as_text(entries: Iterable[tuple[Event, dict[str, Any]]], now: datetime) -> Iterator[str]:
    """Two lines for each, oldest first, so that the newest stands above the prompt."""
    newest_first = [event for event, _ in entries]
    corrected = {event.corrects for event in newest_first}
    for event in reversed(newest_first):
        struck = " (corrected below)" if event.number in corrected else ""
        yield (
            f"{event.time.astimezone(now.tzinfo):%Y-%m-%d %H:%M}  {_did(event):<{DID}}"
            f"{text.subject(event, 50)} – {text.recipients(event)}"
        )
        yield f"{'':18}{text.sentence(event)}{struck}"


def _did(event: Event) -> str:
    return DID_WORDS.get(event.kind, event.kind)
