"""One writer thread, a few reader threads; each job of the writer is one transaction."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from peewee import (
    Database,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    PostgresqlDatabase,
    SqliteDatabase,
)

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage.engine import postgresql
from sealbreak_server.storage.engine.executor import JobExecutor
from sealbreak_server.storage.migrations import (
    check_version,
    copy_sqlite,
    is_current,
    migrate,
    schema_version,
)
from sealbreak_server.storage.tables import database as proxy

P = ParamSpec("P")
T = TypeVar("T")
Identity = tuple[int, int]

READERS = 2
FILE_NAME = "sealbreak.sqlite3"
TIMEOUT_SECONDS = 1.0
AMPLE = 256 * 1024 * 1024
"""Bytes free, for which SQLite's log may have 16 MB; else it has one."""

log = logging.getLogger(__name__)


def make_database(url: str, data: Path, timeout: float) -> Database:
    if not url:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):  # what SQLite makes itself is everybody's to read
            (data / FILE_NAME).touch(mode=0o600, exist_ok=False)
        return _sqlite(data / FILE_NAME, timeout)
    if not url.startswith(postgresql.SCHEMES):
        raise SettingsError("A database URL begins with postgresql://; leave it empty for SQLite.")
    return postgresql.make_postgresql(url, timeout)


def _sqlite(path: Path, timeout: float) -> SqliteDatabase:
    pragmas = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        # A batch of a flood writes 2 MB, and SQLite's 4 MB would be copied into the file at every
        # other commit, with two syncs of its own. But a log must not be what fills a small disk.
        "wal_autocheckpoint": 4096 if shutil.disk_usage(path.parent).free > AMPLE else 256,
    }
    return SqliteDatabase(str(path), pragmas=pragmas, timeout=timeout, lock_type="IMMEDIATE")


