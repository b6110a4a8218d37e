"""Numbers, lengths of time and lists in words."""

from collections.abc import Sequence
from datetime import UTC, datetime

DAY = 24 * 3600
_UNITS = (
    (2 * DAY, DAY, "days"),
    (2 * 3600, 3600, "hours"),
    (120, 60, "minutes"),
    (0, 1, "seconds"),
)


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    unit, name = next(row[1:] for row in _UNITS if seconds >= row[0])
    return f"{round(seconds / unit)} {name}"


def when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def size(octets: float) -> str:
    return f"{octets / 1e9:,.1f} GB" if octets >= 1e9 else f"{octets / 1e6:,.0f} MB"


def listed(words: Sequence[str]) -> str:
    """a, b and c"""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
