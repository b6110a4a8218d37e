"""Pixel and link, each hit on the disk when it is answered, against a route that does nothing."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from bench.server_ground import HERE, Ground, Row, drained, folder, prepared, row, targets, wrk
from support.server import process
from support.server.process import Server, running

CONNECTIONS = (1, 16, 64, 256)
SECONDS = 2
MAILS = 20_000

Rates = Mapping[tuple[str, int], float]


def rows() -> Iterator[Row]:
    with folder() as data:
        ground, _ = prepared(data)
        lists = _lists(ground, data)
        alone = _alone(data, lists)
        with _server("server_with_nothing", data) as server:
            for connections in CONNECTIONS:
                yield from _rows(server, connections, lists, alone)
        yield from _classified(data, lists["pixel"])


def _lists(ground: Ground, data: Path) -> dict[str, Path]:
    """What is asked for; all of them by the same script and with the same headers."""
    mails = ground.add_messages(MAILS)
    nothing = data / "nothing"
    nothing.write_text("/nothing/\n")
    return {
        "no-op": nothing,
        "pixel": targets(ground, mails, data / "pixels"),
        "link": targets(ground, mails, data / "links", links=True),
    }


@contextmanager
def _server(program: str, data: Path) -> Iterator[Server]:
    """One of the programs beside this file, which is the server but for a detail."""
    command = (sys.executable, "-W", "error", str(HERE / f"{program}.py"))
    with patch.object(process, "PROGRAM", command), running(data) as server:
        yield server


def _alone(data: Path, lists: Mapping[str, Path]) -> Rates:
    """Hits a second when every hit has its own commit."""
    with _server("server_one_commit", data) as server:
        return {
            (name, connections): wrk(server, connections, SECONDS, lists[name]).rate
            for name in ("pixel", "link")
            for connections in CONNECTIONS
        }


def _rows(
    server: Server, connections: int, lists: Mapping[str, Path], alone: Rates
) -> Iterator[Row]:
    nothing = wrk(server, connections, SECONDS, lists["no-op"])
    yield row(f"no-op, {connections} connections", nothing.rate, "requests/s")
    for name in ("pixel", "link"):
        load, what = (
            wrk(server, connections, SECONDS, lists[name]),
            f"{name}, {connections} connections",
        )
        yield row(what, load.rate, "hits/s", nothing.rate)
        yield row(f"{what}, against a commit each", load.rate, "hits/s", alone[name, connections])
        yield row(f"{what}, p50", load.median, "ms", nothing.median)
        yield row(f"{what}, p99", load.worst, "ms", nothing.worst)
        if connections == 64:
            yield row(f"{name}, processor time", load.processor, "us", nothing.processor)
        drained(server)  # what is left of this run would slow the next


def _classified(data: Path, pixels: Path) -> Iterator[Row]:
    """How fast what a burst left in the spool becomes verdicts."""
    with running(data) as server:
        load = wrk(server, 64, SECONDS, pixels)
        seconds = SECONDS + drained(server)
        yield row("hits classified after a burst", load.count / seconds, "hits/s")
