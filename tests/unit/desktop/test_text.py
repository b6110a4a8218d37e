import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

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
    flags_as_one = re.sub("([\U0001f1e6-\U0001f1ff])[\U0001f1e6-\U0001f1ff]", r"\1", clean)
    letters = [one for one in flags_as_one if not text._joins(one)]
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


@given(ANYTHING, st.integers(1, 300))
def test_text_for_windows_keeps_its_limit_in_utf16_units(given: str, units: int) -> None:
    assert text.utf16_units(text.fit_utf16(given, units)) <= units


@pytest.mark.parametrize(
    ("given", "units", "shown"),
    [
        ("Offer 12", 8, "Offer 12"),
        ("Offer 12", 7, "Offer…"),
        ("🇩🇪🇫🇷🇮🇹", 12, "🇩🇪🇫🇷🇮🇹"),
        ("👩\u200d👧👩\u200d👧", 9, "👩\u200d👧…"),
        ("e\u0301e\u0301", 3, "e\u0301…"),
    ],
)
def test_text_for_windows_is_cut_between_characters(given: str, units: int, shown: str) -> None:
    assert text.fit_utf16(given, units) == shown


@pytest.mark.parametrize("day", range(1, 8))
def test_days_have_the_words_of_the_interface(day: int) -> None:
    """Not those of the desktop's language, which GTK sets for the whole process."""
    monday = datetime(2026, 11, 16, 12, tzinfo=UTC)
    earlier = monday + timedelta(days=day - 1)
    shown = text.format_time(earlier, earlier + timedelta(days=1))
    assert shown == f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[day - 1]} 12:00"


@pytest.mark.parametrize("month", range(1, 13))
def test_months_have_the_words_of_the_interface(month: int) -> None:
    shown = text.format_time(datetime(2025, month, 5, tzinfo=UTC), NOW)
    assert shown == f"05 {'JanFebMarAprMayJunJulAugSepOctNovDec'[3 * month - 3 : 3 * month]} 2025"


def test_a_time_before_a_change_of_summer_time_keeps_the_hour_it_had() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    opened = datetime(2026, 10, 24, 7, 30, tzinfo=UTC)
    assert text.format_time(opened, datetime(2026, 10, 25, 12, 0, tzinfo=berlin)) == "Sat 09:30"
