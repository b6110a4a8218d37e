"""`restore`: what is put in place, what is kept, and what is refused."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sealbreak_server.storage.migrations.migrate import VERSION_ROW
from soak import crash
from support.server.backup import back_up, restore
from support.server.process import command, running, visit


def test_the_database_before_is_kept_whole(tmp_path: Path) -> None:
    """Also what a killed server had only in the log beside it."""
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        copy = back_up(server)
        late = sender.mail()
        visit(server, late.pixel())
        sender.wait_for_events(late, 1)
        server.process.kill()
        server.process.wait()
    sender.http.close()
    assert (data / "sealbreak.sqlite3-wal").exists()
    said = restore(copy, data).stdout
    (kept,) = (data / "backups").iterdir()
    assert str(kept) in said
    assert crash.rows(data, "SELECT COUNT(*) FROM message") == [(0,)]
    with contextlib.closing(sqlite3.connect(kept)) as before:
        assert before.execute("SELECT COUNT(*) FROM message").fetchone() == (1,)
    assert restore(kept, data).returncode == 0
    assert crash.rows(data, "SELECT COUNT(*) FROM message") == [(1,)]


def test_nothing_is_restored_under_a_running_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        copy = back_up(server)
        sender.mail()
        done = command(data, "restore", str(copy))
        assert done.returncode == 1
        assert "stop the server first" in done.stderr
        sender.mail()
    sender.http.close()
    assert crash.rows(data, "SELECT COUNT(*) FROM message") == [(2,)]
    assert not [path for path in data.iterdir() if "restored" in path.name]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda copy: copy.write_bytes(b"no database"), "is not a backup"),
        (lambda copy: copy.write_bytes(b""), "is not a backup"),
        (lambda copy: copy.write_bytes(copy.read_bytes()[:-8192]), "is"),
        (lambda copy: set_version(copy, 999), "update the program"),
        (lambda copy: copy.unlink(), "is not there"),
    ],
    ids=["text", "empty", "cut", "newer", "absent"],
)
def test_a_file_that_is_no_whole_backup_changes_nothing(
    tmp_path: Path, damage: Callable[[Path], object], says: str
) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    assert command(data, "pair").returncode == 0
    assert command(data, "backup", str(copy)).returncode == 0
    damage(copy)
    before = (data / "sealbreak.sqlite3").read_bytes()
    done = command(data, "restore", str(copy))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert says in done.stderr
    assert (data / "sealbreak.sqlite3").read_bytes() == before
    assert not (data / "backups").exists()


def set_version(copy: Path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as opened, opened:
        opened.execute("UPDATE counter SET value = ? WHERE name = ?", (version, VERSION_ROW))


def test_a_damaged_database_gives_way_and_is_kept(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy.sqlite3"
    assert command(data, "pair").returncode == 0
    assert command(data, "backup", str(copy)).returncode == 0
    (data / "sealbreak.sqlite3").write_bytes(b"damaged" * 1000)
    restore(copy, data)
    assert crash.rows(data, "PRAGMA quick_check") == [("ok",)]
    (kept,) = (data / "backups").iterdir()
    assert kept.name.startswith("damaged-")
    assert kept.read_bytes().startswith(b"damaged")


def test_without_the_keys_it_says_what_would_be_lost(tmp_path: Path) -> None:
    assert command(tmp_path / "old", "pair").returncode == 0
    assert command(tmp_path / "old", "backup", str(tmp_path / "copy")).returncode == 0
    assert (
        f"{tmp_path / 'new/keys'} is missing" in restore(tmp_path / "copy", tmp_path / "new").stdout
    )
