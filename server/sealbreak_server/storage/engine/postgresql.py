"""A PostgreSQL server: its connections with timeouts, its lock, and its notifications.

Any number of Sealbreak servers share one database. A trigger notifies in the transaction that
writes an event or changes what devices have to be told; a notification only wakes the others.

Neither libpq nor TCP ends the wait for a server that is stopped, because its machine acknowledges
what it is sent. So the client limits the wait itself.

Needs psycopg, so it is imported only where PostgreSQL is used.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

import psycopg
from peewee import PostgresqlDatabase
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage.engine.engine import CHANNEL, Engine

T = TypeVar("T")
log = logging.getLogger(__name__)

WRITER_LOCK = 0x5EA1
"""The number of the advisory lock that the writing server holds."""
LOCK_SECONDS = 2.0
ANSWER_SECONDS = 3.0
"""Added to the seconds for the lock: a server that sends nothing for that long hangs."""
IDLE_SECONDS = 15
"""How long a writer that hangs or is gone in the middle of a transaction can block the others."""
SILENCE_SECONDS = 10
"""A machine that answers nothing for that long is gone."""
CHECK_SECONDS = 30.0
"""How often a connection that only listens is tested."""
MAX_UNATTENDED = 256 * 1024 * 1024
"""Bytes of tables and indexes that a running server rewrites by itself: a few seconds' work."""
TABLES = (
    "SELECT quote_ident(relname), pg_has_role(relowner, 'USAGE'), pg_total_relation_size(oid)"
    " FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    " ORDER BY relname"
)


class TimeoutConnection(psycopg.Connection[TupleRow]):
    timeout: float | None = None
    """Seconds for each statement; `None` waits without a limit."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        if self.timeout is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        end = time.monotonic() + self.timeout
        try:
            return super().wait(gen, interval, self.timeout)
        except psycopg.OperationalError as error:
            if time.monotonic() < end:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer for {self.timeout:g} seconds") from error


class TimeoutDatabase(PostgresqlDatabase):
    def __init__(self, url: str, timeout: float, **parameters: Any) -> None:
        self._timeout = timeout
        super().__init__(url, prefer_psycopg3=True, **parameters)

    def _connect(self) -> TimeoutConnection:
        made = TimeoutConnection.connect(self.database, autocommit=True, **self.connect_params)
        made.timeout = self._timeout
        # A server that is merely slow must not go on with a statement that nobody waits for.
        limit = f"{1000 * self._timeout:.0f}ms"
        made.execute("SELECT set_config('statement_timeout', %s, false)", (limit,))
        return made

    def rollback(self) -> None:
        """The server rolls back for a closed connection; an error here would hide the cause."""
        if not self.connection().closed:  # type: ignore[no-untyped-call]  # stubs
            super().rollback()


class PostgresqlServer(Engine):
    database: TimeoutDatabase
    can_listen = True

    def __init__(self, url: str, timeout: float) -> None:
        """Raises `SettingsError`. `timeout`: seconds to wait for the lock, at least two."""
        self._lock_seconds = max(timeout, LOCK_SECONDS)
        self.database = _make_database(url, timeout, self._lock_seconds + ANSWER_SECONDS)

    def follow(self, release: Callable[[], None]) -> bool:  # noqa: ARG002  # nothing to release
        return False

    def connect(self) -> None:
        self.database.connect(reuse_if_open=True)

    def check_readable(self) -> None:
        pass

    def may_be_dead(self) -> bool:
        return not self.database.is_closed()

    def purge(self, *, rewrite: bool, unattended: bool) -> bool:
        """Only `VACUUM (FULL)` removes deleted rows from the files of tables: `VACUUM` alone lets
        later rows overwrite them. Nobody reads or writes a table meanwhile.

        The server's log of writes keeps them until it uses those files again.
        """
        if not rewrite:
            return True
        names, are_own, octets = self._tables()
        command = f"VACUUM (FULL) {', '.join(names)}"
        if unattended and octets > MAX_UNATTENDED:
            log.info("deleted rows stay in PostgreSQL's files until its owner runs `%s`", command)
            return False
        if not are_own:
            raise UnavailableError(f"The owner of PostgreSQL's tables has to run `{command}`.")
        self._run_outside(command)
        return True

    def _tables(self) -> tuple[list[str], bool, int]:
        """The tables of the schema in use, whether they are this account's, and their bytes."""
        rows = self.database.execute_sql(TABLES).fetchall()  # type: ignore[no-untyped-call]  # stubs
        names, own, octets = zip(*rows, strict=True)
        return list(names), all(own), sum(octets)

    def _run_outside(self, statement: str) -> None:
        """Outside of a transaction. It may take its time, but does not wait long for a lock."""
        limit = f"{1000 * self._lock_seconds:.0f}ms"
        self.database.connection().timeout = None  # type: ignore[no-untyped-call]  # stubs
        try:
            for order in (f"SET lock_timeout = '{limit}'", "SET statement_timeout = 0", statement):
                self.database.execute_sql(order)  # type: ignore[no-untyped-call]  # stubs
        finally:
            self.database.close()  # the next job makes a connection with the usual timeouts

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """All servers ask for the same lock, which ends with the transaction."""
        with self.database.atomic():
            self.database.execute_sql(  # type: ignore[no-untyped-call]  # stubs
                "SELECT set_config('lock_timeout', %s, true),"
                " set_config('idle_in_transaction_session_timeout', %s, true),"
                " pg_advisory_xact_lock(%s)",
                (f"{round(1000 * self._lock_seconds)}ms", f"{IDLE_SECONDS}s", WRITER_LOCK),
            )
            yield

    def migration_lock(self) -> AbstractContextManager[None]:
        return self.exclusive()

    @contextmanager
    def without_timeouts(self) -> Iterator[None]:
        """The server's timeout and the client's."""
        self.database.execute_sql("SET LOCAL statement_timeout = 0")  # type: ignore[no-untyped-call]  # stubs
        connection = self.database.connection()  # type: ignore[no-untyped-call]  # stubs
        timeout, connection.timeout = connection.timeout, None
        try:
            yield
        finally:
            connection.timeout = timeout

    async def listen(self, heard: Callable[[str | None], None]) -> None:
        """Calls `heard` with the owner of each account that a transaction changed, until it fails.

        The first call passes `None`, once it listens: earlier changes are unknown. Raises
        `UnavailableError`.
        """
        parameters: dict[str, Any] = self.database.connect_params
        connect = psycopg.AsyncConnection.connect
        try:
            async with await connect(self.database.database, autocommit=True, **parameters) as line:
                async with asyncio.timeout(SILENCE_SECONDS):
                    await line.execute(f"LISTEN {CHANNEL}")
                heard(None)
                while True:
                    async for notice in line.notifies(timeout=CHECK_SECONDS):
                        heard(notice.payload)
                    async with asyncio.timeout(SILENCE_SECONDS):
                        await line.execute("SELECT 1")
        except (psycopg.Error, OSError) as error:  # with `TimeoutError`
            raise UnavailableError(f"The database sends no notifications: {error}") from error


def _make_database(url: str, timeout: float, statement_timeout: float) -> TimeoutDatabase:
    url = f"postgresql://{url.partition('://')[2]}"
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its text may contain the password
        raise SettingsError("The database URL cannot be used.") from None
    wanted: dict[str, Any] = {
        "application_name": "sealbreak",
        "connect_timeout": max(2, round(timeout)),
        "keepalives_idle": SILENCE_SECONDS,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENCE_SECONDS * 1000,
    }
    ours = {name: value for name, value in wanted.items() if name not in given}
    return TimeoutDatabase(url, statement_timeout, **ours)
