"""The clock, and the jump it makes while the machine sleeps."""

from datetime import datetime

MIN_JUMP = 15.0
"""Seconds that the wall clock gains on the monotonic one before it counts as a sleep."""


def now() -> datetime:
    """In the user's time zone."""
    return datetime.now().astimezone()


class ClockJump:
    """Detects a sleep of the machine: only the wall clock goes on meanwhile."""

    def __init__(self, wall: float, monotonic: float) -> None:
        self._offset = wall - monotonic

    def happened(self, wall: float, monotonic: float) -> bool:
        """Since the last call."""
        before, self._offset = self._offset, wall - monotonic
        return self._offset - before > MIN_JUMP
