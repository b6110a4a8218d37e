from pathlib import Path

import pytest
from peewee import Database, SqliteDatabase
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.migrations import migrate
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
