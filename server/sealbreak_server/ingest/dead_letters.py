"""Hits that could not be recorded do not outlive what they belong to."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sealbreak_server import files
from sealbreak_server.ingest.spool import DEAD_LETTERS, batch_line, read_batch
from sealbreak_server.model.hit import Hit


def keep(folder: Path, wanted: Callable[[Sequence[Hit]], Sequence[Hit]], since: float) -> None:
    """Removes the hits before `since`, and those that `wanted` leaves out.

    A line that cannot be read is removed when nothing was added after it since then.
    """
    try:
        file = os.open(folder / DEAD_LETTERS, os.O_RDWR | files.BINARY)
    except FileNotFoundError:
        return
    try:
        files.lock(file)
        before = os.fstat(file)
        lines = files.read_all(file).splitlines(keepends=True)
        kept = b"".join(_kept(lines, wanted, since, keep_unreadable=before.st_mtime >= since))
        if len(kept) < before.st_size:
            _write(file, kept)
            os.utime(folder / DEAD_LETTERS, ns=(before.st_atime_ns, before.st_mtime_ns))
    finally:
        os.close(file)


def _kept(
    lines: Iterable[bytes],
    wanted: Callable[[Sequence[Hit]], Sequence[Hit]],
    since: float,
    *,
    keep_unreadable: bool,
) -> Iterator[bytes]:
    for line in lines:
        read = read_batch(line)
        if read is None:
            if keep_unreadable:
                yield line
            continue
        batch, hits = read
        left = wanted([hit for hit in hits if hit.time >= since])
        if left:
            yield line if len(left) == len(hits) else batch_line(batch, left)


def _write(file: int, data: bytes) -> None:
    """In its place, as another process may be waiting to append to this file."""
    os.lseek(file, 0, os.SEEK_SET)
    rest = data
    while rest:
        rest = rest[os.write(file, rest) :]
    os.ftruncate(file, len(data))
    os.fsync(file)
