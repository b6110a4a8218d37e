"""What engines have in common, and where they differ."""

import asyncio
from pathlib import Path

import pytest
from sealbreak_server.storage.engine.postgresql import PostgresqlServer
from sealbreak_server.storage.engine.sqlite import SqliteFile


def test_only_postgresql_sends_notifications(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path, 1.0)
    assert (file.can_listen, PostgresqlServer.can_listen) == (False, True)
    with pytest.raises(NotImplementedError):
        asyncio.run(file.listen(lambda owner: None))


def test_an_open_file_cannot_die_unnoticed_but_a_connection_can(url: str, tmp_path: Path) -> None:
    file, server = SqliteFile(tmp_path, 1.0), PostgresqlServer(url, 1.0)
    found = []
    for engine in (file, server):
        engine.connect()
        found.append(engine.may_be_dead())
        engine.database.close()
    assert found == [False, True]
    assert not server.may_be_dead()
