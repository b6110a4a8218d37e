"""The durable list of what was told: the truth when a pop-up is lost.

An event is written first, then shown, then its number is remembered, so a crash in between shows
it again rather than never. The server keeps the numbers; should it ever begin again, the old
entries stay under an older `era`.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sealbreak_desktop.events import Erased, Event, UnreadableError, read_event
from sealbreak_desktop.paths import private_folder

VERSION = 1
SCHEMA = f"""
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    era INTEGER NOT NULL,
    number INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    message TEXT NOT NULL,
    unread INTEGER NOT NULL,
    corrected INTEGER NOT NULL DEFAULT 0,
    raw TEXT NOT NULL,
    UNIQUE (era, number)
);
CREATE INDEX event_key ON event (key);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT);
PRAGMA user_version = {VERSION};
"""
KEPT = 10_000
"""Events; what is older is on the server alone."""
READERS = "actor IN ('human', 'unknown')"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that the app needs to go on where it stopped."""

    seen: int
    silent_until: int | None
    recent: tuple[Event, ...]
    unread: tuple[tuple[int, str], ...]
    muted_until: datetime | None
    mute_waits: bool
    read_up_to: int
    erasures: int


class History:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.set_aside: Path | None = None
        """Where a damaged file went; what it held is asked from the server again."""
        private_folder(file.parent)
        try:
            self._db = _open(file)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                raise
            self.set_aside = _move_away(file)
            log.warning("the history was damaged; it is kept as %s", self.set_aside.name)
            self._db = _open(file)
        self._era = int(self._fact("era") or 0)

    def close(self) -> None:
        self._db.close()

    def forget_oldest(self) -> None:
        with self._db:
            old = "DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?"
            self._db.execute(old, (KEPT,))

    def record(self, event: Event, raw: dict[str, Any], unread: bool) -> int:
        """Write it, once. Returns how many readers' events like it came before."""
        with self._db:
            earlier = self._count_like(event)
            self._db.execute(
                "INSERT OR IGNORE INTO event (era, number, key, kind, actor, message, unread, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self._era,
                    event.number,
                    event.key,
                    event.kind,
                    event.verdict.actor,
                    event.message,
                    unread,
                    json.dumps(raw),
                ),
            )
            if event.corrects is not None:
                self._db.execute(
                    "UPDATE event SET corrected = 1, unread = 0 WHERE era = ? AND number = ?",
                    (self._era, event.corrects),
                )
            return earlier

    def _count_like(self, event: Event) -> int:
        found: tuple[int] = self._db.execute(
            f"SELECT count(*) FROM event WHERE key = ? AND kind = ? AND NOT corrected"  # noqa: S608
            f" AND {READERS} AND (era, number) <> (?, ?)",
            (event.key, event.kind, self._era, event.number),
        ).fetchone()
        return found[0]

    def remember(self, number: int) -> None:
        self._set("seen", str(number))

    def be_silent_until(self, number: int) -> None:
        self._set("silent_until", str(number))

    def mute_until(self, until: datetime | None, waits: bool) -> None:
        """`waits`: the server has not been told yet."""
        self._set("muted_until", until.isoformat() if until else None)
        self._set("mute_waits", "1" if waits else None)

    def erase(self, erased: Erased) -> None:
        """So that nothing of them is left in the file."""
        with self._db:
            gone = "DELETE FROM event WHERE era = ? AND number BETWEEN ? AND ?"
            for first, last in ((0, erased.before - 1), *erased.numbers):
                self._db.execute(gone, (self._era, first, last))
        self._db.execute("PRAGMA wal_checkpoint(truncate)")
        if erased.erasures is not None:
            self._set("erasures", str(erased.erasures))

    def start_over(self, number: int) -> None:
        """The server's numbers begin again after this one."""
        self._era += 1
        self._set("era", str(self._era))
        self._set("erasures", "0")
        self.remember(number)

    def mark_read(self, message: str | None) -> None:
        with self._db:
            self._db.execute(
                "UPDATE event SET unread = 0 WHERE unread AND ifnull(message = ?, 1)", (message,)
            )

    def mark_read_up_to(self, number: int) -> None:
        with self._db:
            self._db.execute(
                "UPDATE event SET unread = 0 WHERE unread AND (era < ? OR number <= ?)",
                (self._era, number),
            )
        self._set("read_up_to", str(number))

    def snapshot(self, recent: int) -> Snapshot:
        silent, muted = self._fact("silent_until"), self._fact("muted_until")
        return Snapshot(
            seen=int(self._fact("seen") or 0),
            silent_until=None if silent is None else int(silent),
            recent=tuple(event for event, _ in self.newest(recent, told_only=True)),
            unread=self._unread(),
            muted_until=datetime.fromisoformat(muted) if muted else None,
            mute_waits=self._fact("mute_waits") is not None,
            read_up_to=int(self._fact("read_up_to") or 0),
            erasures=int(self._fact("erasures") or 0),
        )

    def newest(self, limit: int, told_only: bool = False) -> Iterator[tuple[Event, dict[str, Any]]]:
        """Events and their raw form. `told_only`: no machines, nothing that was corrected."""
        told = f"WHERE NOT corrected AND ({READERS} OR kind = 'corrected')" if told_only else ""
        rows = self._db.execute(
            f"SELECT raw FROM event {told} ORDER BY era DESC, number DESC LIMIT ?",  # noqa: S608
            (limit,),
        ).fetchall()
        for (raw,) in rows:
            try:
                yield read_event(value := json.loads(raw)), value
            except (UnreadableError, ValueError):
                log.warning("an entry of the history cannot be read")

    def _unread(self) -> tuple[tuple[int, str], ...]:
        rows = self._db.execute("SELECT number, message FROM event WHERE unread ORDER BY id")
        return tuple(rows.fetchall())

    def _fact(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set(self, name: str, value: str | None) -> None:
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def _open(file: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` when the file is not a sound history."""
    file.touch(mode=0o600)
    db = sqlite3.connect(file, timeout=5)
    try:
        # A power cut may take the newest entries, and the number with them: the server has both.
        db.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = normal;")
        db.execute("PRAGMA secure_delete = on")
        if db.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("quick_check")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        elif version != VERSION:
            raise sqlite3.DatabaseError("version")
    except BaseException:
        db.close()
        raise
    return db


def _is_damage(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _move_away(file: Path) -> Path:
    names = (file.with_name(f"{file.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in names if not name.exists())
    file.rename(aside)
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    return aside
