import errno
import sqlite3
from pathlib import Path

import pytest
from sealbreak_desktop.errors import HistoryError, SealbreakError
from sealbreak_desktop.system.diagnosis import RepeatedProblems, diagnose, free_bytes

PLENTY = 1 << 30


def of_sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("Offer 12")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "free", "why"),
    [
        (of_sqlite(sqlite3.SQLITE_FULL), 0, "the disk is full"),
        (of_sqlite(sqlite3.SQLITE_IOERR | 19 << 8), 0, "the disk is full"),
        (of_sqlite(sqlite3.SQLITE_IOERR), PLENTY, "OperationalError, see the log"),
        (of_sqlite(sqlite3.SQLITE_READONLY | 1 << 8), 0, "no permission to write"),
        (of_sqlite(sqlite3.SQLITE_BUSY), PLENTY, "another program has locked it"),
        (OSError(errno.ENOSPC, "Offer 12"), 0, "the disk is full"),
        (PermissionError(errno.EACCES, "Offer 12"), PLENTY, "no permission to write"),
    ],
)
def test_the_reason_why_the_history_cannot_be_written_is_named(
    error: Exception, free: int, why: str
) -> None:
    trouble = diagnose(error, free)
    assert isinstance(trouble, HistoryError)
    assert trouble.title == f"The history cannot be saved: {why}"
    assert "Nothing is lost" in trouble.advice


def test_any_other_failure_names_only_its_type() -> None:
    assert diagnose(ValueError("Offer 12"), PLENTY).title == "An error (ValueError, see the log)"


def test_a_problem_at_every_retry_is_shown_once_until_it_was_absent_for_long() -> None:
    troubles, full, other = RepeatedProblems(), SealbreakError("full"), SealbreakError("other")
    told = [troubles.is_new(full, moment) for moment in (0.0, 60.0, 120.0)]
    assert told == [True, False, False]
    assert troubles.is_new(other, 180.0)
    assert troubles.is_new(full, 240.0)
    assert troubles.is_new(full, 10_000.0)


def test_free_bytes_are_those_of_the_disk_or_0(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
    assert free_bytes(tmp_path / "nowhere") == 0
