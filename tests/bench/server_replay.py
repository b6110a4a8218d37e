"""A day's hits, as fast as they go in and are judged."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

from bench.server_ground import Row, drained, folder, memory, prepared, row, targets, wrk
from harness_server import running

MOST_SECONDS = 3 * 3600
STRETCH = 5
"""Seconds of one run of wrk, which cannot be told to stop after so many answers."""


def replayed(count: int, mails: int = 50_000) -> Iterator[Row]:
    """Raises `AssertionError` when the database holds fewer hits than were answered."""
    with folder() as data:
        ground, _ = prepared(data)
        pixels = targets(ground, ground.add_messages(mails), data / "pixels")
        with running(data) as server:
            start, answered = time.monotonic(), 0
            while answered < count:
                answered += wrk(server, 64, STRETCH, pixels).count
            asked = time.monotonic() - start
            drained(server, MOST_SECONDS)
            seconds = time.monotonic() - start
            most = memory(server)
            server.stop()
        with closing(sqlite3.connect(data / "sealbreak.sqlite3")) as database:
            (kept,) = database.execute("SELECT count(*) FROM hit").fetchone()
        assert kept >= answered, f"{answered} were answered, {kept} are kept"
        yield row(f"{count:,} hits, answered", answered / asked, "hits/s")
        yield row(f"{count:,} hits, answered and judged", kept / seconds, "hits/s")
        yield row(f"{count:,} hits, memory after them", most, "MB")
