"""What an older database gets: folded texts, and totals by the states of its mails."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from peewee import SqliteDatabase
from sealbreak_server.storage.migrations.migrate import STEPS
from sealbreak_server.storage.migrations.steps.version_14_states import STEP
from support.paths import SCHEMAS

WRITTEN = 10
MAILS = {
    "applemailaaaaaaa": {"machines": 1, "apple": 1, "pixel": 1},
    "scannedmailaaaaa": {"machines": 1, "apple": 0, "pixel": 1},
    "nopixelaaaaaaaaa": {"machines": 0, "apple": 0, "pixel": 0},
    "untouchedaaaaaaa": {"machines": 0, "apple": 0, "pixel": 1},
}
ADD = """
INSERT INTO message (id, account_id, registered_at, sent_at, subject, people, level, pixel, opens,
    clicks, machines, unclear, own, apple)
VALUES (:id, 1, 0, 0, 'ÖZLEM', 'Özlem', 'full', :pixel, 0, 0, :machines, 0, 0, :apple)
"""


@pytest.fixture
def older(tmp_path: Path) -> Iterator[SqliteDatabase]:
    file = tmp_path / "sealbreak.sqlite3"
    with closing(sqlite3.connect(file)) as first:
        schema = SCHEMAS / f"version-{WRITTEN}.sql"
        first.executescript(schema.read_text(encoding="utf-8"))
        first.executemany(ADD, [{"id": mail, **facts} for mail, facts in MAILS.items()])
        first.execute("UPDATE recipient SET name = 'ŁĄCKA', address = 'N\u0303u@Example.com'")
        first.commit()
    database = SqliteDatabase(str(file))
    for step in STEPS[WRITTEN - 1 : STEPS.index(STEP) + 1]:
        step(database)
    yield database
    database.close()


def rows(database: SqliteDatabase, sql: str) -> list[Any]:
    return list(database.execute_sql(sql).fetchall())  # type: ignore[no-untyped-call]  # stubs


def test_texts_are_folded(older: SqliteDatabase) -> None:
    assert set(rows(older, "SELECT person, folded_name FROM recipient")) == {
        ("ñu@example.com", "łącka")
    }
    ((people,),) = rows(older, "SELECT people FROM message WHERE id = 'abcdefghijklmnop'")
    assert people == "offer 12\nłącka ñu@example.com\nłącka ñu@example.com"
    ((people,),) = rows(older, "SELECT people FROM message WHERE id = 'applemailaaaaaaa'")
    assert people == "özlem"


def test_totals_are_those_of_the_states(older: SqliteDatabase) -> None:
    found = dict(rows(older, "SELECT name, SUM(count) FROM total GROUP BY name"))
    assert (found["is-all"], found["is-opened"], found["opens"]) == (1, 1, 1)
    assert (found["is-not-opened"], found["is-only-machines"], found["is-unknowable"]) == (2, 1, 1)
    assert found["knowable"] == 2
