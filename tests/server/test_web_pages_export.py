import csv
import re

import pytest
from sealbreak_server.web.pages.export import csv_line, harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "\r@x", "＝1"]
)
def test_what_a_spreadsheet_may_take_for_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Offer 12", "1 = 1", "a-b", "ann@example.com", "'=1"])
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("text", "harmless_text"),
    [
        ("Offer;=1+1;b", "Offer;'=1+1;b"),
        ("a; -1 ;@x", "a;' -1 ;'@x"),
        ("a\n=1", "a\n'=1"),
        ("a;b;c", "a;b;c"),
        ("https://example.com/?a=1;b=2", "https://example.com/?a=1;b=2"),
    ],
)
def test_no_part_is_a_formula_where_semicolons_part_cells(text: str, harmless_text: str) -> None:
    assert harmless(text) == harmless_text
    cells = re.split(r"[;\r\n]", csv_line(["Ann", text]))
    assert not [cell for cell in cells if cell.strip().startswith(tuple("=+-@"))]


def test_a_quoted_formula_survives_the_way_through_a_file() -> None:
    assert next(csv.reader([f'"{harmless("=1,2")}"'])) == ["'=1,2"]
