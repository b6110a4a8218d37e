import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_desktop.server.wire import EventFrame, Hello, Rewritten, read_frame
from sealbreak_desktop.state.decoding import UnreadableError, read_event
from sealbreak_desktop.state.events import Erased, Preferences, ReadUpTo
from sealbreak_desktop.state.inputs import Skipped
from support.desktop.scripted_server import frame, golden, hello

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_a_hello_has_the_account_and_the_newest_number() -> None:
    assert read_frame(hello(7)) == Hello(last=7, account="Ann")


def test_an_event_frame_keeps_the_raw_form() -> None:
    raw = golden("clicked")
    assert read_frame(frame(raw)) == EventFrame(read_event(raw), raw)


def test_an_event_that_cannot_be_read_is_skipped() -> None:
    assert read_frame(frame({"number": 9, "kind": ["?"]})) == Skipped(9)


def test_a_frame_of_a_later_version_is_no_error() -> None:
    assert read_frame('{"type": "weather"}') is None


ENDLESS = hello(7).replace("7", "Infinity")


GARBAGE = ["", "[]", "{}", '"x"', "null", '{"type": "event"}', b"\xff", "[" * 9999, ENDLESS]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_unreadable(text: str | bytes) -> None:
    with pytest.raises(UnreadableError):
        read_frame(text)


@given(st.sampled_from(["account", "last", "read", "settings"]), JSON)
def test_a_wrong_greeting_breaks_nothing(field: str, value: Any) -> None:
    with suppress(UnreadableError):
        read_frame(json.dumps({**json.loads(hello(7)), field: value}))


def test_a_hello_has_the_mutes() -> None:
    settings = {
        "snoozed_until": "2026-11-23T12:00:00.000Z",
        "muted_recipients": ["ann@example.com"],
    }
    told = read_frame(json.dumps({**json.loads(hello(7)), "settings": settings}))
    assert isinstance(told, Hello)
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert told.preferences == Preferences(until, frozenset({"ann@example.com"}))


def test_erased_numbers_are_read_as_ranges() -> None:
    told = read_frame('{"type": "erased", "before": 3, "numbers": [[5, 7]], "erasures": 2}')
    assert told == Erased(3, ((5, 7),), 2)
    assert [number for number in range(1, 9) if told.holds(number)] == [1, 2, 5, 6, 7]


def test_a_read_frame_and_a_hello_say_what_was_read() -> None:
    assert read_frame('{"type": "read", "up_to": 7}') == ReadUpTo(7)
    hello = '{"type": "hello", "account": {"name": "Ann"}, "last": 9, "read": 7}'
    assert read_frame(hello) == Hello(9, "Ann", 7)


def test_a_rewritten_event_is_read() -> None:
    raw = golden("clicked")
    told = read_frame(json.dumps({"type": "rewritten", "event": raw}))
    assert told == Rewritten(read_event(raw), raw)
