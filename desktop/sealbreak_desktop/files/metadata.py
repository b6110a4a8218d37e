"""Named values beside the events of a history: numbers, and the end of a mute."""

import sqlite3
from datetime import datetime

TIMES = frozenset({"muted_until", "mute_chosen"})
"""All other values are whole numbers."""


class Metadata:
    """The table is called `fact` in the file, and the names are those of its first version."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def number(self, name: str) -> int | None:
        value = self._get(name)
        return None if value is None else int(value)

    def time(self, name: str) -> datetime | None:
        value = self._get(name)
        return None if value is None else datetime.fromisoformat(value)

    def set(self, name: str, value: int | datetime | None) -> None:
        stored = value.isoformat() if isinstance(value, datetime) else value
        with self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO fact VALUES (?, ?)",
                (name, None if stored is None else str(stored)),
            )

    def check(self) -> None:
        """Raises `sqlite3.DatabaseError` when a value is damaged."""
        try:
            for name, value in self._db.execute(
                "SELECT name, value FROM fact WHERE value IS NOT NULL"
            ):
                (datetime.fromisoformat if name in TIMES else int)(value)
        except (ValueError, TypeError):
            raise sqlite3.DatabaseError("fact") from None

    def _get(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None
