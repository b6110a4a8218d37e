import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_desktop import text
from sealbreak_desktop.state.events import Event, read_event
from support.desktop.scripted_server import golden

ANYTHING = st.text(st.characters(codec=None), max_size=400)  # half surrogate pairs too
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def an_event(name: str = "opened-through-gmail", subject: str = "Offer 12") -> Event:
    raw = golden(name)
    raw["message"]["subject"] = subject
    return read_event(raw)


@given(ANYTHING, st.integers(1, 200))
def test_what_is_sanitised_can_be_encoded_and_holds_no_controls(given: str, limit: int) -> None:
    clean = text.sanitise(given, limit)
    clean.encode("utf-8")
    assert not [one for one in clean if unicodedata.category(one) in ("Cc", "Cs")]
    assert not set(clean) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(ANYTHING, st.integers(1, 200))
def test_what_is_sanitised_keeps_to_its_limit(given: str, limit: int) -> None:
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
    ("name", "title", "body"),
    [
        ("opened-through-gmail", "Ann opened 'Offer 12'", "Opened, through Gmail"),
        (
            "opened-by-someone-of-3",
            "Someone of 3 opened 'Offer 12'",
            "Opened through Gmail, by someone of 3",
        ),
        (
            "clicked",
            "Ann followed a link in 'Offer 12'",
            "Followed a link in Firefox on Linux, in Germany",
        ),
        ("corrected", "That was Barracuda's scanner, not a reader", "About 'Offer 12' to Ann"),
    ],
)
def test_each_event_has_its_words(name: str, title: str, body: str) -> None:
    event = an_event(name)
    assert (text.title(event), text.body(event)) == (title, body)


def test_a_repeat_says_how_often() -> None:
    event = an_event()
    assert text.title(event, earlier=2) == "Ann opened 'Offer 12' again"
    assert text.body(event, earlier=2) == "Opened, through Gmail\n3 times in all"


def test_the_copy_of_one_recipient_names_that_one() -> None:
    raw = golden("opened-by-someone-of-3", copy=2)
    for number, recipient in enumerate(raw["message"]["recipients"], 1):
        recipient["copy"] = number
    assert text.who(read_event(raw)) == "Ben"


def test_a_subject_from_right_to_left_is_kept_apart() -> None:
    assert text.title(an_event(subject="שלום")) == "Ann opened '\u2068שלום\u2069'"


def test_the_hostile_golden_file_fits_a_title() -> None:
    event = read_event(golden("hostile-subject"))
    assert text.title(event) == "Ann opened '<b>Don't</b> panic R&D <3 --help'"


def test_no_title_is_longer_than_the_limit() -> None:
    raw = golden("clicked")
    raw["message"]["subject"] = raw["message"]["recipients"][0]["name"] = "ש" * 10_000
    assert len(text.title(read_event(raw), earlier=1)) <= text.TITLE_LIMIT


def test_many_events_are_told_in_one_line() -> None:
    events = [an_event(subject=f"Offer {number}") for number in range(5)] + [an_event("clicked")]
    assert text.summary(events) == (
        "While you were away: 5 opens, 1 link followed",
        "In 'Offer 0', 'Offer 1', 'Offer 2' and 3 more",
    )


def test_a_menu_line_says_who_what_and_when() -> None:
    assert text.menu_line(an_event(), NOW) == "Ann – Offer 12 – 09:30"
    assert text.menu_line(an_event("clicked"), NOW) == "Ann, link – Offer 12 – 09:30"
    assert text.menu_line(an_event("corrected"), NOW) == "Not a reader – Offer 12 – 09:30"


def test_a_menu_line_fits_the_menu() -> None:
    assert len(text.menu_line(an_event(subject="x" * 500), NOW)) <= text.LABEL_LIMIT


@pytest.mark.parametrize(
    ("ago", "told"),
    [(0, "12:00"), (1, "Sun 12:00"), (30, "24 Oct"), (400, "19 Oct 2025")],
)
def test_a_moment_is_as_exact_as_it_is_near(ago: int, told: str) -> None:
    assert text.moment(NOW - timedelta(days=ago), NOW) == told
