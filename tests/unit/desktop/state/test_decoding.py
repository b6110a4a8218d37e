import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_desktop.state.decoding import UnreadableError, read_event
from sealbreak_desktop.state.events import GmailThread
from support.desktop.machine import an_event
from support.desktop.scripted_server import golden
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


def test_unknown_fields_are_ignored() -> None:
    assert read_event(golden("clicked", novelty={"a": 1})) == read_event(golden("clicked"))


@given(st.sampled_from(sorted(golden("clicked"))), JSON)
def test_a_wrong_field_breaks_nothing(field: str, value: Any) -> None:
    with suppress(UnreadableError):
        read_event(golden("clicked") | {field: value})


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_some_time_zone_cannot_express_is_refused(time: str) -> None:
    with pytest.raises(UnreadableError):
        read_event(golden("clicked", time=time))


def test_the_error_does_not_quote_the_mail() -> None:
    with pytest.raises(UnreadableError) as caught:
        read_event(golden("clicked", number="Offer 12"))
    assert "Offer" not in str(caught.value)


def test_half_a_surrogate_pair_is_replaced() -> None:
    raw = golden("clicked")
    raw["message"]["subject"] = "\ud83d"
    assert read_event(raw).subject == "?"


def test_a_correction_has_the_key_of_what_it_corrects() -> None:
    assert read_event(golden("corrected")).key == read_event(golden("opened-directly")).key


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
def test_a_path_outside_the_history_is_dropped(path: object) -> None:
    assert read_event(golden("digest", path=path)).path == ""


def test_a_page_of_the_history_is_kept() -> None:
    page = "/history/digest/2026-11-23"
    assert read_event(golden("digest", path=page)).path == page


def test_a_hot_event_replaces_the_open_and_a_reminder_does_not() -> None:
    opened, hot, reminder = (an_event(1), an_event(2, "hot"), an_event(3, "reminder"))
    assert opened.key == hot.key != reminder.key


@pytest.mark.parametrize(
    "gmail",
    [
        None,
        [],
        {},
        {"thread": None},
        {"thread": "thread-a:r1"},
        {"thread": "1#inbox"},
        {"thread": 7},
    ],
)
def test_what_is_no_thread_of_gmail_is_no_link(gmail: object) -> None:
    raw = golden("opened-through-gmail")
    raw["message"]["gmail"] = gmail
    assert read_event(raw).gmail is None


def test_the_thread_in_gmail_is_read() -> None:
    read = read_event(golden("opened-with-gmail-link")).gmail
    assert read == GmailThread("183234ce86ffa010", "me@example.com")
