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


class PatientConnection(psycopg.Connection[TupleRow]):
    patience: float | None = None
    """Seconds for each statement; `None` waits for ever."""

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        if self.patience is None or timeout is not None:
            return super().wait(gen, interval, timeout)
        end = time.monotonic() + self.patience
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError as error:
            if time.monotonic() < end:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(f"nothing for {self.patience:g} seconds") from error


class PatientDatabase(PostgresqlDatabase):
    def __init__(self, url: str, patience: float, **parameters: Any) -> None:
        self._patience = patience
        super().__init__(url, prefer_psycopg3=True, **parameters)

    def _connect(self) -> PatientConnection:
        made = PatientConnection.connect(self.database, autocommit=True, **self.connect_params)
        made.patience = self._patience
        # A server that is merely slow must not go on with what nobody waits for any more.
        limit = f"{1000 * self._patience:.0f}ms"
        made.execute("SELECT set_config('statement_timeout', %s, false)", (limit,))
        return made

    def rollback(self) -> None:
        """What a closed connection began the server undoes by itself; why it was closed counts."""
        if not self.connection().closed:  # type: ignore[no-untyped-call]  # stubs
            super().rollback()
