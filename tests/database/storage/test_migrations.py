from pathlib import Path

import pytest
from peewee import Database, SqliteDatabase
from sealbreak_server.errors import MigrationError
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.migrations import migrate
from sealbreak_server.storage.migrations.migrate import schema_version
from sealbreak_server.storage.tables import Counter, Table


class Extra(Table):
    pass


def reopened(tmp_path: Path) -> Storage:
    return Storage.at("", tmp_path)


def test_a_fresh_database_has_todays_version(storage: Storage) -> None:
    assert schema_version(storage.database) == migrate.VERSION


def test_a_database_of_a_later_version_is_refused(tmp_path: Path) -> None:
    storage = reopened(tmp_path)
    storage.transaction(lambda: Counter.update(value=99).where(Counter.name == "schema").execute())
    storage.close()
    storage = reopened(tmp_path)
    with pytest.raises(MigrationError, match="version 99"):
        storage.transaction(lambda: None)
    storage.close()


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
