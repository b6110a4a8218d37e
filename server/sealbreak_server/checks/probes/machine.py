"""This machine: its clock, its time zone, and the room on its disk."""

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from sealbreak_server.model.preferences import zone_of

TIMEX_BYTES = 512
"""More than Linux's `struct timex` has on any processor. All zero, it asks and changes nothing."""
UNSYNCHRONISED = 5
"""Linux's TIME_ERROR."""


def is_synchronised() -> bool | None:
    """Whether a time service keeps the clock, by the kernel; `None` where it cannot be asked."""
    if sys.platform != "linux":
        return None
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != UNSYNCHRONISED)


def time_zone() -> str:
    return time.strftime("%Z (%z)")


def unknown_zones(names: Iterable[str]) -> list[str]:
    return [name for name in names if not _is_known(name)]


def _is_known(name: str) -> bool:
    try:
        zone_of(name)
    except ValueError:
        return False
    return True


def free_room(folder: Path) -> tuple[int, int | None]:
    """Free bytes, and free files where their number has a bound. Raises `OSError`."""
    place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    files = None
    if sys.platform != "win32":
        stated = os.statvfs(place)
        files = stated.f_favail if stated.f_files else None
    return shutil.disk_usage(place).free, files
