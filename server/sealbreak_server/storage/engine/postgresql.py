"""What is particular to PostgreSQL: its address, its lock, and the news it passes on.

Any number of servers share one database. A trigger (see `migrations`) notifies in the transaction
that writes an event or changes what devices are told; a notification is a wake-up and no more.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from peewee import Database, PostgresqlDatabase

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.storage.migrations import CHANNEL

SCHEMES = ("postgres://", "postgresql://")
WRITING = 0x5EA1
"""The number of the lock that whoever writes holds."""
LOCK_SECONDS = 2.0
ANSWER_SECONDS = 3.0
"""Beyond those for the lock: a server that says nothing for so long hangs."""
IDLE_SECONDS = 15
"""A writer that hangs or is gone in the middle of a transaction keeps others out for no longer."""
SILENCE_SECONDS = 10
"""A machine that answers nothing for so long is gone."""
CHECK_SECONDS = 30.0
"""How often a connection that only listens is asked whether it still stands."""


def make_postgresql(url: str, timeout: float) -> PostgresqlDatabase:
    """Raises `SettingsError`."""
    try:
        import psycopg

        from sealbreak_server.storage.engine.timeouts import TimeoutDatabase
    except ImportError:
        raise SettingsError(
            "PostgreSQL needs its driver: install sealbreak with the extra `postgres`."
        ) from None
    url = f"postgresql://{url.partition('://')[2]}"
    try:
        given = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its words may hold the password
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
    return TimeoutDatabase(url, _for_lock(timeout) + ANSWER_SECONDS, **ours)


def lock(database: Database, timeout: float) -> None:
    """Until the transaction ends: judging reads what it then changes, so one writes at a time."""
    waiting = f"{round(1000 * _for_lock(timeout))}ms"
    database.execute_sql(  # type: ignore[no-untyped-call]  # stubs
        "SELECT set_config('lock_timeout', %s, true),"
        " set_config('idle_in_transaction_session_timeout', %s, true),"
        " pg_advisory_xact_lock(%s)",
        (waiting, f"{IDLE_SECONDS}s", WRITING),
    )


def _for_lock(timeout: float) -> float:
    return max(timeout, LOCK_SECONDS)


@contextmanager
def without_timeouts(database: Database) -> Iterator[None]:
    """For statements of this transaction that may take minutes: both sides wait for them."""
    database.execute_sql("SET LOCAL statement_timeout = 0")  # type: ignore[no-untyped-call]  # stubs
    connection = database.connection()  # type: ignore[no-untyped-call]  # stubs
    timeout, connection.timeout = connection.timeout, None
    try:
        yield
    finally:
        connection.timeout = timeout


async def listen(database: PostgresqlDatabase, heard: Callable[[str | None], None]) -> None:
    """Calls `heard` with the owner whom a transaction anywhere concerned, for as long as it can.

    With `None` once it listens: what happened before is unknown. Raises `UnavailableError`.
    """
    import psycopg

    parameters: dict[str, Any] = database.connect_params
    connect = psycopg.AsyncConnection.connect
    try:
        async with await connect(database.database, autocommit=True, **parameters) as line:
            async with asyncio.timeout(SILENCE_SECONDS):
                await line.execute(f"LISTEN {CHANNEL}")
            heard(None)
            while True:
                async for notice in line.notifies(timeout=CHECK_SECONDS):
                    heard(notice.payload)
                async with asyncio.timeout(SILENCE_SECONDS):
                    await line.execute("SELECT 1")
    except (psycopg.Error, OSError) as error:  # with `TimeoutError`
        raise UnavailableError(f"The database passes on no news: {error}") from error
