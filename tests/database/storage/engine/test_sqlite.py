import random
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.storage import Storage, remains
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.engine.statements import insert_rows
from sealbreak_server.storage.hits.mappers import hit_row
from sealbreak_server.storage.tables import Hit as HitRow
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


def test_copies_of_rows_that_were_moved_before_they_were_deleted_go_too(tmp_path: Path) -> None:
    """`secure_delete` alone leaves some, so that this test would not hold without `rewrite`."""
    storage, chance = Storage.at("", tmp_path), random.Random(1)  # no secret
    steps = range(1, 6000, 500)
    kept = [storage.transaction(add_rows, chance, range(at, at + 500)) for at in steps]
    alive = {row for some in kept for row in some}
    storage.purge(rewrite=False)
    few = deleted(tmp_path) - alive
    assert 0 < len(few) < 60
    storage.transaction(remains.note)
    storage.purge(rewrite=True)
    assert deleted(tmp_path) - alive == set()
    assert (tmp_path / f"{FILE_NAME}-wal").read_bytes().count(b"secret") == 0
    storage.close()


def add_rows(chance: random.Random, numbers: range) -> set[str]:
    """Adds rows of many lengths, deletes three of four, and returns what the others hold."""
    alive = set[str]()
    for number in numbers:
        name = f"{chance.getrandbits(32):08x}"
        text = f"secret{name}" + "x" * chance.choice([10, 50, 300, 6000])
        row = hit_row(number, Hit(Kind.OPEN, "a" * 8, name, 0, None, NOW, "GET", text, ()))
        insert_rows(HitRow, [row])
        alive.add(name)
        if len(alive) > 100:
            gone = chance.choice(sorted(alive))
            HitRow.delete().where(HitRow.message == gone).execute()
            alive.discard(gone)
    return alive


def deleted(data: Path) -> set[str]:
    """The names of all rows that the file still holds."""
    return {
        name.decode()
        for name in re.findall(rb"secret([0-9a-f]{8})", (data / FILE_NAME).read_bytes())
    }


def test_a_log_that_is_in_use_is_not_emptied_and_that_is_said(tmp_path: Path) -> None:
    storage = Storage.at("", tmp_path, timeout=0.1)
    storage.transaction(opt_out, 1)
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM opt_out").fetchone()
        storage.transaction(opt_out, 2)
        with pytest.raises(UnavailableError, match="in use"):
            storage.purge(rewrite=False)
    storage.purge(rewrite=False)
    assert (tmp_path / f"{FILE_NAME}-wal").stat().st_size == 0
    storage.close()


def test_a_full_disk_keeps_the_file_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = Storage.at("", tmp_path)
    storage.transaction(opt_out, 1)
    storage.transaction(remains.note)
    free = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
    with pytest.raises(UnavailableError, match="make room"):
        storage.purge(rewrite=True)
    assert (storage.query(count), storage.transaction(remains.noted)) == (1, 1)
    storage.close()
