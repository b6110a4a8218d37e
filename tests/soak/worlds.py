"""Random worlds against the reference, for as long as is wanted, on all processors."""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from support.server.postgresql import running_cluster
from support.worlds.hunt import found_in, quick_database

PART = 200
"""Worlds in one database."""


def run(minutes: float) -> Iterator[dict[str, object]]:
    """Half of the processes on each database."""
    first, end = int(time.time()) * 1_000_000, time.monotonic() + 60 * minutes
    with running_cluster() as cluster, cluster.database() as url:
        for name, address in (("sqlite", ""), ("postgresql", url)):
            half = time.monotonic() + (end - time.monotonic()) / (2 if not address else 1)
            yield from _on(name, address, first, half)


def _on(name: str, url: str, first: int, end: float) -> Iterator[dict[str, object]]:
    count, wrong = 0, list[str]()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        while time.monotonic() < end:
            size = os.cpu_count() or 1
            starts = [first + count + PART * at for at in range(size)]
            for found in pool.map(_part, starts, [url] * size):
                wrong += found
            count += PART * size
    for text in wrong:
        yield {"name": f"worlds-{name}-wrong", "world": text}
    yield {"name": f"worlds-{name}", "value": count, "wrong": len(wrong)}


def _part(first: int, url: str) -> list[str]:
    with (
        tempfile.TemporaryDirectory(prefix="sealbreak-worlds-") as folder,
        quick_database(Path(folder), url) as storage,
    ):
        return [text for at in range(PART) if (text := found_in(storage, first + at))]
