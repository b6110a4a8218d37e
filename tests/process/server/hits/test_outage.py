"""When the disk, the database or its file fails under the running server."""

import asyncio
import itertools
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from bench.server_ground import memory
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.security.tokens import new_id
from soak import crash
from soak.crash import Ask, Tally
from support.paths import SCHEMAS
from support.server.full_disk import as_root, fill, small_disk
from support.server.process import Mail, Server, command, running, visit

OFFER = "https://example.com/offer"
FIRST = SCHEMAS / "version-1.sql"


def until(what: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    assert what()


def file_of(server: Server) -> Path:
    return server.data / "sealbreak.sqlite3"


def hits_of(server: Server) -> list[tuple[str, int]]:
    """Message and copy of every recorded hit."""
    try:
        with closing(sqlite3.connect(f"file:{file_of(server)}?mode=ro", uri=True)) as database:
            return sorted(database.execute("SELECT message, copy_number FROM hit").fetchall())
    except sqlite3.OperationalError:
        return []


def spooled(server: Server) -> list[Path]:
    return sorted((server.data / "spool").glob("*.jsonl"))


def status(server: Server, path: str) -> int:
    return httpx2.get(server.url + path).status_code


def stranger(data: Path) -> Mail:
    """A mail that is registered nowhere: its hits are kept, as its registration may be late."""
    message, keyring = new_id(), load_or_make_keys(data / "keys")
    return Mail(message, keyring.message_key("aaaabbbb", message), "aaaabbbb")


def assert_answers(server: Server, mail: Mail, copy: int) -> None:
    """Two hits."""
    assert visit(server, mail.pixel(copy)).status_code == 200
    assert visit(server, mail.link(1, OFFER, copy)).status_code == 302
    assert status(server, "/healthz") == 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "data") as started:
        yield started


@pytest.fixture
def mail(server: Server) -> Iterator[Mail]:
    sender = server.sender()
    yield sender.mail()
    sender.http.close()


def test_hits_wait_in_the_spool_while_the_file_is_moved_or_deleted(
    server: Server, mail: Mail
) -> None:
    """A deleted file is not created again: its owner may put a backup there."""
    away = file_of(server).rename(server.data / "away")
    assert_answers(server, mail, 1)
    assert status(server, "/readyz") == 503
    until(lambda: spooled(server))
    away.rename(file_of(server))
    until(lambda: len(hits_of(server)) == 2)
    until(lambda: not spooled(server))
    assert status(server, "/readyz") == 200
    delete_file(server)
    assert_answers(server, mail, 1)
    assert status(server, "/readyz") == 503
    until(lambda: spooled(server))
    assert not file_of(server).exists()


def delete_file(server: Server) -> None:
    for name in file_of(server).parent.glob("sealbreak.sqlite3*"):
        name.unlink()


def test_a_file_put_in_its_place_gets_the_following_hits(server: Server, mail: Mail) -> None:
    with closing(sqlite3.connect(file_of(server))) as database:
        database.execute("VACUUM INTO ?", (str(server.data / "restored"),))
    assert_answers(server, mail, 1)
    (server.data / "restored").rename(file_of(server))
    assert_answers(server, mail, 2)
    until(lambda: status(server, "/readyz") == 200)
    until(lambda: hits_of(server) == [(mail.id, 2)] * 2)
    with closing(sqlite3.connect(file_of(server))) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_kill_after_the_log_was_deleted_loses_nothing(server: Server, mail: Mail) -> None:
    assert_answers(server, mail, 1)
    file_of(server).with_name("sealbreak.sqlite3-wal").unlink()
    assert_answers(server, mail, 2)
    until(lambda: "the log beside the database was deleted" in server.log.read_text())
    until(lambda: not spooled(server))
    server.process.kill()
    server.process.wait()
    assert hits_of(server) == [(mail.id, copy) for copy in (1, 1, 2, 2)]
    assert server.log.read_text().count("the log beside the database was deleted") == 1


