"""The command `sealbreak-server data`."""

import os
import subprocess
from pathlib import Path

from sealbreak_server.classification.evidence.data_files import EGRESS
from support.server.process import PROGRAM

EGRESS_ROWS = "".join(f"104.28.{n}.0/24,DE,DE-BE,Berlin,\n" for n in range(120))


def test_the_command_installs_and_says_what_is_in_use(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text(EGRESS_ROWS)
    command = [
        *PROGRAM,
        "data",
        "--into",
        str(tmp_path / "own"),
    ]
    subprocess.run([*command, "apple", str(source)], check=True, capture_output=True)
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    assert str(tmp_path / "own" / EGRESS) in shown.stdout


def test_the_command_refuses_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "country").write_bytes(b"nothing")
    command = [
        *PROGRAM,
        "data",
        "--into",
        str(tmp_path),
    ]
    done = subprocess.run(
        [*command, "country", str(tmp_path / "country")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "Not installed: it is not a MaxMind database\n")
