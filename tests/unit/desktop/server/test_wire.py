import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_desktop.state.events import (
    Erased,
    Event,
    Hello,
    UnreadableError,
    Wishes,
    read_event,
    read_frame,
)
from support.desktop.scripted_server import frame, golden, hello
from support.paths import EVENTS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("file", sorted(EVENTS.glob("*.json")), ids=lambda file: file.stem)
def test_every_golden_file_is_read(file: Any) -> None:
    raw = json.loads(file.read_text())
    event = read_event(raw)
    assert (event.number, event.kind) == (raw["number"], raw["kind"])


def test_an_unknown_kind_is_read_and_marked() -> None:
    assert not read_event(golden("unknown-kind")).known


def test_unknown_fields_are_ignored() -> None:
    assert read_event(golden("clicked", novelty={"a": 1})) == read_event(golden("clicked"))


def test_a_hello_says_who_and_how_far() -> None:
    assert read_frame(hello(7)) == Hello(last=7, account="Ann")


def test_an_event_frame_keeps_the_raw_form() -> None:
    raw = golden("clicked")
    read = read_frame(frame(raw))
    assert isinstance(read, tuple)
    assert isinstance(read[0], Event)
    assert read[1] == raw


def test_an_event_that_makes_no_sense_is_passed_over() -> None:
    read = read_frame(frame({"number": 9, "kind": ["?"]}))
    assert isinstance(read, tuple)
    assert (read[0].number, read[0].known) == (9, False)


def test_a_frame_of_a_later_version_is_no_error() -> None:
    assert read_frame('{"type": "weather"}') is None


ENDLESS = hello(7).replace("7", "Infinity")
GARBAGE = ["", "[]", "{}", '"x"', "null", '{"type": "event"}', b"\xff", "[" * 9999, ENDLESS]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_named_so(text: str | bytes) -> None:
    with pytest.raises(UnreadableError):
        read_frame(text)


@given(st.sampled_from(sorted(golden("clicked"))), JSON)
def test_a_wrong_field_breaks_nothing(field: str, value: Any) -> None:
    with suppress(UnreadableError):
        read_event(golden("clicked") | {field: value})


@given(st.sampled_from(["account", "last", "read", "settings"]), JSON)
def test_a_wrong_greeting_breaks_nothing(field: str, value: Any) -> None:
    with suppress(UnreadableError):
        read_frame(json.dumps({**json.loads(hello(7)), field: value}))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_some_zone_cannot_tell_makes_no_sense(time: str) -> None:
    with pytest.raises(UnreadableError):
        read_event(golden("clicked", time=time))


def test_the_error_does_not_quote_the_mail() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_event(golden("clicked", number="Offer 12"))
    assert "Offer" not in str(caught.value)


def test_half_a_surrogate_pair_is_made_whole() -> None:
    raw = golden("clicked")
    raw["message"]["subject"] = "\ud83d"
    assert read_event(raw).subject == "?"


def test_a_correction_has_the_key_of_what_it_corrects() -> None:
    assert read_event(golden("corrected")).key == read_event(golden("opened-directly")).key


def test_a_hello_says_what_is_muted() -> None:
    settings = {
        "snoozed_until": "2026-11-23T12:00:00.000Z",
        "muted_recipients": ["ann@example.com"],
    }
    told = read_frame(json.dumps({**json.loads(hello(7)), "settings": settings}))
    assert isinstance(told, Hello)
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert told.wishes == Wishes(until, frozenset({"ann@example.com"}))


def test_what_was_erased_is_read_as_spans() -> None:
    told = read_frame('{"type": "erased", "before": 3, "numbers": [[5, 7]], "erasures": 2}')
    assert told == Erased(3, ((5, 7),), 2)
    assert [number for number in range(1, 9) if told.holds(number)] == [1, 2, 5, 6, 7]


@pytest.mark.parametrize(
    "path",
    [
        "https://example.com/history",
        "//example.com/history",
        "/history/../settings",
        "/historyx",
        "/history?to=x",
        "/history/\n",
        "/history//example.com",
        7,
    ],
)
def test_a_page_elsewhere_is_none(path: object) -> None:
    assert read_event(golden("digest", path=path)).path == ""


def test_a_page_of_the_history_is_kept() -> None:
    page = "/history/digest/2026-11-23"
    assert read_event(golden("digest", path=page)).path == page
