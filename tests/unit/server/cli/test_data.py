from pathlib import Path

from sealbreak_server.classification.evidence.data_files import EGRESS
from support.server.process import run_main

EGRESS_ROWS = "".join(f"104.28.{n}.0/24,DE,DE-BE,Berlin,\n" for n in range(120))


def test_a_file_is_installed_and_then_shown(tmp_path: Path) -> None:
    source, folder = tmp_path / "list.csv", tmp_path / "own"
    source.write_text(EGRESS_ROWS)
    assert run_main("data", "--into", str(folder), "apple", str(source)).returncode == 0
    assert str(folder / EGRESS) in run_main("data", "--into", str(folder)).stdout


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "country"
    file.write_bytes(b"nothing")
    refused = run_main("data", "--into", str(tmp_path), "country", str(file))
    assert refused.returncode == 1
    assert refused.stderr == "Not installed: it is not a MaxMind database\n"


def test_the_table_of_networks_is_rebuilt(tmp_path: Path) -> None:
    rows = tmp_path / "asn.csv"
    rows.write_text('192.0.2.0,192.0.2.255,15169,"Google"\n')
    assert run_main("data", "--into", str(tmp_path), "prefixes", str(rows)).returncode == 0
    assert "15169\t192.0.2.0/24" in (tmp_path / "prefixes.tsv").read_text()
