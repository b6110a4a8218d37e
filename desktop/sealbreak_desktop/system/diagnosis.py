"""What a fault means, in words for the person at this computer."""

import errno
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from sealbreak_desktop.errors import HistoryError, SealbreakError
from sealbreak_desktop.files.history import primary_code

FULL = (sqlite3.SQLITE_FULL,)
FAILED = (sqlite3.SQLITE_IOERR,)
"""What SQLite says, too, when there is no room for its index of the log."""
LITTLE = 1 << 16
FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
LONG_AGO = 600.0
"""Seconds."""
NO_HISTORY = "The history cannot be kept"
MEANWHILE = "Nothing is lost: alerts wait at the server until then."


class Troubles:
    """One that comes back at every try is told once, until it has been gone for long."""

    def __init__(self) -> None:
        self._title, self._seen = "", 0.0

    def is_new(self, trouble: SealbreakError, moment: float) -> bool:
        before, since = self._title, self._seen
        self._title, self._seen = trouble.title, moment
        return trouble.title != before or moment - since > LONG_AGO


def trouble_of(error: BaseException, free: int) -> SealbreakError:
    """Its title fits a line of the menu, its advice a pop-up. `free`: bytes on the disk."""
    code = primary_code(error) if isinstance(error, sqlite3.Error) else None
    number = error.errno if isinstance(error, OSError) else None
    if code in FORBIDDEN or number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _history(
            "it cannot be written", "Let yourself write in its folder: `sealbreak doctor` names it."
        )
    if code in FULL or number == errno.ENOSPC or (code in FAILED and free < LITTLE):
        return _history("the disk is full", "Make room on it.")
    if code in BUSY:
        return _history("another program holds it", "End that program.")
    if isinstance(error, sqlite3.Error | OSError):
        return _history(f"{type(error).__name__}, see the log", "`sealbreak doctor` names the log.")
    title = f"A fault ({type(error).__name__}, see the log)"
    return SealbreakError(title, advice=f"`sealbreak doctor` names the log. {MEANWHILE}")


def free_on(folder: Path) -> int:
    """Bytes; 0 when nobody can tell."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return 0


def _history(why: str, advice: str) -> HistoryError:
    return HistoryError(f"{NO_HISTORY}: {why}", advice=f"{advice} {MEANWHILE}")
