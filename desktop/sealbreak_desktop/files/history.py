"""The durable list of what was told: the truth when a pop-up is lost.

An event is written first, then shown, then its number is remembered, so a crash in between shows
it again rather than never. The server keeps the numbers; should it be set back to an older copy of
itself, they are given again: what stood under them then stays, under an older `era`.
"""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sealbreak_desktop.files.paths import private_folder
from sealbreak_desktop.state.effects import BeSilentUntil, KeepMute, KeepRead, KeepReadUpTo
from sealbreak_desktop.state.events import Erased, Event, UnreadableError, read_event

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
TRIMMED_AFTER = 250
"""Events, while it runs."""
MOST_ASIDE = 3
"""Damaged files that are kept."""
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
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
                raise
            self._begin_anew()
        self._era = int(self._fact("era") or 0)

    def _begin_anew(self) -> None:
        """The server fills it again. What was told already is not told once more."""
        facts = _facts_left(self.file)
        self.set_aside = _move_away(self.file)
        log.warning("the history was damaged; it is kept as %s", self.set_aside.name)
        self._db = _open(self.file)
        told = facts.get("seen") or facts.get("silent_until")
        if told and told.isdecimal():
            self.be_silent_until(int(told))

    def close(self) -> None:
        self._db.close()

    def forget_oldest(self) -> None:
        with self._db:
            self._trim()

    def _trim(self) -> None:
        self._db.execute("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?", (KEPT,))

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
            if event.number % TRIMMED_AFTER == 0:
                self._trim()
            return earlier

    def _count_like(self, event: Event) -> int:
        found: tuple[int] = self._db.execute(
            f"SELECT count(*) FROM event WHERE key = ? AND kind = ? AND NOT corrected"  # noqa: S608
            f" AND {READERS} AND (era, number) <> (?, ?)",
            (event.key, event.kind, self._era, event.number),
        ).fetchone()
        return found[0]

    def keep(self, effect: BeSilentUntil | KeepRead | KeepReadUpTo | KeepMute) -> None:
        match effect:
            case BeSilentUntil(number):
                self.be_silent_until(number)
            case KeepRead(message):
                self.mark_read(message)
            case KeepReadUpTo(number):
                self.mark_read_up_to(number)
            case KeepMute(until, waits):
                self.mute_until(until, waits)

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
        for damaged in _aside(self.file):
            damaged.unlink(missing_ok=True)  # nothing can be erased from within it
        if erased.erasures is not None:
            self._set("erasures", str(erased.erasures))

    def start_over(self, number: int) -> None:
        """The server has another history, up to this number: it is to be asked for again."""
        oldest = self._db.execute("SELECT min(number) FROM event WHERE era = ?", (self._era,))
        forgotten = (oldest.fetchone()[0] or 1) - 1
        self._set("told_before", self._fact("seen"))
        self._era += 1
        self._set("era", str(self._era))
        self._set("erasures", "0")
        self.remember(min(number, forgotten))

    def take_over(self, event: Event) -> bool:
        """Into the history as the server has it now, if it stands in an earlier one.

        True when it was told then.
        """
        for era in reversed(range(self._era)):
            found = self._event(era, event.number)
            if found == event:
                with self._db:
                    self._db.execute(
                        "UPDATE OR IGNORE event SET era = ? WHERE era = ? AND number = ?",
                        (self._era, era, event.number),
                    )
                return event.number <= int(self._fact("told_before") or 0)
        return False

    def newest_of_now(self) -> Event | None:
        """Of what the server had last, not of its earlier histories."""
        newest = "SELECT max(number) FROM event WHERE era = ?"
        (number,) = self._db.execute(newest, (self._era,)).fetchone()
        return None if number is None else self._event(self._era, number)

    def _event(self, era: int, number: int) -> Event | None:
        one = "SELECT raw FROM event WHERE era = ? AND number = ?"
        found = self._db.execute(one, (era, number)).fetchall()
        return next((event for event, _ in _read(found)), None)

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
        )
        return _read(rows.fetchall())

    def _unread(self) -> tuple[tuple[int, str], ...]:
        rows = self._db.execute("SELECT number, message FROM event WHERE unread ORDER BY id")
        return tuple(rows.fetchall())

    def _fact(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _set(self, name: str, value: str | None) -> None:
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def read_history(file: Path, limit: int) -> list[tuple[Event, dict[str, Any]]]:
    """The newest, for a look from outside: a running tray's file is left as it is."""
    if not file.exists():
        return []
    with closing(_look_into(file)) as db:
        newest = "SELECT raw FROM event ORDER BY era DESC, number DESC LIMIT ?"
        return list(_read(db.execute(newest, (limit,)).fetchall()))


def _read(rows: Iterable[tuple[str]]) -> Iterator[tuple[Event, dict[str, Any]]]:
    for (raw,) in rows:
        try:
            yield read_event(value := json.loads(raw)), value
        except (UnreadableError, ValueError, TypeError):
            log.warning("an entry of the history cannot be read")


def _look_into(file: Path) -> sqlite3.Connection:
    # SQLite would make a log even to read, with the rights of a file that may be read-only.
    alone = "" if file.with_name(f"{file.name}-wal").exists() else "&immutable=1"
    address = f"{file.absolute().as_uri()}?mode=ro{alone}"
    db = sqlite3.connect(address, timeout=5, uri=True)
    db.text_factory = _text
    return db


def _text(kept: bytes) -> str:
    """Damage within an entry must not hide the others."""
    return kept.decode(errors="replace")


def _open(file: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` when the file is not a sound history."""
    # Before SQLite does it: beside a read-only file it would leave a read-only log for ever.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(file, timeout=5)
    db.text_factory = _text
    try:
        # A power cut may take the newest entries, and the number with them: the server has both.
        db.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = normal;")
        db.execute("PRAGMA secure_delete = on")
        if db.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("integrity_check")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        elif version != VERSION or _tables(db) != _tables_of_new():
            raise sqlite3.DatabaseError("version")
        _check_facts(db)
    except BaseException:
        db.close()
        raise
    return db


def _tables(db: sqlite3.Connection) -> list[tuple[str]]:
    return db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


def _tables_of_new() -> list[tuple[str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        return _tables(db)


def _check_facts(db: sqlite3.Connection) -> None:
    try:
        for name, value in db.execute("SELECT name, value FROM fact WHERE value IS NOT NULL"):
            (datetime.fromisoformat if name == "muted_until" else int)(value)
    except (ValueError, TypeError):
        raise sqlite3.DatabaseError("fact") from None


def _is_damage(error: sqlite3.OperationalError) -> bool:
    """While opening: a table that is not there, or is there already, is damage too."""
    return primary_code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,
    )


def primary_code(error: sqlite3.Error) -> int:
    """Without the details that SQLite adds in the higher bits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _facts_left(file: Path) -> dict[str, str]:
    """What a damaged file still tells."""
    with suppress(sqlite3.Error, UnicodeDecodeError), closing(_look_into(file)) as db:
        return dict(db.execute("SELECT name, value FROM fact").fetchall())
    return {}


def _aside(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.damaged-*"))


def _move_away(file: Path) -> Path:
    names = [file.with_name(f"{file.name}.damaged-{number + 1}") for number in range(MOST_ASIDE)]
    aside = next((name for name in names if not name.exists()), None)
    aside = aside or min(names, key=lambda name: name.stat().st_mtime)
    file.replace(aside)
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    return aside
