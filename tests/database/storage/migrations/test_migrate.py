from pathlib import Path

import pytest
from sealbreak_server.errors import MigrationError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.migrations import migrate
from sealbreak_server.storage.migrations.migrate import schema_version
from sealbreak_server.storage.tables import Counter


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
