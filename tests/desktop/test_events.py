import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from screen.scripted_server import GOLDEN, frame, golden, hello
from sealbreak_desktop.events import Event, Hello, UnreadableError, read_event, read_frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.json")), ids=lambda file: file.stem)
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


GARBAGE = ["", "[]", "{}", '"x"', "null", '{"type": "event"}', b"\xff", "[" * 9999]


@pytest.mark.parametrize("text", GARBAGE)
def test_garbage_is_named_so(text: str | bytes) -> None:
    with pytest.raises(UnreadableError):
        read_frame(text)


@given(st.sampled_from(sorted(golden("clicked"))), JSON)
def test_a_wrong_field_breaks_nothing(field: str, value: Any) -> None:
    with suppress(UnreadableError):
        read_event(golden("clicked") | {field: value})


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
