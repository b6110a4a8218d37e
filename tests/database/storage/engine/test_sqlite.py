import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.tables import OptOut
from support.server.account import NOW


def opt_out(copy: int) -> None:
    OptOut.create(message="a" * 16, copy_number=copy, time=NOW)


def count() -> int:
    return int(OptOut.select().count())


@contextmanager
def locked(data: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(data / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def test_a_locked_database_is_unavailable_after_the_timeout_and_recovers(tmp_path: Path) -> None:
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


def test_a_file_that_is_no_database_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"This is a letter.\n" * 1000)
    storage = Storage.at("", tmp_path)
    with pytest.raises(UnavailableError, match="not a database"):
        storage.transaction(count)
    storage.close()


def test_only_the_owner_can_read_the_database_files(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path / "data")
    storage.transaction(opt_out, 1)
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    storage.close()
    assert modes == {0o600}
