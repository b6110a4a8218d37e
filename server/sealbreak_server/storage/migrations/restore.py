"""Puts a backup in the place of the SQLite database."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sealbreak_server.errors import MigrationError, SettingsError, UnavailableError
from sealbreak_server.security.keyring import sync_folder
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.migrations.migrate import VERSION, VERSION_ROW

COMPANIONS = ("-wal", "-shm", "-journal")
"""SQLite's files beside a database. Left by a crash, they would be applied to the next file."""


def restore(copy: Path, folder: Path, backups: Path) -> Path | None:
    """Returns where the database before is now, or `None` when there was none.

    Raises `SettingsError` when the copy is no whole database, `MigrationError` when it is too new,
    and `UnavailableError` when a server has the database open. Nothing has changed then.
    """
    check(copy)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".restored-{FILE_NAME}"
    try:
        shutil.copyfile(copy, draft)
        draft.chmod(0o600)
        with draft.open("r+b") as file:  # Windows writes out no file that is open for reading
            os.fsync(file.fileno())
        kept = _set_aside(folder / FILE_NAME, backups)
        draft.rename(folder / FILE_NAME)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(folder)
    return kept


def check(copy: Path) -> None:
    if not copy.is_file():
        raise SettingsError(f"{copy} is not there.")
    try:
        with closing(
            sqlite3.connect(f"{copy.absolute().as_uri()}?immutable=1", uri=True)
        ) as opened:
            damage = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
            version = _version(opened)
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"{copy} is not a backup of Sealbreak: {error}.") from error
    if damage != "ok":
        raise SettingsError(f"{copy} is damaged: {damage}")
    if version > VERSION:
        raise MigrationError(
            f"{copy} has version {version}, this program knows {VERSION}: update the program."
        )


def _version(opened: sqlite3.Connection) -> int:
    rows = opened.execute("SELECT value FROM counter WHERE name = ?", (VERSION_ROW,))
    found = rows.fetchone()
    return int(found[0]) if found else 0


def _set_aside(file: Path, backups: Path) -> Path | None:
    if not file.exists() or file.stat().st_size == 0:
        return None
    kept = backups / f"{_complete(file)}-{time.time_ns()}.sqlite3"
    backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.rename(kept)
    for suffix in COMPANIONS:
        beside = file.with_name(f"{file.name}{suffix}")
        if beside.exists():
            beside.rename(kept.with_name(f"{kept.name}{suffix}"))
    sync_folder(backups)
    return kept


def _complete(file: Path) -> str:
    """Writes its log into the file. Returns the first part of the name to keep it under."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as opened:
            if opened.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                raise UnavailableError("A server has it open: stop the server first.")
            return f"version-{_version(opened)}"
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise UnavailableError("A server has it open: stop the server first.") from error
        return "damaged"
    except sqlite3.DatabaseError:
        return "damaged"
