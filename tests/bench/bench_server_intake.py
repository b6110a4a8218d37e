"""Pixel and link, each hit on the disk when it is answered, against a route that does nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import harness_server
from bench.server_ground import HERE, Ground, Row, drained, folder, prepared, row, targets, wrk
from harness_server import Server, running

CONNECTIONS = (1, 16, 64, 256)
SECONDS = 2
MAILS = 20_000
ONE_COMMIT = (sys.executable, str(HERE / "server_one_commit.py"))


def rows() -> Iterator[Row]:
    with folder() as data:
        ground, _ = prepared(data)
        mails = ground.add_messages(MAILS)
        pixels = targets(ground, mails, data / "pixels")
        links = targets(ground, mails, data / "links", links=True)
        alone = _alone(data, pixels)
        with running(data) as server:
            for connections in CONNECTIONS:
                yield from _rows(server, connections, pixels, links, alone)
        yield from _judged(data, ground, pixels)


def _alone(data: Path, pixels: Path) -> float:
    """Pixels a second when every hit has its own commit."""
    with patch.object(harness_server, "PROGRAM", ONE_COMMIT), running(data) as server:
        return wrk(server, 64, SECONDS, pixels).rate


def _rows(
    server: Server, connections: int, pixels: Path, links: Path, alone: float
) -> Iterator[Row]:
    nothing = wrk(server, connections, SECONDS, path="/healthz")
    yield row(f"no-op, {connections} connections", nothing.rate, "requests/s")
    for name, listed in (("pixel", pixels), ("link", links)):
        load = wrk(server, connections, SECONDS, listed)
        yield row(f"{name}, {connections} connections", load.rate, "hits/s", nothing.rate)
        yield row(f"{name}, {connections} connections, p50", load.median, "ms", nothing.median)
        yield row(f"{name}, {connections} connections, p99", load.worst, "ms", nothing.worst)
        if connections == 64:
            yield row(f"{name}, processor time", load.processor, "us", nothing.processor)
        if name == "pixel" and connections == 64:
            yield row("pixel, 64 connections, against a commit each", load.rate, "hits/s", alone)
        drained(server)


def _judged(data: Path, ground: Ground, pixels: Path) -> Iterator[Row]:
    """How fast what a burst left in the spool becomes verdicts."""
    with running(data) as server:
        load = wrk(server, 64, SECONDS, pixels)
        seconds = SECONDS + drained(server)
        yield row("hits judged after a burst", load.count / seconds, "hits/s")
