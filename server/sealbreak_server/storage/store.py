"""A store: one writer thread and a few reader threads, with one transaction for each write."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from peewee import (
    Database,
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    SqliteDatabase,
)

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage import remains
from sealbreak_server.storage.engine.database import running_on
from sealbreak_server.storage.engine.engine import Engine
from sealbreak_server.storage.engine.executor import JobExecutor
from sealbreak_server.storage.engine.sqlite import SqliteFile, copy_database
from sealbreak_server.storage.migrations.migrate import (
    check_version,
    is_current,
    migrate,
    schema_version,
)

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
TIMEOUT_SECONDS = 1.0
POSTGRESQL_SCHEMES = ("postgres://", "postgresql://")

log = logging.getLogger(__name__)


def make_engine(url: str, data: Path, timeout: float) -> Engine:
    """SQLite in the folder `data` without a URL. Raises `SettingsError`."""
    if not url:
        return SqliteFile(data, timeout)
    if not url.startswith(POSTGRESQL_SCHEMES):
        raise SettingsError("A database URL begins with postgresql://; leave it empty for SQLite.")
    try:
        from sealbreak_server.storage.engine.postgresql import PostgresqlServer
    except ImportError:
        raise SettingsError(
            "PostgreSQL needs its driver: install sealbreak with the extra `postgres`."
        ) from None
    return PostgresqlServer(url, timeout)


class Storage:
    def __init__(self, engine: Engine, backups: Path) -> None:
        self.database: Database = engine.database
        self.listens = False
        """Changes by other processes arrive as notifications."""
        self.engine = engine
        self.backups = backups
        self._is_migrated = False
        self._writer = JobExecutor(1, "writer")
        self._readers = JobExecutor(READERS, "reader")

    @classmethod
    def at(cls, url: str, data: Path, timeout: float = TIMEOUT_SECONDS) -> "Storage":
        """`timeout`: seconds to wait for a database that another process has locked."""
        return cls(make_engine(url, data, timeout), data / "backups")

    async def write(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._writer.run(lambda: self.transaction(job, *args, **kwargs))

    async def read(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.run(lambda: self.query(job, *args, **kwargs))

    def transaction(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """In this thread: for commands, which need no loop."""

        def attempt() -> T:
            if self.engine.follow(self._release):
                self._is_migrated = False
            self.engine.connect()
            self._migrate()
            with self.engine.exclusive():
                check_version(self.database)
                return job(*args, **kwargs)

        return self._guarded(attempt)

    def query(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `transaction`, for a job that only reads."""
        if not self._is_migrated:
            raise UnavailableError("The database has not been opened yet.")

        def attempt() -> T:
            self.engine.check_readable()
            self.database.connect(reuse_if_open=True)
            return job(*args, **kwargs)

        may_be_dead = self.engine.may_be_dead()
        try:
            return self._guarded(attempt)
        except UnavailableError:
            if not may_be_dead:
                raise
            return self._guarded(attempt)

    async def on_writer(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """For a job that makes its own transactions, one or more."""
        return await self._writer.run(lambda: job(*args, **kwargs))

    def purge(self, *, rewrite: bool, unattended: bool = False) -> None:
        """In this thread: leaves nothing that was deleted in the files of the database.

        Without `rewrite`, moved copies of rows stay. With it, the files are rewritten if
        `remains.note` was called since the last time. `unattended`: as in `Engine.purge`.
        """
        noted = self.transaction(remains.noted)
        rewrites = rewrite and noted > 0

        def attempt() -> bool:
            return self.engine.purge(rewrite=rewrites, unattended=unattended)

        if self._guarded(attempt) and rewrites:
            self.transaction(remains.settle, noted)

    @property
    def can_listen(self) -> bool:
        return self.engine.can_listen

    async def listen(self, heard: Callable[[str | None], None]) -> None:
        """Calls `heard` with the owner at each change by another process; `None`: any owner."""

        def listening(owner: str | None) -> None:
            self.listens = True
            heard(owner)

        try:
            await self.engine.listen(listening)
        finally:
            self.listens = False

    def version(self) -> int:
        """The version of the tables; 0 for an empty database."""
        return self._without_migration(schema_version, self.database)

    def copy(self, target: Path) -> None:
        """The whole database into a new file, also while a server writes to it."""
        if not isinstance(self.database, SqliteDatabase):
            raise SettingsError(
                "PostgreSQL has its own tools for this: pg_dump copies the database while servers"
                " write to it, pg_restore brings it back. Keep a copy of the file `keys` too."
            )
        self._without_migration(copy_database, self.database, target)

    def _without_migration(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Leaves the version alone: an older server may be running, or be started again."""

        def attempt() -> T:
            with self.database.connection_context():
                return job(*args, **kwargs)

        return self._guarded(attempt)

    def _migrate(self) -> None:
        if self._is_migrated:
            return
        with self.engine.migration_lock():
            if not is_current(self.database):
                with self.engine.without_timeouts():
                    migrate(self.database, self.backups)
        self._is_migrated = True

    def _guarded(self, job: Callable[[], T]) -> T:
        try:
            with running_on(self.database):
                return job()
        except (IntegrityError, DataError):  # the caller's values are wrong, not the database
            raise
        except (DatabaseError, InterfaceError, OSError) as error:
            self._close_connection()
            raise UnavailableError(f"The database answered: {_first(error)}") from error

    def _release(self) -> None:
        """Closes the connections of the readers and of this thread."""
        self._readers.run_in_each(self.database.close)
        self._close_connection()

    def _close_connection(self) -> None:
        """The next job opens a new one, which may be all that is needed after an outage."""
        try:
            self.database.close()
        except (DatabaseError, InterfaceError):
            log.debug("the broken connection could not be closed")

    def close(self) -> None:
        self._writer.run_in_each(self.database.close)
        self._readers.run_in_each(self.database.close)
        self._writer.shutdown()
        self._readers.shutdown()
        self.database.close()


def _first(error: BaseException) -> BaseException:
    """The cause, and not the error that the rollback raised afterwards."""
    while isinstance(error.__context__, DatabaseError | sqlite3.Error):
        error = error.__context__
    return error
