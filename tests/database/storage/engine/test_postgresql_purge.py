"""What is deleted leaves PostgreSQL's files."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.storage import Storage, erasure, remains
from sealbreak_server.storage.engine import postgresql
from support.server.account import NOW, AccountBuilder
from support.server.postgresql import Cluster

SUBJECT = "Quinces and medlars"


@pytest.fixture
def erased(short_timeouts: Storage) -> Storage:
    """A mail was erased from it, and the files still hold the mail."""
    builder = AccountBuilder(short_timeouts)
    builder.register(subject=SUBJECT)
    builder.record(builder.hit())
    short_timeouts.transaction(erasure.erase_message, builder.account.id, builder.message, NOW)
    return short_timeouts


@pytest.fixture
def other(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def in_files(other: psycopg.Connection, cluster: Cluster, words: str) -> bool:
    other.execute("CHECKPOINT")
    row = other.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return any(words.encode() in content(file) for file in folder(cluster, row[0]).iterdir())


def folder(cluster: Cluster, database: int) -> Path:
    return cluster.folder / "data" / "base" / str(database)


def content(file: Path) -> bytes:
    with suppress(FileNotFoundError):  # a checkpoint removes files of tables that were rewritten
        return file.read_bytes()
    return b""


def test_a_rewriting_leaves_nothing_of_an_erased_mail(
    erased: Storage, other: psycopg.Connection, cluster: Cluster
) -> None:
    erased.purge(rewrite=False)
    assert in_files(other, cluster, SUBJECT)
    erased.purge(rewrite=True)
    assert not in_files(other, cluster, SUBJECT)
    assert erased.transaction(remains.noted) == 0


def test_a_large_database_is_rewritten_only_for_a_command(
    erased: Storage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(postgresql, "MAX_UNATTENDED", 1000)
    with caplog.at_level("INFO"):
        erased.purge(rewrite=True, unattended=True)
    assert "until its owner runs `VACUUM (FULL) account, " in caplog.text
    assert erased.transaction(remains.noted) > 0
    erased.purge(rewrite=True)
    assert erased.transaction(remains.noted) == 0


def test_a_table_in_use_is_not_waited_for_long(erased: Storage, other: psycopg.Connection) -> None:
    with other.transaction():
        other.execute("LOCK TABLE message IN ACCESS SHARE MODE")
        with pytest.raises(UnavailableError, match="lock timeout"):
            erased.purge(rewrite=True)
    assert erased.transaction(remains.noted) > 0
    ((limit,),) = erased.database.execute_sql("SHOW statement_timeout").fetchall()  # type: ignore[no-untyped-call]  # stubs
    assert limit == "1s"


def test_an_account_that_is_not_the_owner_names_the_command(
    erased: Storage, other: psycopg.Connection, url: str, tmp_path: Path
) -> None:
    other.execute("CREATE ROLE tenant LOGIN")
    other.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO tenant")
    storage = Storage.at(url.replace("//sealbreak@", "//tenant@"), tmp_path)
    try:
        with pytest.raises(UnavailableError, match=r"owner .* has to run `VACUUM \(FULL\) acc"):
            storage.purge(rewrite=True)
    finally:
        storage.close()
        other.execute("DROP OWNED BY tenant; DROP ROLE tenant")
