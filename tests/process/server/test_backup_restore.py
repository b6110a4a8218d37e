"""`backup` beside a loaded server, and `restore`: stop, restore, start."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.tokens import new_id
from soak import crash
from soak.crash import Tally, loaded
from support.server.backup import back_up, restore
from support.server.full_disk import as_root, small_disk
from support.server.process import Sender, command, program, running, visit


def test_a_backup_taken_under_load_is_whole(tmp_path: Path) -> None:
    data, tally = tmp_path / "data", Tally()
    with running(data) as server:

        async def back_up_under_load() -> set[crash.Hit]:
            async with loaded(server, tally):
                await asyncio.sleep(0.5)
                before = set(tally.answered)
                await asyncio.to_thread(back_up, server, program)
                await asyncio.to_thread(server.stop)
            return before

        before = asyncio.run(back_up_under_load())
    restore(tmp_path / "copy.sqlite3", data)
    assert crash.rows(data, "PRAGMA integrity_check") == [("ok",)]
    assert crash.rows(data, "PRAGMA foreign_key_check") == []
    crash.check(data, Tally(answered=before, told=[]))


def test_a_restored_server_knows_its_devices_mails_and_numbers(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        visit(server, mail.pixel())
        events = sender.wait_for_events(mail, 1)
        copy = back_up(server)
        sender.mail()
        server.stop()
    sender.http.close()
    restore(copy, data)
    with (
        running(data) as server,
        contextlib.closing(Sender(server.url, sender.paired).http) as http,
    ):
        assert [m["id"] for m in http.get("/messages").json()["messages"]] == [mail.id]
        assert http.get("/events").json() == {
            "events": events, "last": events[-1]["number"], "read": 0, "erasures": 0,
        }  # fmt: skip
        assert visit(server, mail.link(1, "https://example.com/offer")).status_code == 302


def waiting(data: Path, hits: int) -> None:
    """A database with an account, and hits in the spool that are in no database."""
    assert command(data, "pair").returncode == 0
    spool = Spool(data / "spool")
    for _ in range(0, hits, 100):
        spool.append(
            [Hit(Kind.OPEN, "a" * 8, new_id(), 0, None, 1.0, "GET", "192.0.2.1", ())] * 100
        )
    spool.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_backup_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    waiting(tmp_path / "data", hits=400_000)
    arguments = ["-m", "sealbreak_server", "backup", "--data", str(tmp_path / "data")]
    with subprocess.Popen(
        [sys.executable, *arguments, str(tmp_path / "copy")], stderr=subprocess.PIPE
    ) as backup:
        while not list(tmp_path.glob(".sealbreak-backup-*/sealbreak.sqlite3-wal")):
            assert backup.poll() is None
        backup.send_signal(number)
        _, said = backup.communicate()
    assert (backup.returncode, b"Traceback" in said) == (130, False)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}


@as_root
def test_a_backup_is_whole_or_refused_however_little_room_there_is(tmp_path: Path) -> None:
    """When its log finds no room, SQLite closes a database without an error."""
    waiting(tmp_path / "data", hits=2000)
    refused = 0
    for size in range(1000, 6000, 500):
        disk = tmp_path / f"disk {size}"
        with small_disk(disk, size=f"{size}k"):
            done = command(tmp_path / "data", "backup", str(disk / "sealbreak.sqlite3"))
            if done.returncode == 0:
                assert crash.rows(disk, "PRAGMA integrity_check") == [("ok",)]
                assert crash.rows(disk, "SELECT count(*) FROM hit") == [(2000,)]
            else:
                refused += 1
                assert "room" in done.stderr or "full" in done.stderr or "space" in done.stderr
                assert list(disk.iterdir()) == []
    assert 0 < refused < 10
