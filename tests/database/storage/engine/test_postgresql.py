"""What only PostgreSQL does: its address, its lock, its news; and databases of version 1."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from peewee import DataError
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.engine.postgresql import WRITER_LOCK, PostgresqlServer
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.migrations import migrate
from sealbreak_server.storage.migrations.migrate import VERSION, schema_version
from sealbreak_server.storage.migrations.step import script
from sealbreak_server.storage.preferences import snooze
from sealbreak_server.storage.tables import Account
from support.paths import SCHEMAS
from support.server.account import AccountBuilder

FIRST = SCHEMAS / "version-1-postgresql.sql"
WRITTEN = [FIRST, SCHEMAS / "version-10-postgresql.sql"]
"""Databases that earlier versions wrote."""
COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
    " WHERE table_schema = 'public'"
)
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"


@contextmanager
def opened(url: str, data: Path) -> Iterator[Storage]:
    storage = Storage.at(url, data)
    try:
        yield storage
    finally:
        storage.close()


@pytest.fixture
def builder(url: str, tmp_path: Path) -> Iterator[AccountBuilder]:
    with opened(url, tmp_path) as storage:
        yield AccountBuilder(storage)


def asked(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return sorted(connection.execute(query).fetchall())


def heard_of(storage: Storage, *jobs: Callable[[], object]) -> list[str | None]:
    """What is passed on when these jobs are done one after the other."""
    heard: asyncio.Queue[str | None] = asyncio.Queue()

    async def listen() -> list[str | None]:
        listening = asyncio.create_task(storage.listen(heard.put_nowait))
        async with asyncio.timeout(20):
            found = [await heard.get()]
            for job in jobs:
                await storage.write(job)
                found.append(await heard.get())
        assert storage.listens
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert not storage.listens
        return found

    return asyncio.run(listen())


def test_a_change_notifies_with_the_owner_of_the_account(builder: AccountBuilder) -> None:
    ben = AccountBuilder(builder.storage, "Ben")
    heard = heard_of(
        builder.storage,
        lambda: builder.record(builder.hit()) if builder.register()[0] else None,
        lambda: snooze(ben.account.id, 1.0),
    )
    assert heard == [None, builder.account.owner, ben.account.owner]


def test_a_rolled_back_transaction_notifies_nobody(builder: AccountBuilder, url: str) -> None:
    ben = AccountBuilder(builder.storage, "Ben")

    def after_one_that_fails() -> None:
        with psycopg.connect(url) as other:
            other.execute("UPDATE account SET last_event = 9 WHERE name = 'Ann'")
            other.rollback()
        snooze(ben.account.id, 1.0)

    assert heard_of(builder.storage, after_one_that_fails) == [None, ben.account.owner]


def test_a_broken_connection_ends_listening(builder: AccountBuilder, url: str) -> None:
    def cut(owner: str | None) -> None:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )

    with pytest.raises(UnavailableError, match="sends no notifications"):
        asyncio.run(builder.storage.listen(cut))


def test_waiting_for_the_lock_ends_and_the_next_transaction_works(
    builder: AccountBuilder, url: str
) -> None:
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
        with pytest.raises(UnavailableError, match="lock timeout"):
            builder.storage.transaction(lambda: None)
    builder.storage.transaction(lambda: None)


def test_a_migration_may_take_its_time(
    short_timeouts: Storage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(FIRST.read_text(encoding="utf-8").encode())
    slow = script("SELECT pg_sleep(1.5)")
    monkeypatch.setattr(migrate, "STEPS", (*migrate.STEPS, slow))
    monkeypatch.setattr(migrate, "VERSION", VERSION + 1)
    short_timeouts.transaction(lambda: None)
    assert schema_version(short_timeouts.database) == VERSION + 1


def test_a_value_that_does_not_fit_is_not_the_databases_fault(builder: AccountBuilder) -> None:
    with pytest.raises(DataError):
        builder.storage.transaction(lambda: as_tuples(Account.raw("SELECT 2147483647 + 1")))


@pytest.mark.parametrize("schema", WRITTEN, ids=lambda path: path.stem)
def test_an_older_database_becomes_what_a_fresh_one_is(
    schema: Path, pattern: str, url: str, tmp_path: Path
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(schema.read_text(encoding="utf-8").encode())
    with opened(url, tmp_path) as storage:
        storage.transaction(lambda: None)
        assert schema_version(storage.database) == VERSION
    for query in (COLUMNS, INDEXES, TRIGGERS):
        assert asked(url, query) == asked(pattern, query)


@pytest.mark.parametrize("schema", WRITTEN, ids=lambda path: path.stem)
def test_an_older_database_keeps_its_data(schema: Path, url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(schema.read_text(encoding="utf-8").encode())
    with opened(url, tmp_path) as storage:
        view = storage.transaction(messages.view, 1, "abcdefghijklmnop")
        told = storage.transaction(reader.events_after, 1, 0, 10)
        new = storage.transaction(accounts.account_named, "Ben", 1.0)
    assert (view.counts.opens, view.counts.clicks, view.message.subject) == (1, 1, "Offer 12")
    assert [number for number, _ in told] == [1, 2]
    assert new.id == 2


def test_characters_of_the_password_may_be_percent_encoded(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE \"ann@home\" SUPERUSER LOGIN PASSWORD 'se/same'")
    address = url.replace("sealbreak@", "ann%40home:se%2Fsame@", 1)
    with opened(address.replace("postgresql:", "postgres:"), tmp_path) as storage:
        found = storage.transaction(lambda: as_tuples(Account.raw("SELECT current_user")))
    assert found == [("ann@home",)]


def test_parameters_of_the_url_take_precedence() -> None:
    address = "postgresql://ann@db.example.com/x?connect_timeout=40"
    assert "connect_timeout" not in PostgresqlServer(address, 1.0).database.connect_params
    patient = PostgresqlServer("postgresql://db.example.com/x", 15.0)
    assert patient.database.connect_params["connect_timeout"] == 15


@pytest.mark.parametrize("rest", ["ann:open%zz@db.example.com/x", "ann:open@db.example.com/x?y=1"])
def test_a_broken_url_is_refused_without_showing_its_password(rest: str) -> None:
    with pytest.raises(SettingsError, match="cannot be used") as caught:
        PostgresqlServer(f"postgresql://{rest}", 1.0)
    assert "open" not in str(caught.value)


def server_process() -> int:
    ((process,),) = as_tuples(Account.raw("SELECT pg_backend_pid()"))
    return int(process)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_write_without_an_answer_fails_and_the_next_one_works(short_timeouts: Storage) -> None:
    first = short_timeouts.transaction(server_process)
    with stopped(first), pytest.raises(UnavailableError, match="no answer for 1 seconds"):
        short_timeouts.transaction(server_process)
    assert short_timeouts.transaction(server_process) != first


def test_a_read_without_an_answer_is_tried_again(short_timeouts: Storage) -> None:
    first = short_timeouts.transaction(server_process)
    with stopped(first):
        assert short_timeouts.query(server_process) != first


def test_an_abandoned_statement_ends_on_the_server_too(short_timeouts: Storage, url: str) -> None:
    waiting = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    short_timeouts.transaction(lambda: None)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError):
            short_timeouts.query(lambda: as_tuples(Account.select()))
        end = time.monotonic() + 20
        while other.execute(waiting).fetchall():
            assert time.monotonic() < end
            time.sleep(0.05)
