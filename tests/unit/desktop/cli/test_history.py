import json
from datetime import UTC, datetime
from typing import Any

from sealbreak_desktop.cli.history import as_json, as_text
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.events import Event
from support.desktop.scripted_server import golden

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def entries(*names: str) -> list[tuple[Event, dict[str, Any]]]:
    raws = [golden(name) for name in names]
    return [(read_event(raw), raw) for raw in raws]


def test_each_event_is_listed_with_its_reason() -> None:
    lines = list(as_text(entries("clicked"), NOW))
    assert lines == [
        "2026-11-23 09:30  followed    Offer 12 – to Ann",
        "                  Followed a link in Firefox on Linux, in Germany",
    ]


def test_the_newest_event_is_last() -> None:
    text = "\n".join(as_text(entries("clicked", "opened-through-gmail"), NOW))
    assert text.index("opened") < text.index("followed")


def test_a_corrected_event_is_marked() -> None:
    lines = list(as_text(entries("corrected", "opened-directly"), NOW))
    assert lines[1].endswith("(corrected below)")


def test_a_hostile_subject_cannot_steer_the_terminal() -> None:
    raw = golden("clicked")
    raw["message"]["subject"] = "\x1b[2J\x1b]0;owned\x07\r"
    assert "\x1b" not in "".join(as_text([(read_event(raw), raw)], NOW))


def test_json_is_what_the_server_sent() -> None:
    assert json.loads(as_json(entries("clicked"))) == [golden("clicked")]
