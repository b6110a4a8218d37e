"""A copy of the database before its version changes."""

import re
import time
from pathlib import Path

from peewee import Database, SqliteDatabase

from sealbreak_server.security.keyring import sync_folder
from sealbreak_server.storage.engine.sqlite import copy_database

COPY_SECONDS = 7 * 24 * 3600.0
"""How long a database from before an update or a restore is kept, unless something is erased on
request."""
DRAFT = "draft-"
COPY = re.compile(r"(?:version-\d+|damaged)-(\d+)\.sqlite3")
"""Its number is the time in nanoseconds."""


def back_up_before(database: Database, version: int, backups: Path) -> None:
    """Keeps the two newest copies of this version. PostgreSQL has its own tools for this.

    A copy gets its name when it is complete, and removes what interrupted attempts have left.
    """
    if not isinstance(database, SqliteDatabase) or not _has_accounts(database):
        return
    for left in backups.glob(f"{DRAFT}*"):
        left.unlink(missing_ok=True)
    made = backups / f"version-{version}-{time.time_ns()}.sqlite3"
    draft = backups / f"{DRAFT}{made.name}"
    try:
        copy_database(database, draft)
        draft.rename(made)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(backups)
    earlier = sorted(set(backups.glob(f"version-{version}-*.sqlite3")) - {made})
    for path in earlier[1:]:
        path.unlink(missing_ok=True)


def copies(backups: Path) -> list[tuple[Path, float]]:
    """Databases from before an update or a restore, and when they were put there."""
    found = ((path, COPY.fullmatch(path.name)) for path in sorted(backups.glob("*.sqlite3")))
    return [(path, int(match[1]) / 1e9) for path, match in found if match]


def remove_copies(backups: Path, before: float) -> None:
    """Those that were put there before, with their logs and with unfinished copies."""
    for path in backups.glob("*.sqlite3*"):
        match = COPY.search(path.name)
        if match and int(match[1]) / 1e9 < before:
            path.unlink(missing_ok=True)


def _has_accounts(database: Database) -> bool:
    rows = database.execute_sql("SELECT 1 FROM account LIMIT 1")  # type: ignore[no-untyped-call]  # stubs
    return rows.fetchone() is not None
