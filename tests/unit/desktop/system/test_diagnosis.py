import errno
import sqlite3
from pathlib import Path

import pytest
from sealbreak_desktop.errors import HistoryError, SealbreakError
from sealbreak_desktop.system.diagnosis import Troubles, free_on, trouble_of

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
        (of_sqlite(sqlite3.SQLITE_READONLY | 1 << 8), 0, "it cannot be written"),
        (of_sqlite(sqlite3.SQLITE_BUSY), PLENTY, "another program holds it"),
        (OSError(errno.ENOSPC, "Offer 12"), 0, "the disk is full"),
        (PermissionError(errno.EACCES, "Offer 12"), PLENTY, "it cannot be written"),
    ],
)
def test_what_keeps_the_history_from_being_written_is_named(
    error: Exception, free: int, why: str
) -> None:
    trouble = trouble_of(error, free)
    assert isinstance(trouble, HistoryError)
    assert trouble.title == f"The history cannot be kept: {why}"
    assert "Nothing is lost" in trouble.advice


def test_of_another_fault_only_the_kind_is_told() -> None:
    assert trouble_of(ValueError("Offer 12"), PLENTY).title == "A fault (ValueError, see the log)"


def test_what_comes_back_at_every_try_is_told_once_until_it_was_gone_for_long() -> None:
    troubles, full, other = Troubles(), SealbreakError("full"), SealbreakError("other")
    told = [troubles.is_new(full, moment) for moment in (0.0, 60.0, 120.0)]
    assert told == [True, False, False]
    assert troubles.is_new(other, 180.0)
    assert troubles.is_new(full, 240.0)
    assert troubles.is_new(full, 10_000.0)


def test_room_is_asked_of_the_disk_and_its_absence_is_none(tmp_path: Path) -> None:
    assert free_on(tmp_path) > 0
    assert free_on(tmp_path / "nowhere") == 0
