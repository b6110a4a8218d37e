"""What a backup holds and refuses; test_backup_restore.py makes one beside a loaded server."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from support.server.account import NOW
from support.server.commands import register, settings_of
from support.server.full_disk import as_root, fill, small_disk
from support.server.process import command

HOLD = """
import os, sys
from sealbreak_server import files
files.lock(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT))
print("held", end="", flush=True)
sys.stdin.read()
"""


def test_a_backup_is_readable_by_its_owner_only_and_replaces_no_file(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "copy.sqlite3"
    register(data)
    assert command(data, "backup", str(target)).returncode == 0
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    again = command(data, "backup", str(target))
    assert again.returncode == 1
    assert "already exists" in again.stderr
    assert target.read_bytes() == before


def test_a_backup_holds_the_hits_that_wait_in_the_spool(tmp_path: Path) -> None:
    data = tmp_path / "data"
    message = register(data)
    hit = Hit(Kind.OPEN, "a" * 8, message, 0, None, NOW, "GET", "192.0.2.1", ())
    folder = settings_of(data).spool_folder
    for times in range(3):
        spool = Spool(folder)
        spool.append([hit] * 400)
        spool.append([hit] * times)
        spool.close()
    kept = {path: path.read_bytes() for path in spool.files()}
    copied = command(data, "backup", str(tmp_path / "copy"))
    assert "\r1,203 waiting hits are in the copy\n" in copied.stderr
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT count(*) FROM hit").fetchone() == (1203,)
    assert {path: path.read_bytes() for path in spool.files()} == kept
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "data"}


def test_a_backup_of_an_empty_folder_is_refused(tmp_path: Path) -> None:
    refused = command(tmp_path / "data", "backup", str(tmp_path / "copy"))
    assert refused.returncode == 1
    assert "There is no database in" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_draft_of_a_killed_backup_is_removed_by_the_next(tmp_path: Path) -> None:
    """Other files stay, and drafts of a backup that is still running."""
    register(tmp_path / "data")
    (tmp_path / ".backup-photos").mkdir()
    for name in ("killed", "running"):
        (tmp_path / f".sealbreak-backup-{name}").mkdir()
        (tmp_path / f".sealbreak-backup-{name}" / "sealbreak.sqlite3").write_text("messages")
    held = [sys.executable, "-c", HOLD, str(tmp_path / ".sealbreak-backup-running" / "lock")]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.read(4) == b"held"
        assert command(tmp_path / "data", "backup", str(tmp_path / "copy")).returncode == 0
    left = {path.name for path in tmp_path.iterdir()} - {"data", "copy"}
    assert left == {".sealbreak-backup-running", ".backup-photos"}


@as_root
def test_a_backup_that_finds_no_room_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    register(tmp_path / "data")
    with small_disk(tmp_path / "disk"):
        ballast = fill(tmp_path / "disk")
        refused = command(tmp_path / "data", "backup", str(tmp_path / "disk" / "copy"))
        assert refused.returncode == 1
        assert "make room" in refused.stderr or "No space left" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert list((tmp_path / "disk").iterdir()) == [ballast]
