import csv

import pytest
from sealbreak_server.web.pages.export import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "\r@x", "＝1"]
)
def test_what_a_spreadsheet_may_take_for_a_formula_is_quoted(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Offer 12", "1 = 1", "a-b", "ann@example.com", "'=1"])
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_quoted_formula_survives_the_way_through_a_file() -> None:
    assert next(csv.reader([f'"{harmless("=1,2")}"'])) == ["'=1,2"]
