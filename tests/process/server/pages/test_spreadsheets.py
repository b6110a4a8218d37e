"""Exported files, as LibreOffice reads them."""

import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from unicodedata import normalize

import httpx2
import pytest
from support.server.process import Mail, Sender, Server, visit

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice Calc is not installed"
)
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"

DIALOG = "CSV:44,34,76,1,,0,false,true"
"""What the import dialog proposes for the file, with "Detect special numbers": commas, quotation
marks, UTF-8."""

Cell = tuple[str, str]
"""Its type, and its text or its value."""


def opened(text: bytes, folder: Path) -> list[dict[str, Cell]]:
    """The rows of a CSV file, by the names in the first."""
    (folder / "file.csv").write_bytes(text)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--headless", f"--infilter={DIALOG}", "--convert-to", "fods",
         "--outdir", str(folder), str(folder / "file.csv")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    rows = ET.parse(folder / "file.fods").getroot().iter(f"{{{TABLE}}}table-row")  # ours
    found = (cells_of(row) for row in rows)
    names, *lines = [cells for cells in found if any(text for _, text in cells)]
    titles = [title for _, title in names]
    return [dict(zip(titles, line, strict=False)) for line in lines]


def cells_of(row: ET.Element) -> list[Cell]:
    found: list[Cell] = []
    for cell in row.iter(f"{{{TABLE}}}table-cell"):
        kind = cell.get(f"{{{OFFICE}}}value-type", "")
        value = cell.get(f"{{{OFFICE}}}date-value") or cell.get(f"{{{OFFICE}}}value")
        text = "\n".join("".join(p.itertext()) for p in cell.iter(f"{{{TEXT}}}p"))
        times = min(int(cell.get(f"{{{TABLE}}}number-columns-repeated", 1)), 100)
        found += [(kind, value or text)] * times
    return found


@pytest.fixture
def mail(server: Server, sender: Sender) -> Mail:
    people = [
        {"address": f"p{n:03}@example.com", "name": f"Özlem Łącka {n:03} " + "x" * 150,
         "kind": "to", "copy": 0}
        for n in range(500)
    ]  # fmt: skip
    mail = sender.mail(subject='=1+1; "Angebot", für Zoë', recipients=people)
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    return mail


def test_a_list_of_mails_opens_with_dates_numbers_and_letters(
    browser: httpx2.Client, mail: Mail, tmp_path: Path
) -> None:
    file = browser.get("/history/export.csv?q=angebot&zone=Europe/Berlin").content
    (row,) = opened(file, tmp_path)
    assert row["id"] == ("string", mail.id)
    assert row["subject"] == ("string", '\'=1+1; "Angebot", für Zoë')
    assert row["sent_at_local"] == ("date", "2026-11-01T10:30:00")
    assert row["first_opened_at_local"][0] == "date"
    assert (row["opens"], row["state"]) == (("float", "1"), ("string", "Opened"))
    kind, people = row["recipients"]
    assert (kind, len(people) <= 32_767) == ("string", True)
    assert normalize("NFC", people).startswith("Özlem Łącka 000")
    assert people.endswith("more (the JSON file has all)")


def test_a_record_opens_with_dates(browser: httpx2.Client, mail: Mail, tmp_path: Path) -> None:
    file = browser.get(f"/history/{mail.id}/record.csv?zone=Europe/Berlin").content
    (row,) = opened(file, tmp_path)
    assert row["local_time"][0] == "date"
    assert row["time_zone"] == ("string", "Europe/Berlin")
    assert row["number"][0] == "float"
