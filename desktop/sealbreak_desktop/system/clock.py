"""The clock, and the jump it makes while the machine sleeps."""

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

MIN_JUMP = 15.0
"""Seconds that the wall clock gains on the monotonic one before it counts as a sleep."""


class LocalZone(tzinfo):
    """The zone of this computer, with its changes of summer time.

    `datetime.astimezone()` without an argument knows only the offset of that one moment.
    """

    def utcoffset(self, time: datetime | None) -> timedelta | None:
        return None if time is None else time.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, time: datetime | None) -> str | None:
        return None if time is None else time.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, time: datetime) -> datetime:
        there = time.replace(tzinfo=UTC).astimezone()
        local = there.replace(tzinfo=self)
        # In the hour that comes twice, the offset tells which of the two is meant.
        return local if self.utcoffset(local) == there.utcoffset() else local.replace(fold=1)


LOCAL = LocalZone()


def now() -> datetime:
    """In the user's time zone, which is right for other dates too."""
    return datetime.now(LOCAL)


def zone_name(localtime: Path = Path("/etc/localtime")) -> str:
    """The IANA name of the zone; empty where the system does not tell it, as on Windows."""
    name = os.environ.get("TZ", "").removeprefix(":")
    if not name and localtime.is_symlink():
        name = str(localtime.readlink()).partition("zoneinfo/")[2]
    return name if name == "UTC" or "/" in name.strip("/") else ""


class ClockJump:
    """Detects a sleep of the machine: only the wall clock goes on meanwhile."""

    def __init__(self, wall: float, monotonic: float) -> None:
        self._offset = wall - monotonic

    def happened(self, wall: float, monotonic: float) -> bool:
        """Since the last call."""
        before, self._offset = self._offset, wall - monotonic
        return self._offset - before > MIN_JUMP
