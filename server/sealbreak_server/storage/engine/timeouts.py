"""Connections to PostgreSQL that wait for an answer for so long and no longer.

Neither libpq nor TCP ends the wait for a server that is stopped: its machine acknowledges what it
is sent. Needs psycopg, so that it is imported only where PostgreSQL is used.
"""

import time
from typing import Any, TypeVar

import psycopg
from peewee import PostgresqlDatabase
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

T = TypeVar("T")


class TimeoutConnection(psycopg.Connection[TupleRow]):
    timeout: float | None = None
    """Seconds for each statement; `None` waits for ever."""

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
            raise psycopg.OperationalError(f"nothing for {self.timeout:g} seconds") from error


class TimeoutDatabase(PostgresqlDatabase):
    def __init__(self, url: str, timeout: float, **parameters: Any) -> None:
        self._timeout = timeout
        super().__init__(url, prefer_psycopg3=True, **parameters)

    def _connect(self) -> TimeoutConnection:
        made = TimeoutConnection.connect(self.database, autocommit=True, **self.connect_params)
        made.timeout = self._timeout
        # A server that is merely slow must not go on with what nobody waits for any more.
        limit = f"{1000 * self._timeout:.0f}ms"
        made.execute("SELECT set_config('statement_timeout', %s, false)", (limit,))
        return made

    def rollback(self) -> None:
        """What a closed connection began the server undoes by itself; why it was closed counts."""
        if not self.connection().closed:  # type: ignore[no-untyped-call]  # stubs
            super().rollback()
