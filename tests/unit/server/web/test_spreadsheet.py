import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sealbreak_server.web.pages.spreadsheet import (
    MAX_CELL,
    csv_line,
    escape_formulas,
    list_cell,
)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\tx", "\nx", "\rx", "＝1", '"=1', ' " "=1']
)
def test_text_that_looks_like_a_formula_is_quoted(text: str) -> None:
    assert escape_formulas(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Offer 12", "1 = 1", "a-b", "ann@example.com", "'=1"])
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert escape_formulas(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Offer;=1+1;b", "Offer;'=1+1;b"),
        ("a; -1 ;@x", "a;' -1 ;'@x"),
        ("a\n=1", "a\n'=1"),
        (";=1", ";'=1"),
        ("\t=1", "'\t'=1"),
        ('a;"=1+1;b', "a;'\"=1+1;b"),
        ('a\n "" -1', 'a\n\' "" -1'),
        ('a;"b"', 'a;"b"'),
        ("a;b;c", "a;b;c"),
        ("https://example.com/?a=1;b=2", "https://example.com/?a=1;b=2"),
    ],
)
def test_no_part_is_a_formula_where_semicolons_separate_cells(text: str, escaped: str) -> None:
    assert escape_formulas(text) == escaped
    cells = re.split(r"[;\r\n]", csv_line(["Ann", text]))
    assert not [cell for cell in cells if cell.strip().startswith(tuple("=+-@"))]


def test_a_quoted_formula_is_unchanged_after_a_round_trip() -> None:
    assert next(csv.reader([f'"{escape_formulas("=1,2")}"'])) == ["'=1,2"]


HOSTILE = st.text("=+-@＝;,\"'\t\r\n x", max_size=12)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(subject=HOSTILE, name=HOSTILE)
@example(subject='x;"=1+1;y', name='x\t"=1+1\ty')
@example(subject='x\n"=1+1', name=";=1+1")
def test_no_cell_is_a_formula_with_any_separator(delimiter: str, subject: str, name: str) -> None:
    line = csv_line(["2026-11-23", subject, name, "mfzwizltor2xs5dp"])
    rows = csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)
    cells = [cell.strip() for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@＝"))]


def test_a_short_list_is_whole() -> None:
    assert list_cell(["Ann", "Ben"], ", ") == "Ann, Ben"
    assert list_cell([], ", ") == ""


@pytest.mark.parametrize("letter", ["a", "é", "😀", "="])
def test_a_long_list_is_cut_to_what_a_cell_holds(letter: str) -> None:
    items = [letter * 300] * 500
    cell = escape_formulas(list_cell(items, "; "))
    assert len(cell.encode("utf-16-le")) // 2 <= MAX_CELL
    kept = cell.count(letter * 300)
    assert 40 < kept < 500
    assert cell.endswith(f" and {500 - kept} more (the JSON file has all)")
