"""The append-only file that takes bursts, and all hits while the database cannot."""

import fcntl
import logging
import os
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from sealbreak_server.ingest.journal import Journal
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.keyring import sync_folder

MAX_BYTES = 256 * 1024 * 1024
ENDING = ".jsonl"
REFUSED = "refused"

log = logging.getLogger(__name__)


class Spool:
    """One line holds a batch under a random id, which is what makes taking it in happen once.

    Every stretch of trouble writes its own file, so a torn last line spoils nothing after it.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._own = threading.Lock()
        """Its file may be begun or ended by one thread at a time."""
        self._journal: Journal | None = None
        self._bytes = self.size()
        self.waits = bool(self.files())
        """There is something to take in."""

    def append(self, hits: Sequence[Hit], batch: str = "") -> bool:
        """False when it is full. The line is on the disk when this returns."""
        line = _line(batch or new_name(), hits)
        with self._own:
            if self._bytes + len(line) > self._max_bytes:
                return False
            if self._journal is None:
                self._journal = self._open()
                self._bytes = self.size()
            self._journal.append(line)
            self._bytes += len(line)
            self.waits = True
        return True

    def takes_bursts(self) -> bool:
        """Half of it is for outages: when bursts fill the rest, they have to wait for judging."""
        return self._bytes < self._max_bytes // 2

    def refuse(self, batch: str, hits: Sequence[Hit]) -> None:
        """Puts a batch that no attempt could take in where it waits for a person.

        Its file under the name of a spool file is taken in like one, as `doctor` tells.
        """
        file = os.open(self._folder / REFUSED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if os.fstat(file).st_size >= self._max_bytes:
                log.error("%d hits that no attempt could take in are lost: no room", len(hits))
                return
            _write_all(file, _line(batch, hits))
            os.fsync(file)
        finally:
            os.close(file)
        sync_folder(self._folder)

    def batches(self) -> Iterator[tuple[str, list[Hit]]]:
        """All that waits, oldest first. A file goes when the one after its last is asked for."""
        for bundle in self.bundles(1):
            yield from bundle

    def bundles(self, hits: int) -> Iterator[list[tuple[str, list[Hit]]]]:
        """The same, several batches at once: about so many hits, and never of two files."""
        while self.waits:
            for path in self._begun():
                yield from _bundled(read_batches(path), hits)
                self._remove(path)

    def _begun(self) -> list[Path]:
        """All files; what comes from now on gets one of its own."""
        with self._own:
            self._end_file()
            files = [path for path in self.files() if not _is_locked(path)]
            self.waits = bool(files)
            return files

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)  # not under the lock: a long file takes its time to go
        with self._own:
            self._bytes = self.size()

    def _open(self) -> Journal:
        """Locked: another server on the same folder leaves it alone."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = max((int(path.name.split("-")[0]) for path in self.files()), default=0) + 1
        name = f"{number:09d}-{secrets.token_hex(4)}{ENDING}"
        draft = self._folder / f"{name}.new"
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.lockf(file, fcntl.LOCK_EX)
            draft.rename(self._folder / name)
            sync_folder(self._folder)
        except OSError:
            os.close(file)
            draft.unlink(missing_ok=True)
            raise
        return Journal(file)

    def close(self) -> None:
        with self._own:
            self._end_file()

    def _end_file(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.files())

    def files(self) -> list[Path]:
        return sorted(self._folder.glob(f"{9 * '[0-9]'}-*{ENDING}"))


def new_name() -> str:
    """For a batch."""
    return secrets.token_hex(16)


def _line(batch: str, hits: Sequence[Hit]) -> bytes:
    return orjson.dumps({"batch": batch, "hits": list(map(tuple, hits))}) + b"\n"


def _is_locked(path: Path) -> bool:
    """Or gone: another server took it in."""
    try:
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _write_all(file: int, data: bytes) -> None:
    start = os.fstat(file).st_size
    try:
        while data:
            data = data[os.write(file, data) :]
    except OSError:
        os.ftruncate(file, start)
        raise


def read_batches(path: Path) -> Iterator[tuple[str, list[Hit]]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip(b"\0"):
                return  # what a journal wrote ahead, and its server was killed
            try:
                value = orjson.loads(line)
                yield value["batch"], [_hit(item) for item in value["hits"]]
            except (ValueError, KeyError, TypeError):
                log.warning("line %d of a spool file is torn; it was never answered for", number)


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
    """Of its fields in their order; versions before named them."""
    if isinstance(item, dict):
        item = [item[name] for name in Hit._fields]
    hit = Hit(*item)
    headers = tuple((str(name), str(value)) for name, value in hit.headers)
    return hit._replace(kind=Kind(hit.kind), headers=headers)
