"""A file of lines, each on the disk when `append` returns."""

import os
from contextlib import suppress

AHEAD = 256 * 1024
"""Zeros that are written in advance, at most: as many as there are lines so far."""

_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


class Journal:
    """Lines are written over zeros: where a file grows, each sync has to write the journal of the
    file system as well, which takes as long again (measured on ext4: 280 us, and 150 over zeros).
    """

    def __init__(self, file: int) -> None:
        """`file`: empty, open for writing, and not for appending. It is closed by `close`."""
        self._file = file
        self._end = 0
        """Of the lines."""
        self._zeros = 0

    def append(self, line: bytes) -> None:
        """Raises `OSError`; then the file is as it was, if it lets itself be cut."""
        zeros = 0 if len(line) <= self._zeros else min(self._end, AHEAD)
        try:
            self._write(line + bytes(zeros))
        except OSError:
            if zeros == 0:
                raise
            zeros = 0
            self._write(line)
        self._end += len(line)
        self._zeros = zeros or max(0, self._zeros - len(line))

    def _write(self, data: bytes) -> None:
        at = self._end
        try:
            while data:
                written = os.pwrite(self._file, data, at)
                at, data = at + written, data[written:]
            _sync(self._file)
        except OSError:
            self._zeros = 0
            self._cut()
            raise

    def _cut(self) -> None:
        """After the last line. Readers pass over zeros, where that cannot be done."""
        with suppress(OSError):
            os.ftruncate(self._file, self._end)

    def close(self) -> None:
        self._cut()
        os.close(self._file)
