"""Texts that people take for the same are the same once folded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.model.folding import fold, searched_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("özlem", "ÖZLEM"),
        ("иван", "ИВАН"),
        ("łącka", "ŁĄCKA"),
        ("núñez", unicodedata.normalize("NFD", "NÚÑEZ")),
        ("straße", "STRASSE"),
        ("σοφίας", "ΣΟΦΊΑΣ"),
    ],
)
def test_case_and_the_encoding_of_accents_do_not_matter(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_another_letter_is_another_letter() -> None:
    assert fold("nunez") != fold("núñez")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_mail_is_searched_in_its_subject_its_names_and_its_addresses() -> None:
    text = searched_text("Offer ÄÖ", [("Ann", "ann@example.com"), (None, "Ben@example.com")])
    assert text == "offer äö\nann ann@example.com\n ben@example.com"
