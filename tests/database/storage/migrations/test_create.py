from pathlib import Path

from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.tables import TABLES, Table


def names(storage: Storage) -> set[str]:
    return set(storage.query(storage.database.get_tables))


def test_a_fresh_database_has_every_table(storage: Storage) -> None:
    tables: list[type[Table]] = list(TABLES)
    assert names(storage) == {table._meta.table_name for table in tables}


def test_an_opened_database_is_not_created_again(tmp_path: Path) -> None:
    for _ in range(2):
        storage = Storage.at("", tmp_path)
        storage.transaction(accounts.the_account, "Ann", 1.0)
        storage.close()
    storage = Storage.at("", tmp_path)
    assert len(storage.transaction(accounts.changes)) == 1
    storage.close()
