"""What a failure means, in words for the user."""

import errno
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from sealbreak_desktop.errors import HistoryError, SealbreakError
from sealbreak_desktop.files.history_file import primary_code

FULL = (sqlite3.SQLITE_FULL,)
FAILED = (sqlite3.SQLITE_IOERR,)
"""SQLite reports this too when there is no space for the index of its log."""
LITTLE_SPACE = 1 << 16
"""Bytes. With less, a failed write means a full disk."""
FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
FORGET_AFTER = 600.0
"""Seconds without a problem, after which it is shown again."""
NO_HISTORY = "The history cannot be saved"
WHERE_THE_LOG_IS = "`sealbreak doctor` shows where the log is."
MEANWHILE = "Nothing is lost: the server keeps all events until then."


class RepeatedProblems:
    """A problem that every retry meets again is shown once."""

    def __init__(self) -> None:
        self._title, self._seen = "", 0.0

    def is_new(self, problem: SealbreakError, time: float) -> bool:
        before, since = self._title, self._seen
        self._title, self._seen = problem.title, time
        return problem.title != before or time - since > FORGET_AFTER


def diagnose(error: BaseException, free: int) -> SealbreakError:
    """The title fits a line of the menu, the advice a pop-up. `free`: bytes on the disk."""
    code = primary_code(error) if isinstance(error, sqlite3.Error) else None
    number = error.errno if isinstance(error, OSError) else None
    if code in FORBIDDEN or number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _history(
            "no permission to write",
            "Allow yourself to write in its folder: `sealbreak doctor` shows which one.",
        )
    if code in FULL or number == errno.ENOSPC or (code in FAILED and free < LITTLE_SPACE):
        return _history("the disk is full", "Free some space.")
    if code in BUSY:
        return _history("another program has locked it", "Close that program.")
    if isinstance(error, sqlite3.Error | OSError):
        return _history(f"{type(error).__name__}, see the log", WHERE_THE_LOG_IS)
    title = f"An error ({type(error).__name__}, see the log)"
    return SealbreakError(title, advice=f"{WHERE_THE_LOG_IS} {MEANWHILE}")


def free_bytes(folder: Path) -> int:
    """0 when it is unknown."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return 0


def _history(why: str, advice: str) -> HistoryError:
    return HistoryError(f"{NO_HISTORY}: {why}", advice=f"{advice} {MEANWHILE}")