@as_root
def test_hits_wait_in_the_spool_while_the_file_is_read_only(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert command(data, "pair").returncode == 0
    mail = stranger(data)
    file = str(data / "sealbreak.sqlite3")
    subprocess.run(["mount", "--bind", file, file], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", file], check=True)
    try:
        with running(data) as server:
            assert_answers(server, mail, 1)
            assert status(server, "/readyz") == 503
            until(lambda: len(spooled(server)) == 1)
            subprocess.run(["mount", "-o", "remount,bind,rw", file], check=True)
            until(lambda: len(hits_of(server)) == 2)
            until(lambda: not spooled(server))
            server.stop()
    finally:
        subprocess.run(["umount", file], check=True)


@as_root
def test_a_full_disk_stops_neither_pixel_nor_link(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"), running(tmp_path / "disk" / "data") as server:
        sender = server.sender()
        mail = sender.mail()
        ballast = fill(tmp_path / "disk")
        copies = itertools.count()
        while status(server, "/readyz") == 200:
            assert_answers(server, mail, next(copies))
        for _ in range(5):
            assert_answers(server, mail, next(copies))
        assert status(server, "/readyz") == 503
        ballast.unlink()
        until(lambda: status(server, "/readyz") == 200)
        asked = next(copies)
        until(lambda: len(set(hits_of(server))) == asked)
        assert len(hits_of(server)) == 2 * asked
        sender.http.close()
        assert server.stop() == 0


@as_root
def test_a_flood_on_a_full_disk_does_not_fill_the_memory(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk"), running(tmp_path / "disk" / "data") as server:
        sender = server.sender()
        mail = sender.mail()
        sender.http.close()
        fill(tmp_path / "disk")
        before = memory(server)
        flood(server, mail, 12_000)
        assert memory(server) - before < 40
        assert status(server, "/healthz") == 200


@as_root
def test_a_small_disk_is_not_filled_by_the_log(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "14m"), running(tmp_path / "disk" / "data") as server:
        sender = server.sender()
        for _ in range(40):
            mail = sender.mail()
            for _ in range(10):
                visit(server, mail.pixel())
        sender.http.close()
        assert status(server, "/readyz") == 200
        assert file_of(server).with_name("sealbreak.sqlite3-wal").stat().st_size < 4_000_000


@as_root
def test_a_migration_without_room_for_its_copy_leaves_the_room_to_hits(tmp_path: Path) -> None:
    data = tmp_path / "disk" / "data"
    with small_disk(tmp_path / "disk"):
        data.mkdir()
        with closing(sqlite3.connect(data / "sealbreak.sqlite3")) as database:
            database.executescript(FIRST.read_text(encoding="utf-8"))
        load_or_make_keys(data / "keys")
        ballast = fill(tmp_path / "disk")
        os.truncate(ballast, ballast.stat().st_size - 64 * 1024)
        with running(data) as server:
            mail = stranger(data)
            assert_answers(server, mail, 1)
            assert status(server, "/readyz") == 503
            until(lambda: len(spooled(server)) == 1)
            assert "make room" in server.log.read_text()
            assert list((data / "backups").iterdir()) == []
            ballast.unlink()
            until(lambda: status(server, "/readyz") == 200)
            until(lambda: hits_of(server).count((mail.id, 1)) == 2)


def flood(server: Server, mail: Mail, count: int) -> None:
    async def ask_all() -> None:
        work = (Ask((mail.id, 0, "open"), mail.pixel()) for _ in range(count))
        await asyncio.gather(*(crash.ask(server.url, work, Tally()) for _ in range(64)))

    asyncio.run(ask_all())


def test_a_batch_recorded_before_a_kill_is_not_recorded_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        lock = sqlite3.connect(file_of(server), isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        assert_answers(server, mail, 1)
        copies = [shutil.copy2(path, tmp_path / path.name) for path in spooled(server)]
        lock.close()
        until(lambda: not spooled(server))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        sender.http.close()
    for copy in copies:
        shutil.copy2(copy, data / "spool")
    with running(data) as server:
        until(lambda: not spooled(server))
        assert len(hits_of(server)) == 2
