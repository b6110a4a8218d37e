from pathlib import Path

import pytest
from peewee import Database, SqliteDatabase
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.migrations import migrate
from sealbreak_server.storage.migrations.backup import copies, remove_copies
from sealbreak_server.storage.migrations.migrate import schema_version
from sealbreak_server.storage.tables import Table


class Extra(Table):
    pass


def reopened(tmp_path: Path) -> Storage:
    return Storage.at("", tmp_path)


def test_an_older_database_is_copied_before_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = reopened(tmp_path)
    storage.transaction(accounts.the_account, "Ann", 1.0)
    storage.close()

    def step(database: Database) -> None:
        database.create_tables([Extra])

    later = migrate.VERSION + 1
    monkeypatch.setattr(migrate, "STEPS", (*migrate.STEPS, step))
    monkeypatch.setattr(migrate, "VERSION", later)
    storage = reopened(tmp_path)
    storage.transaction(lambda: None)
    assert schema_version(storage.database) == later
    assert storage.database.table_exists("extra")
    storage.close()
    (backup,) = (tmp_path / "backups").iterdir()
    copy = SqliteDatabase(str(backup))
    assert not copy.table_exists("extra")
    assert copy.table_exists("account")
    copy.close()


def test_old_copies_and_what_belongs_to_them_are_removed(tmp_path: Path) -> None:
    names = ("version-12-{}.sqlite3", "damaged-{}.sqlite3", "draft-version-9-{}.sqlite3")
    for seconds in (100, 300):
        for name in names:
            for end in ("", "-wal"):
                (tmp_path / (name.format(seconds * 10**9) + end)).touch()
    (tmp_path / "mine.sqlite3").touch()
    assert [(path.name, time) for path, time in copies(tmp_path)] == [
        ("damaged-100000000000.sqlite3", 100), ("damaged-300000000000.sqlite3", 300),
        ("version-12-100000000000.sqlite3", 100), ("version-12-300000000000.sqlite3", 300),
    ]  # fmt: skip
    remove_copies(tmp_path, 200)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert len(left) == 7
    assert left[-1].startswith("version-12-3")
    assert "mine.sqlite3" in left
    remove_copies(tmp_path / "none", 200)
