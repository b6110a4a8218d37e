"""The one way to the database: transactions, threads, and what becomes of its errors."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from peewee import IntegrityError, InterfaceError, SqliteDatabase
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.store import make_engine
from sealbreak_server.storage.tables import Account, OptOut
from support.server.account import NOW, AccountBuilder, as_human


def opt_out(copy: int) -> None:
    OptOut.create(message="a" * 16, copy_number=copy, time=NOW)


def count() -> int:
    return int(OptOut.select().count())


@contextmanager
def locked(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(data / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def test_a_job_that_fails_writes_nothing(storage: Storage) -> None:
    def broken() -> None:
        opt_out(1)
        raise ValueError("rule 7")

    with pytest.raises(ValueError, match="rule 7"):
        storage.transaction(broken)
    assert storage.transaction(count) == 0


def test_a_row_that_is_there_is_the_callers_business(storage: Storage) -> None:
    storage.transaction(opt_out, 1)
    with pytest.raises(IntegrityError):
        storage.transaction(opt_out, 1)
    assert storage.query(count) == 1


def test_a_full_disk_is_called_so(storage: Storage) -> None:
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


def test_a_locked_database_is_away_after_the_patience_and_back_again(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path, timeout=0.1)
    storage.transaction(opt_out, 1)
    with locked(tmp_path):
        start = time.monotonic()
        with pytest.raises(UnavailableError, match="locked"):
            storage.transaction(opt_out, 2)
        assert 0.1 <= time.monotonic() - start < 5
    storage.transaction(opt_out, 2)
    assert storage.query(count) == 2
    storage.close()


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"This is a letter.\n" * 1000)
    storage = Storage.at("", tmp_path)
    with pytest.raises(UnavailableError, match="not a database"):
        storage.transaction(count)
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


def test_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path / "data")
    storage.transaction(opt_out, 1)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    storage.close()
    assert modes == {0o600}


def test_a_url_of_another_database_is_refused_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="begins with postgresql://") as caught:
        make_engine("mysql://ann:sesame@db.example.com/x", tmp_path, 1.0)
    assert "sesame" not in str(caught.value)


def test_a_closed_door_leaves_one_whole_file(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path)
    storage.transaction(opt_out, 1)
    storage.transaction(lambda: None)
    storage.query(count)
    storage.close()
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def name_of_account() -> str:
    return str(Account.select(Account.name).scalar())


def test_two_open_stores_answer_each_for_itself(url: str, tmp_path: Path) -> None:
    """One on SQLite and one on PostgreSQL; the one opened last does not replace the first."""
    first, second = Storage.at("", tmp_path), Storage.at(url, tmp_path)
    for store, name in ((first, "Ann"), (second, "Ben")):
        store.transaction(accounts.the_account, name, NOW)
    assert (first.query(name_of_account), second.query(name_of_account)) == ("Ann", "Ben")
    changed = first.query(accounts.changes), second.query(accounts.changes)
    assert changed[0].keys() != changed[1].keys()

    async def from_all_threads() -> list[str]:
        stores = (first, second) * 20
        return await asyncio.gather(*(store.read(name_of_account) for store in stores))

    assert asyncio.run(from_all_threads()) == ["Ann", "Ben"] * 20
    first.close()
    assert second.query(name_of_account) == "Ben"
    second.close()


def test_cached_statements_of_two_stores_write_at_the_same_time(url: str, tmp_path: Path) -> None:
    stores = Storage.at("", tmp_path), Storage.at(url, tmp_path)
    builders = [AccountBuilder(store, name) for store, name in zip(stores, "AB", strict=True)]

    async def hits(builder: AccountBuilder, count: int) -> None:
        for at in range(count):
            await builder.storage.write(record_hits, as_human, [builder.hit(at)], NOW)

    async def both() -> None:
        await asyncio.gather(hits(builders[0], 5), hits(builders[1], 7))

    for builder in builders:
        builder.register()
    asyncio.run(both())
    found = [
        len(s.query(messages.hits, b.account.owner, b.message))
        for s, b in zip(stores, builders, strict=True)
    ]
    assert found == [5, 7]
    for store in stores:
        store.close()


def test_a_store_within_the_job_of_another_leaves_it_its_database(tmp_path: Path) -> None:
    first, second = Storage.at("", tmp_path / "1"), Storage.at("", tmp_path / "2")
    second.transaction(accounts.the_account, "Ben", NOW)

    def both() -> tuple[str, str, str]:
        accounts.the_account("Ann", NOW)
        return name_of_account(), second.query(name_of_account), name_of_account()

    assert first.transaction(both) == ("Ann", "Ben", "Ann")
    first.close()
    second.close()


def test_a_query_outside_of_a_job_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InterfaceError):
        name_of_account()
    with pytest.raises(UnavailableError, match="only in a job"):
        accounts.is_revoked("a" * 16)
