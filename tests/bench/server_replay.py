"""A day's hits, as fast as they go in and are classified."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from bench.server_ground import Row, folder, memory, prepared, processor, row, targets, wrk
from support.server.process import Server, running

MOST_SECONDS = 3 * 3600
STRETCH = 5
"""Seconds of one run of wrk, which cannot be told to stop after so many answers."""
LOOK_EVERY_SECONDS = 5
GROWTH = 64
"""MB of memory, and files and threads, that a server may have more at the end than before it."""
MAILS = 50_000
HITS_OF_A_MAIL = 10
"""At most, where there are many: more would come from nobody's readers."""


def replayed(count: int) -> Iterator[Row]:
    """Raises `AssertionError` when the database holds fewer hits than were answered, or when
    the server needed ever more of something."""
    with folder() as data:
        ground, _ = prepared(data)
        mails = ground.add_messages(max(MAILS, count // HITS_OF_A_MAIL))
        pixels = targets(ground, mails, data / "pixels")
        with running(data) as server:
            watch = Watch(server, count)
            asked = _asked(watch, pixels)
            waiting, before = watch.answered - watch.taken(), processor(server)
            drained = watch.drained()
            watch.look()
            cost, most = processor(server) - before, _peak(server)
            server.stop()
        kept = _kept(data)
        assert kept >= watch.answered, f"{watch.answered} were answered, {kept} are kept"
        name = f"{count:,} hits"
        yield row(f"{name}, answered", watch.answered / asked, "hits/s")
        yield row(f"{name}, answered and classified", kept / (asked + drained), "hits/s")
        yield row(f"{name}, classified when all were answered", waiting / drained, "hits/s")
        yield row(f"{name}, processor time to classify one", 1e6 * cost / waiting, "us")
        yield row(f"{name}, database", _size(data) / 1e6, "MB")
        yield from watch.rows(name)
        yield row(f"{name}, memory at most", most, "MB")


def _asked(watch: "Watch", pixels: Path) -> float:
    """Seconds that it took to get all the answers."""
    start = time.monotonic()
    while watch.answered < watch.count:
        watch.answered += wrk(watch.server, 64, STRETCH, pixels).count
        watch.look()
    return time.monotonic() - start


@dataclass(frozen=True)
class Need:
    """What the server took of the machine at a moment."""

    memory: float
    files: int
    threads: int


@dataclass
class Watch:
    """Looks at the server from time to time, and says on stderr how far it is."""

    server: Server
    count: int
    answered: int = 0
    start: float = field(default_factory=time.monotonic)
    needs: list[Need] = field(default_factory=list)

    def look(self) -> None:
        process = Path(f"/proc/{self.server.process.pid}")
        files, threads = (len([*(process / name).iterdir()]) for name in ("fd", "task"))
        self.needs.append(Need(memory(self.server), files, threads))
        print(
            f"{time.monotonic() - self.start:6.0f} s: {self.answered:,} of {self.count:,} answered,"
            f" {self.taken():,} classified, {self.needs[-1].memory:.0f} MB of memory",
            file=sys.stderr, flush=True,
        )  # fmt: skip

    def taken(self) -> int:
        """Hits that are in the database: each has a number."""
        with closing(_database(self.server.data)) as database:
            (number,) = database.execute("SELECT value FROM counter WHERE name = 'hit'").fetchone()
        return int(number)

    def drained(self) -> float:
        """Seconds until the spool is taken in."""
        start = looked = time.monotonic()
        while list((self.server.data / "spool").glob("*.jsonl")):
            now = time.monotonic()
            assert now - start < MOST_SECONDS, "the spool is not taken in"
            if now - looked >= LOOK_EVERY_SECONDS:
                self.look()
                looked = now
            time.sleep(0.05)
        return time.monotonic() - start

    def rows(self, name: str) -> Iterator[Row]:
        """Held against the middle of the run: a server that has warmed up needs no more."""
        middle, last = self.needs[len(self.needs) // 2], self.needs[-1]
        assert last.memory < middle.memory + GROWTH, f"memory grew: {middle} became {last}"
        assert last.files + last.threads < middle.files + middle.threads + GROWTH, (middle, last)
        yield row(f"{name}, memory after them", last.memory, "MB", middle.memory)


def _peak(server: Server) -> float:
    """MB that were resident at one time."""
    status = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def _database(data: Path) -> sqlite3.Connection:
    return sqlite3.connect(data / "sealbreak.sqlite3")


def _kept(data: Path) -> int:
    with closing(_database(data)) as database:
        return int(database.execute("SELECT count(*) FROM hit").fetchone()[0])


def _size(data: Path) -> int:
    return (data / "sealbreak.sqlite3").stat().st_size
