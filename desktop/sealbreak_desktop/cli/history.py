"""`sealbreak history`: print the events that this computer has recorded."""

import argparse
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.errors import NotPairedError
from sealbreak_desktop.files.history import read_history
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import load_pairing
from sealbreak_desktop.state import wording
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.system.clock import now

KIND_WIDTH = 12


def add(commands: Commands) -> None:
    text = "print the events that this computer has recorded"
    history = commands.add_parser("history", help=text, description=text.capitalize() + ".")
    history.add_argument(
        "--json", action="store_true", help="print JSON as the server sent it, newest first"
    )
    history.add_argument(
        "--limit", type=int, default=50, metavar="N", help="print at most N events (50)"
    )
    history.set_defaults(run=run)


def run(paths: Paths, options: argparse.Namespace) -> int:
    paired = load_pairing(paths.settings)
    if paired is None:
        raise NotPairedError
    entries = read_history(paths.history(paired.owner), max(0, options.limit))
    if options.json:
        print(as_json(entries))
        return 0
    for line in as_text(entries, now()) if entries else ("Nothing yet.",):
        print(line)
    return 0


def as_json(entries: Iterable[tuple[Event, dict[str, Any]]]) -> str:
    """The events as the server sent them, newest first."""
    return json.dumps([raw for _, raw in entries], indent=2)


def as_text(entries: Iterable[tuple[Event, dict[str, Any]]], now: datetime) -> Iterator[str]:
    """Two lines for each event, oldest first, so that the newest is next to the prompt."""
    newest_first = [event for event, _ in entries]
    corrected = {event.corrects for event in newest_first}
    for event in reversed(newest_first):
        note = " (corrected below)" if event.number in corrected else ""
        yield (
            f"{event.time.astimezone(now.tzinfo):%Y-%m-%d %H:%M}  {event.row.listed:<{KIND_WIDTH}}"
            f"{wording.subject(event, 50)} – to {wording.recipients(event)}"
        )
        yield f"{'':18}{wording.sentence(event)}{note}"
