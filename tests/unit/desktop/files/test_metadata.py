import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sealbreak_desktop.files.metadata import Metadata

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT)")
    yield connection
    connection.close()


def test_a_value_that_was_never_set_is_none(db: sqlite3.Connection) -> None:
    assert Metadata(db).number("seen") is None
    assert Metadata(db).time("muted_until") is None


def test_numbers_and_times_come_back_as_they_were(db: sqlite3.Connection) -> None:
    metadata = Metadata(db)
    metadata.set("seen", 7)
    metadata.set("seen", 8)
    metadata.set("muted_until", NOON)
    assert (metadata.number("seen"), metadata.time("muted_until")) == (8, NOON)


def test_none_ends_a_value(db: sqlite3.Connection) -> None:
    metadata = Metadata(db)
    metadata.set("muted_until", NOON)
    metadata.set("muted_until", None)
    assert metadata.time("muted_until") is None
    metadata.check()


@pytest.mark.parametrize(
    ("name", "value"),
    [("seen", "x"), ("seen", NOON.isoformat()), ("muted_until", "7.5"), ("mute_chosen", "x")],
)
def test_a_damaged_value_is_found(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute("INSERT INTO fact VALUES (?, ?)", (name, value))
    with pytest.raises(sqlite3.DatabaseError):
        Metadata(db).check()
