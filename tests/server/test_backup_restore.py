"""`backup` beside a loaded server, and the way back that the README tells: stop, copy, start."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from harness_server import Sender, Server, command, running, visit
from soak import crash
from soak.crash import Tally, loaded


def backed_up(server: Server, name: str = "copy.sqlite3") -> Path:
    target = server.data.with_name(name)
    done = command(server.data, "backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


def restore(copy: Path, data: Path) -> None:
    for old in data.glob("sealbreak.sqlite3*"):
        old.unlink()
    shutil.copy2(copy, data / "sealbreak.sqlite3")


def test_a_backup_taken_under_load_is_whole(tmp_path: Path) -> None:
    data, tally = tmp_path / "data", Tally()
    with running(data) as server:

        async def back_up_under_load() -> set[crash.Hit]:
            async with loaded(server, tally):
                await asyncio.sleep(0.5)
                before = set(tally.answered)
                await asyncio.to_thread(backed_up, server)
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
        copy = backed_up(server)
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
            "events": events, "last": events[-1]["number"], "read": 0,
        }  # fmt: skip
        assert visit(server, mail.link(1, "https://example.com/offer")).status_code == 302


def test_a_backup_is_for_its_owner_only_and_replaces_no_file(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "copy.sqlite3"
    command(data, "pair")
    assert command(data, "backup", str(target)).returncode == 0
    assert target.stat().st_mode & 0o077 == 0
    again = command(data, "backup", str(target))
    assert again.returncode == 1
    assert "is there already" in again.stderr
