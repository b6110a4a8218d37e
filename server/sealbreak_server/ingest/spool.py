"""Append-only files for bursts of hits, and for all hits while the database is unavailable."""

import errno
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from sealbreak_server import files
from sealbreak_server.ingest.journal import Journal
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.keyring import sync_folder

MAX_BYTES = 256 * 1024 * 1024
SUFFIX = ".jsonl"
DEAD_LETTERS = "refused"
"""The file of the batches that could not be recorded."""

log = logging.getLogger(__name__)


class Spool:
    """A line holds a batch with a random ID, so that the database can ignore one it has already.

    Each server process writes its own files, so an incomplete last line affects no other line.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        """Held to open or close the journal."""
        self._journal: Journal | None = None
        self._bytes = self.size()
        self.has_batches = bool(self.files())

    def append(self, hits: Sequence[Hit], batch: str = "") -> bool:
        """False when the spool is full. The batch is on the disk when this returns."""
        line = batch_line(batch or new_batch_name(), hits)
        with self._lock:
            if self._bytes + len(line) > self._max_bytes:
                return False
            if self._journal is None:
                self._journal = self._open()
                self._bytes = self.size()
            self._journal.append(line)
            self._bytes += len(line)
            self.has_batches = True
        return True

    def accepts_bursts(self) -> bool:
        """Half of the spool is reserved for outages. Bursts that fill the other half wait for the
        database."""
        return self._bytes < self._max_bytes // 2

    def add_dead_letter(self, batch: str, hits: Sequence[Hit]) -> None:
        """Keeps a batch that could not be recorded, for a person to look at.

        When its file is renamed to a spool file, it is retried; `doctor` explains how.
        """
        if not self._add_dead_line(batch_line(batch, hits)):
            log.error("%d hits that could not be recorded are lost: no room", len(hits))

    def _add_dead_line(self, line: bytes) -> bool:
        """False when there is no room."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | files.BINARY
        file = os.open(self._folder / DEAD_LETTERS, flags, 0o600)
        try:
            files.lock(file)  # `dead_letters.keep` may be rewriting it
            if os.fstat(file).st_size >= self._max_bytes:
                return False
            _write_all(file, line)
            os.fsync(file)
        finally:
            os.close(file)
        sync_folder(self._folder)
        return True

    def _keep_unreadable(self, line: bytes) -> None:
        """Raises `OSError` without room, so that the file of the line stays."""
        if not self._add_dead_line(line.rstrip(b"\n") + b"\n"):
            raise OSError(errno.ENOSPC, "no room for a line that cannot be read", DEAD_LETTERS)
        log.error(
            "a line of a spool file cannot be read: it is kept in %s", self._folder / DEAD_LETTERS
        )

    def bundles(self, hits: int) -> Iterator[list[tuple[str, list[Hit]]]]:
        """All batches, oldest first, in lists from one file with about this many hits.

        Asking for the list after a file's last one removes the file.
        """
        while self.has_batches:
            for path in self._closed_files():
                yield from _bundled(read_batches(path, self._keep_unreadable), hits)
                self._remove(path)

    def _closed_files(self) -> list[Path]:
        """All files that no process writes. The next batch begins a new file."""
        with self._lock:
            self._close_journal()
            closed = [path for path in self.files() if not files.is_locked(path)]
            self.has_batches = bool(closed)
            return closed

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)  # without the lock, as removing a long file takes time
        with self._lock:
            self._bytes = self.size()

    def _open(self) -> Journal:
        """The lock on the file tells other servers on the same folder to ignore it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = max((int(path.name.split("-")[0]) for path in self.files()), default=0) + 1
        name = f"{number:09d}-{secrets.token_hex(4)}{SUFFIX}"
        file = files.create_locked(self._folder / name)
        try:
            sync_folder(self._folder)
        except OSError:
            os.close(file)
            raise
        return Journal(file)

    def close(self) -> None:
        with self._lock:
            self._close_journal()

    def _close_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.files())

    def files(self) -> list[Path]:
        return sorted(self._folder.glob(f"{9 * '[0-9]'}-*{SUFFIX}"))


def new_batch_name() -> str:
    return secrets.token_hex(16)


def batch_line(batch: str, hits: Sequence[Hit]) -> bytes:
    return orjson.dumps({"batch": batch, "hits": list(map(tuple, hits))}) + b"\n"


def _write_all(file: int, data: bytes) -> None:
    start = os.fstat(file).st_size
    try:
        while data:
            data = data[os.write(file, data) :]
    except OSError:
        os.ftruncate(file, start)
        raise


def read_batches(
    path: Path, unreadable: Callable[[bytes], None] = lambda _line: None
) -> Iterator[tuple[str, list[Hit]]]:
    """Calls `unreadable` with each line that is damaged, or was being written when the server was
    killed."""
    with path.open("rb") as file:
        for line in file:
            if not line.strip(b"\0"):
                return  # zeros in advance, left by a server that was killed
            batch = read_batch(line)
            if batch is None:
                unreadable(line)
            else:
                yield batch


def read_batch(line: bytes) -> tuple[str, list[Hit]] | None:
    """`None` if the line cannot be read."""
    try:
        value = orjson.loads(line)
        return str(value["batch"]), [_hit(item) for item in value["hits"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _bundled(
    batches: Iterable[tuple[str, list[Hit]]], hits: int
) -> Iterator[list[tuple[str, list[Hit]]]]:
    bundle: list[tuple[str, list[Hit]]] = []
    for batch in batches:
        bundle.append(batch)
        if sum(len(some) for _, some in bundle) >= hits:
            yield bundle
            bundle = []
    if bundle:
        yield bundle


def _hit(item: Any) -> Hit:
    """From a list of its fields; earlier versions wrote an object."""
    if isinstance(item, dict):
        item = [item[name] for name in Hit._fields]
    hit = Hit(*item)
    headers = tuple((str(name), str(value)) for name, value in hit.headers)
    return hit._replace(kind=Kind(hit.kind), headers=headers)
