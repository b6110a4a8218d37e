"""Starting, memory, and many hits."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.server_ground import Row, drained, folder, memory, prepared, row, targets, wrk
from bench.server_replay import replayed
from support.server.process import running

HITS = 200_000


def rows() -> Iterator[Row]:
    with folder() as data:
        yield row("cold start until it listens", median(_start(data) for _ in range(3)), "s")
        ground, _ = prepared(data)
        pixels = targets(ground, ground.add_messages(5000), data / "pixels")
        with running(data) as server:
            rest = memory(server)
            yield row("memory at rest", rest, "MB")
            wrk(server, 64, 3, pixels)
            drained(server)
            yield row("memory after a burst", memory(server), "MB", rest)
    yield from replayed(HITS)


def _start(data: Path) -> float:
    os.sync()
    start = time.monotonic()
    with running(data):
        return time.monotonic() - start
