"""The one way to the database: transactions, threads, and what becomes of its errors."""

import asyncio
import threading
from pathlib import Path

import pytest
from peewee import IntegrityError, SqliteDatabase
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.store import make_engine
from sealbreak_server.storage.tables import OptOut
from support.server.account import NOW


def opt_out(copy: int) -> None:
    OptOut.create(message="a" * 16, copy_number=copy, time=NOW)


def count() -> int:
    return int(OptOut.select().count())


def test_a_job_that_fails_writes_nothing(storage: Storage) -> None:
    def broken() -> None:
        opt_out(1)
        raise ValueError("rule 7")

    with pytest.raises(ValueError, match="rule 7"):
        storage.transaction(broken)
    assert storage.transaction(count) == 0


def test_a_duplicate_row_raises_to_the_caller(storage: Storage) -> None:
    storage.transaction(opt_out, 1)
    with pytest.raises(IntegrityError):
        storage.transaction(opt_out, 1)
    assert storage.query(count) == 1


def test_a_full_disk_is_named_in_the_error(storage: Storage) -> None:
    """And not what undoing the transaction ran into, which SQLite had undone itself."""
    database = storage.database
    assert isinstance(database, SqliteDatabase)
    pages = storage.transaction(lambda: database.pragma("page_count"))

    def too_much() -> None:
        database.pragma("max_page_count", pages)
        for copy in range(10_000):
            opt_out(copy)

    with pytest.raises(UnavailableError, match="disk is full"):
        storage.transaction(too_much)
    assert storage.transaction(count) == 0


def test_nothing_is_read_before_the_database_was_opened(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path / "data")
    with pytest.raises(UnavailableError, match="not been opened"):
        storage.query(count)
    storage.transaction(count)
    assert storage.query(count) == 0
    storage.close()


def test_writes_come_one_after_the_other_in_one_thread(storage: Storage) -> None:
    busy, threads = [0], set()

    def write(copy: int) -> int:
        threads.add(threading.current_thread().name)
        busy[0] += 1
        opt_out(copy)
        busy[0] -= 1
        return busy[0]

    async def crowd() -> list[int]:
        return await asyncio.gather(*(storage.write(write, copy) for copy in range(20)))

    assert asyncio.run(crowd()) == [0] * 20
    assert len(threads) == 1
    assert storage.query(count) == 20


def test_reads_go_on_while_a_write_takes_its_time(storage: Storage) -> None:
    begun, read = threading.Event(), threading.Event()

    def slow() -> bool:
        opt_out(1)
        begun.set()
        return read.wait(timeout=10)

    async def both() -> bool:
        writing = asyncio.create_task(storage.write(slow))
        await asyncio.to_thread(begun.wait, 10)
        assert await storage.read(count) == 0
        read.set()
        return await writing

    assert asyncio.run(both())


def test_a_url_of_another_database_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="begins with postgresql://") as caught:
        make_engine("mysql://ann:sesame@db.example.com/x", tmp_path, 1.0)
    assert "sesame" not in str(caught.value)


def test_closing_leaves_one_complete_file(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path)
    storage.transaction(opt_out, 1)
    storage.transaction(lambda: None)
    storage.query(count)
    storage.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
