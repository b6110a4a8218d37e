"""Random worlds against the reference, for as long as is wanted, on all processors."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack

from support.server.postgresql import running_cluster
from support.worlds.ground import ground
from support.worlds.hunt import found_in

PART = 200
"""Worlds in one database."""


def run(minutes: float) -> Iterator[dict[str, object]]:
    """Half of the time on each database."""
    first, end = int(time.time()) * 1_000_000, time.monotonic() + 60 * minutes
    size = os.cpu_count() or 1
    yield from _on("sqlite", [""] * size, first, time.monotonic() + 30 * minutes)
    with running_cluster() as cluster, ExitStack() as stack:
        urls = [stack.enter_context(cluster.database()) for _ in range(size)]
        yield from _on("postgresql", urls, first, end)


def _on(name: str, urls: list[str], first: int, end: float) -> Iterator[dict[str, object]]:
    """Each process has a database of its own: a world expects to be alone in it."""
    count, wrong = 0, 0
    with ProcessPoolExecutor(len(urls)) as pool:
        while time.monotonic() < end:
            starts = [first + count + PART * at for at in range(len(urls))]
            for found in pool.map(_part, starts, urls):
                wrong += len(found)
                for text in found:
                    yield {"name": f"worlds-{name}-wrong", "world": text}
            count += PART * len(urls)
    yield {"name": f"worlds-{name}", "value": count, "wrong": wrong}


def _part(first: int, url: str) -> list[str]:
    with ground(url) as made:
        return [text for at in range(PART) if (text := found_in(made, first + at))]
