"""A PostgreSQL whose process for a connection is stopped, as it is where a whole server hangs."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.mappers import as_tuples
from sealbreak_server.storage.tables import Account


def server_process() -> int:
    ((process,),) = as_tuples(Account.raw("SELECT pg_backend_pid()"))
    return int(process)


@contextmanager
def stopped(process: int) -> Iterator[None]:
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_who_writes_and_gets_no_answer_gives_up_and_goes_on_later(short_timeouts: Storage) -> None:
    first = short_timeouts.transaction(server_process)
    with stopped(first), pytest.raises(UnavailableError, match="nothing for 1 seconds"):
        short_timeouts.transaction(server_process)
    assert short_timeouts.transaction(server_process) != first


def test_who_reads_and_gets_no_answer_asks_once_more(short_timeouts: Storage) -> None:
    first = short_timeouts.transaction(server_process)
    with stopped(first):
        assert short_timeouts.query(server_process) != first


def test_what_nobody_waits_for_any_more_ends_on_the_server_too(
    short_timeouts: Storage, url: str
) -> None:
    waiting = (
        "SELECT pid FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    short_timeouts.transaction(lambda: None)
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE account IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError):
            short_timeouts.query(lambda: as_tuples(Account.select()))
        end = time.monotonic() + 20
        while other.execute(waiting).fetchall():
            assert time.monotonic() < end
            time.sleep(0.05)
