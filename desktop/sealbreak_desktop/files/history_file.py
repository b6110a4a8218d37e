"""The SQLite file of a history: opened, checked, and put into quarantine when it is damaged.

Tables and columns keep the names of version 1, so that every history opens. The code calls `era`
the epoch and `fact` the metadata.
"""

import logging
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from sealbreak_desktop.files.metadata import Metadata

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
BUSY_TIMEOUT = 5
"""Seconds to wait for another program that has locked the file."""
MAX_QUARANTINED = 3
"""Damaged files that are kept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quarantined:
    file: Path
    seen: int | None
    """The number of the newest event that was shown, if the damaged file still says so."""


def open_or_replace(file: Path) -> tuple[sqlite3.Connection, Quarantined | None]:
    """A damaged file is moved away, and a new one is started."""
    try:
        return _open(file), None
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if isinstance(error, sqlite3.OperationalError) and not _is_damage(error):
            raise
    seen = _seen_in(file)
    quarantined = Quarantined(_move_away(file), seen)
    log.warning("the history was damaged; it is kept as %s", quarantined.file.name)
    return _open(file), quarantined


def open_read_only(file: Path) -> sqlite3.Connection:
    """For a look from another process: nothing is created beside the file."""
    # SQLite would create a log even to read, with the permissions of a file that may be read-only.
    alone = "" if file.with_name(f"{file.name}-wal").exists() else "&immutable=1"
    address = f"{file.absolute().as_uri()}?mode=ro{alone}"
    db = sqlite3.connect(address, timeout=BUSY_TIMEOUT, uri=True)
    db.text_factory = _text
    return db


def quarantined_files(file: Path) -> list[Path]:
    return sorted(file.parent.glob(f"{file.name}.damaged-*"))


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's error code without the details in its higher bits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _text(stored: bytes) -> str:
    """Damage within an entry must not hide the other entries."""
    return stored.decode(errors="replace")


def _open(file: Path) -> sqlite3.Connection:
    """Raises `sqlite3.DatabaseError` when the file is not an undamaged history."""
    # SQLite would create the log of a read-only file as read-only too, and it would stay so.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    db = sqlite3.connect(file, timeout=BUSY_TIMEOUT)
    db.text_factory = _text
    try:
        # A power cut may lose the newest entries and the saved number: the server has both.
        db.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = normal;")
        db.execute("PRAGMA secure_delete = on")
        _check(db)
    except BaseException:
        db.close()
        raise
    return db


def _check(db: sqlite3.Connection) -> None:
    """Creates the tables in a new file."""
    if db.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise sqlite3.DatabaseError("integrity_check")
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        db.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    elif version != VERSION or _tables(db) != _expected_tables():
        raise sqlite3.DatabaseError("version")
    Metadata(db).check()


def _tables(db: sqlite3.Connection) -> list[tuple[str]]:
    return db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()


def _expected_tables() -> list[tuple[str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        return _tables(db)


def _is_damage(error: sqlite3.OperationalError) -> bool:
    """A table that is missing, or exists already, is damage too."""
    return primary_code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_ERROR,
    )


def _seen_in(file: Path) -> int | None:
    """What a damaged file still says."""
    with suppress(sqlite3.Error, ValueError), closing(open_read_only(file)) as db:
        metadata = Metadata(db)
        seen = metadata.number("seen")
        return metadata.number("silent_until") if seen is None else seen
    return None


def _move_away(file: Path) -> Path:
    names = [
        file.with_name(f"{file.name}.damaged-{number + 1}") for number in range(MAX_QUARANTINED)
    ]
    free = next((name for name in names if not name.exists()), None)
    target = free or min(names, key=lambda name: name.stat().st_mtime)
    file.replace(target)
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink(missing_ok=True)
    return target
