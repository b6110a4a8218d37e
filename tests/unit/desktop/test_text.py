import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_desktop import text

ANYTHING = st.text(st.characters(codec=None), max_size=400)  # half surrogate pairs too


NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@given(ANYTHING, st.integers(1, 200))
def test_sanitised_text_can_be_encoded_and_has_no_control_characters(
    given: str, limit: int
) -> None:
    clean = text.sanitise(given, limit)
    clean.encode("utf-8")
    assert not [one for one in clean if unicodedata.category(one) in ("Cc", "Cs")]
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(ANYTHING, st.integers(1, 200))
def test_sanitised_text_keeps_its_limit(given: str, limit: int) -> None:
    clean = text.sanitise(given, limit)
    letters = [one for one in clean if not text._joins(one)]
    assert len(letters) <= limit


@given(ANYTHING)
def test_markup_is_never_live(given: str) -> None:
    clean = text.sanitise(given, 300, markup=True)
    assert "<" not in clean
    assert ">" not in clean


@given(ANYTHING, st.integers(1, 4))
def test_there_are_no_more_lines_than_allowed(given: str, lines: int) -> None:
    assert text.sanitise(given, 400, lines=lines).count("\n") < lines


@given(ANYTHING)
def test_sanitising_twice_changes_nothing(given: str) -> None:
    once = text.sanitise(given, 60)
    assert text.sanitise(once, 60) == once


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("R&D <3", "R&D <3"),
        ("a\nb\tc", "a b c"),
        ("evil\u202eexe.live", "evilexe.live"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("half \ud83d pair", "half ? pair"),
    ],
)
def test_hostile_text_becomes_harmless(given: str, shown: str) -> None:
    assert text.sanitise(given, 60) == shown


def test_a_cut_never_parts_a_letter_from_its_accents() -> None:
    assert text.sanitise("e\u0301" * 5, 3) == "e\u0301e\u0301…"


def test_a_cut_never_parts_an_emoji() -> None:
    family = "👩\u200d👩\u200d👧"
    assert text.sanitise(family * 3, 2) == f"{family}…"


@pytest.mark.parametrize(
    ("ago", "told"),
    [(0, "12:00"), (1, "Sun 12:00"), (30, "24 Oct"), (400, "19 Oct 2025")],
)
def test_a_time_is_formatted_the_coarser_the_further_away_it_is(ago: int, told: str) -> None:
    assert text.format_time(NOW - timedelta(days=ago), NOW) == told