class Storage:
    def __init__(
        self,
        database: Database,
        backups: Path,
        file: Path | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self.database = database
        self.backups = backups
        self.listens = False
        """News of other processes come by themselves."""
        self._file = file
        self._timeout = timeout
        self._identity = _identity(file)
        self._log_file = file and file.with_name(f"{file.name}-wal")
        self._log_identity: Identity | None = None
        """Of the log that the open connection writes to."""
        self._fits = False
        self._writer = JobExecutor(1, "writer")
        self._readers = JobExecutor(READERS, "reader")
        proxy.initialize(database)

    @classmethod
    def at(cls, url: str, data: Path, timeout: float = TIMEOUT_SECONDS) -> "Storage":
        """`timeout`: seconds to wait for a database that another process has locked."""
        database = make_database(url, data, timeout)
        return cls(database, data / "backups", None if url else data / FILE_NAME, timeout)

    async def write(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writer.run(lambda: self.transaction(job, *args, **kwargs))

    async def read(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.run(lambda: self.query(job, *args, **kwargs))

    def transaction(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """In this thread: for commands, which need no loop."""

        def attempt() -> T:
            self._follow_file()
            if self.database.connect(reuse_if_open=True):
                self._log_identity = None
            self._fit()
            with self._alone():
                check_version(self.database)
                self._log_identity = self._log_identity or _identity(self._log_file)
                return job(*args, **kwargs)

        return self._guarded(attempt)

    @property
    def can_listen(self) -> bool:
        return isinstance(self.database, PostgresqlDatabase)

    async def listen(self, heard: Callable[[str | None], None]) -> None:
        """As `postgresql.listen`."""
        assert isinstance(self.database, PostgresqlDatabase)

        def listening(owner: str | None) -> None:
            self.listens = True
            heard(owner)

        try:
            await postgresql.listen(self.database, listening)
        finally:
            self.listens = False

    def version(self) -> int:
        """Of its tables. 0 for an empty database."""
        return self._as_it_is(schema_version, self.database)

    def copy(self, target: Path) -> None:
        """The whole database into a new file, also while a server writes to it."""
        if not isinstance(self.database, SqliteDatabase):
            raise SettingsError(
                "PostgreSQL has its own tools for this: pg_dump copies the database while servers"
                " write to it, pg_restore brings it back. Keep a copy of the file `keys` too."
            )
        self._as_it_is(copy_sqlite, self.database, target)

    def _as_it_is(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """In the version that it has: an older server may be running, or be gone back to."""

        def attempt() -> T:
            with self.database.connection_context():
                return job(*args, **kwargs)

        return self._guarded(attempt)

    def query(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if not self._fits:
            raise UnavailableError("The database has not been opened yet.")

        def attempt() -> T:
            if _identity(self._file) != self._identity:
                raise UnavailableError("Its file was moved.")
            self.database.connect(reuse_if_open=True)
            return job(*args, **kwargs)

        # One that was opened long ago may have died unnoticed; only a fresh one tells.
        may_be_dead = not self._is_sqlite() and not self.database.is_closed()
        try:
            return self._guarded(attempt)
        except UnavailableError:
            if not may_be_dead:
                raise
            return self._guarded(attempt)

    def _guarded(self, job: Callable[[], T]) -> T:
        try:
            return job()
        except (IntegrityError, DataError):  # what was to be written is at fault
            raise
        except (DatabaseError, InterfaceError, OSError) as error:
            self._forget_connection()
            raise UnavailableError(f"The database answered: {_first(error)}") from error

    def _follow_file(self) -> None:
        """A file that was moved or deleted would take with it what is written to it."""
        found = _identity(self._file)
        if found == self._identity:
            self._follow_log()
            return
        self._let_go()
        if self._file is None or found is None or self._file.stat().st_size == 0:
            raise UnavailableError(f"{self._file} is gone: put it back, or restart to begin anew.")
        log.warning("another file stands where the database was; it is used from now on")
        self._identity, self._fits = found, False

    def _follow_log(self) -> None:
        """One that was deleted would take with it, in a crash, what is not in the file yet."""
        if self._log_identity is None or self.database.is_closed():
            return
        if _identity(self._log_file) != self._log_identity:
            log.warning(
                "the log beside the database was deleted: what it held is put into the file"
            )
            self._let_go()

    def _let_go(self) -> None:
        """What the log beside the file holds goes into the old file: the next would take it up."""
        if self.database.is_closed():
            return
        try:
            self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[no-untyped-call]  # stubs
        except DatabaseError as error:
            log.error("the old database file could not be completed: %s", error)
        self._close_readers()
        self._forget_connection()

    def _fit(self) -> None:
        if self._fits:
            return
        if self._is_sqlite():
            migrate(self.database, self.backups)
        else:
            with self._alone():
                if not is_current(self.database):
                    with postgresql.without_timeouts(self.database):
                        migrate(self.database, self.backups)
        self._fits = True

    def _is_sqlite(self) -> bool:
        return isinstance(self.database, SqliteDatabase)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A transaction, one at a time: judging reads what it then changes.

        SQLite has it so; on PostgreSQL all servers ask for the same lock.
        """
        with self.database.atomic():
            if not self._is_sqlite():
                postgresql.lock(self.database, self._timeout)
            yield

    def _forget_connection(self) -> None:
        """The next job starts with a fresh one: this may be the only cure when the server went."""
        try:
            self.database.close()
        except (DatabaseError, InterfaceError):
            log.debug("the broken connection could not be closed either")

    def close(self) -> None:
        self._writer.threads.submit(self.database.close).result()
        self._close_readers()
        self._writer.threads.shutdown()
        self._readers.threads.shutdown()
        self.database.close()

    def _close_readers(self) -> None:
        meeting = threading.Barrier(READERS)
        submit = self._readers.threads.submit
        wait([submit(self._close_reader, meeting) for _ in range(READERS)])

    def _close_reader(self, meeting: threading.Barrier) -> None:
        """The barrier makes sure that each of the threads gets one of these jobs."""
        meeting.wait(timeout=30)
        self.database.close()


def _identity(file: Path | None) -> Identity | None:
    """Which file stands under this name; `None` when none does."""
    if file is None:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _first(error: BaseException) -> BaseException:
    """What went wrong, and not what undoing it ran into."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__
    return error
