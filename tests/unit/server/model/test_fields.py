from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import read_registration

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = ["subject", "recipients", "links", "sent_at", "scheduled_for", "level", "draft_id"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1990-01-01T00:00:00Z", 631152000.0),
        ("2026-11-23T09:30:00.250Z", 1795426200.25),
        ("2026-11-23T10:30:00.25+01:00", 1795426200.25),
    ],
)
def test_times_are_read(text: str, seconds: float) -> None:
    assert Fields({"at": text}).time("at") == seconds


@pytest.mark.parametrize(
    "value", [None, 5, "", "2026-11-23", "2026-11-23T09:30:00", "2026-13-01T00:00:00Z"]
)
def test_other_times_are_refused(value: object) -> None:
    with pytest.raises(BadRequestError, match=r"^at must be a time"):
        Fields({"at": value}).time("at")


def test_a_boolean_is_not_a_number() -> None:
    with pytest.raises(BadRequestError):
        Fields({"n": True}).number("n", 0, 5)


def test_items_are_named_by_their_index() -> None:
    with pytest.raises(BadRequestError, match=r"^people\[1\]\.name must be"):
        Fields({"people": [{"name": "a"}, {"name": 5}]}).items(
            "people", 5, lambda item: item.text("name", 9)
        )


def test_characters_that_databases_cannot_store_are_replaced() -> None:
    assert Fields({"a": "x\0y\ud800"}).text("a", 9) == "x\ufffdy?"


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_body_is_read_or_refused(body: dict[str, Any]) -> None:
    with suppress(BadRequestError):
        read_registration(body)
