"""A database in a file: made, copied, and followed when somebody moves or replaces it."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from peewee import DatabaseError, SqliteDatabase

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage.engine.engine import Engine

Identity = tuple[int, int]

FILE_NAME = "sealbreak.sqlite3"
AMPLE = 256 * 1024 * 1024
"""Free bytes that allow SQLite's log 16 MB; with less free it gets 1 MB."""
MB = 1024 * 1024

log = logging.getLogger(__name__)


class SqliteFile(Engine):
    database: SqliteDatabase

    def __init__(self, folder: Path, timeout: float) -> None:
        """Makes the file. `timeout`: seconds to wait while another process has it locked."""
        self._file = folder / FILE_NAME
        _make_folder(folder)
        with suppress(OSError):  # a file that SQLite makes itself is readable by everybody
            self._file.touch(mode=0o600, exist_ok=False)
        self.database = _make_database(self._file, timeout)
        self._identity = identity(self._file)
        self._log_file = self._file.with_name(f"{FILE_NAME}-wal")
        self._log_identity: Identity | None = None
        """The log that the open connection writes to."""

    def follow(self, release: Callable[[], None]) -> bool:
        """Writing to a file that was moved or deleted would lose what is written."""
        found = identity(self._file)
        if found == self._identity:
            self._follow_log(release)
            return False
        self._let_go(release)
        if found is None or self._file.stat().st_size == 0:
            raise UnavailableError(
                f"{self._file} is gone: put it back, or restart to begin with an empty one."
            )
        log.warning("the database file was replaced by another one, which is used from now on")
        self._identity = found
        return True

    def _follow_log(self, release: Callable[[], None]) -> None:
        """A crash would lose what is in a deleted log and not yet in the file."""
        if self._log_identity is None or self.database.is_closed():
            return
        if identity(self._log_file) != self._log_identity:
            log.warning("the log beside the database was deleted: its content goes into the file")
            self._let_go(release)

    def _let_go(self, release: Callable[[], None]) -> None:
        """Completes the old file from its log, which SQLite would apply to the next file."""
        if self.database.is_closed():
            return
        try:
            self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[no-untyped-call]  # stubs
        except DatabaseError as error:
            log.error("the old database file could not be completed: %s", error)
        release()

    def connect(self) -> None:
        if self.database.connect(reuse_if_open=True):
            self._log_identity = None

    def check_readable(self) -> None:
        if identity(self._file) != self._identity:
            raise UnavailableError("Its file was moved.")

    def purge(self, *, rewrite: bool, unattended: bool) -> bool:  # noqa: ARG002  # reads go on
        """`secure_delete` overwrites what is deleted, but leaves copies of rows that were moved
        within the file before (measured: of 1 in 1,000 rows). Only `VACUUM` removes these."""
        if rewrite:
            # Once in the log, and once in a temporary file, which may be on the same disk.
            _check_space(self.database, self._file.parent, copies=2)
            self.database.execute_sql("VACUUM")  # type: ignore[no-untyped-call]  # stubs
        emptied = self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[no-untyped-call]  # stubs
        is_busy, _, _ = emptied.fetchone()
        if is_busy:
            raise UnavailableError(f"{self._log_file} is in use and could not be emptied.")
        return True

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self.database.atomic():
            self._log_identity = self._log_identity or identity(self._log_file)
            yield


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be the data folder: {error.strerror}. Name another with --data."
        ) from error
    if not os.access(folder, os.R_OK | os.X_OK):
        raise SettingsError(
            f"The data folder {folder} cannot be read by this user: start as its owner, or name"
            " another with --data."
        )


def _make_database(path: Path, timeout: float) -> SqliteDatabase:
    pragmas = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "secure_delete": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        # A batch of a flood writes 2 MB. SQLite's default log of 4 MB would be copied into the file
        # at every other commit, with two syncs of its own. A small disk needs a small log.
        "wal_autocheckpoint": 4096 if shutil.disk_usage(path.parent).free > AMPLE else 256,
    }
    return SqliteDatabase(str(path), pragmas=pragmas, timeout=timeout, lock_type="IMMEDIATE")


def identity(file: Path) -> Identity | None:
    """Device and inode of the file with this name; `None` when there is none."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def copy_database(database: SqliteDatabase, target: Path) -> None:
    """A whole and consistent copy, also while the server writes."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_space(database, target.parent)
    target.touch(mode=0o600)
    database.execute_sql("VACUUM INTO ?", (str(target),))  # type: ignore[no-untyped-call]  # stubs
    with target.open("r+b") as file:
        os.fsync(file.fileno())


def _check_space(database: SqliteDatabase, folder: Path, copies: int = 1) -> None:
    """Before copying: a copy that fills the disk would take the space that new hits need."""
    pages = database.pragma("page_count") - database.pragma("freelist_count")
    needed, free = copies * pages * database.pragma("page_size"), shutil.disk_usage(folder).free
    if free < needed:
        raise UnavailableError(
            f"Copying the database needs {needed / MB:.1f} MB in {folder},"
            f" and {free / MB:.1f} MB are free there: make room."
        )
