"""Lines of CSV that Excel and LibreOffice open as they are meant. Pure."""

import csv
import io
import re
from collections.abc import Sequence

BOM = "\ufeff"
"""Without it, spreadsheets read the file in a legacy encoding."""
MAX_CELL = 32_767
"""UTF-16 units that a cell of Excel holds. It cuts the rest off without a word."""
REST = " and {} more (the JSON file has all)"
FORMULA_START = r"""[\s"]*[=+\-@＝＋－＠]"""
RISKY_START = re.compile(rf"\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?={FORMULA_START})")


def csv_line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([escape_formulas(value) for value in values])
    return line.getvalue()


def escape_formulas(text: str) -> str:
    """Prefixes a quote to every part of the text that a spreadsheet may take for a formula.

    Anybody can write a subject. Where the comma is the decimal separator, spreadsheets split cells
    at semicolons. Our quotation marks do not protect such a part: line breaks split it too, and a
    quotation mark at its beginning is dropped.
    """
    return RISKY_START.sub("'", text)


def list_cell(items: Sequence[str], separator: str) -> str:
    """As many of the items as a cell holds, and how many are left out."""
    room = MAX_CELL - len(REST.format(len(items)))
    for kept, item in enumerate(items):
        room -= _units(separator) + _units(escape_formulas(item))
        if room < 0:
            return separator.join(items[:kept]) + REST.format(len(items) - kept)
    return separator.join(items)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
