"""What systems do differently with files: locks, positions, and names of open files."""

import os
import sys
import time
from pathlib import Path

BINARY = getattr(os, "O_BINARY", 0)
"""For `os.open`. Windows otherwise writes two bytes for the end of a line."""
LOCKED_BYTE = 1 << 30
"""Windows lets no other process read a locked byte, so it lies behind the end of every file. The
positions of its locks end at 2 GiB."""
POLL_SECONDS = 0.05
READ_BYTES = 1 << 20


def lock(file: int) -> None:
    """Waits until no other process has the lock. It ends when the file is closed."""
    if sys.platform == "win32":
        while not try_lock(file):
            time.sleep(POLL_SECONDS)
    else:
        import fcntl

        fcntl.lockf(file, fcntl.LOCK_EX)


def try_lock(file: int) -> bool:
    """False when another process has the lock."""
    try:
        if sys.platform == "win32":
            _lock_byte(file)
        else:
            import fcntl

            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Or removed, because another process is done with it."""
    try:
        with path.open("rb") as file:
            if sys.platform == "win32":
                _lock_byte(file.fileno())
            else:
                import fcntl

                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def create_locked(path: Path) -> int:
    """A new file, to write in. Raises `OSError`.

    No other process sees it without its lock; on Windows one may, which renames no open file. It
    does not let the other one remove the file either.
    """
    draft = path if sys.platform == "win32" else path.with_name(f"{path.name}.new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600)
    try:
        lock(file)
        if draft != path:
            draft.rename(path)
    except OSError:
        os.close(file)
        draft.unlink(missing_ok=True)
        raise
    return file


def write_at(file: int, data: bytes, position: int) -> int:
    """Returns how many bytes were written."""
    if sys.platform == "win32":
        os.lseek(file, position, os.SEEK_SET)
        written = os.write(file, data)
    else:
        written = os.pwrite(file, data, position)
    return written


def read_all(file: int) -> bytes:
    os.lseek(file, 0, os.SEEK_SET)
    return b"".join(iter(lambda: os.read(file, READ_BYTES), b""))


def _lock_byte(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        position = os.lseek(file, 0, os.SEEK_CUR)
        os.lseek(file, LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(file, position, os.SEEK_SET)
