"""Many changes, few refreshes: the first at once, then at most one for each interval."""

import asyncio
from collections.abc import Callable


class Coalescer:
    def __init__(self, interval: float, refresh: Callable[[], None]) -> None:
        self._interval = interval
        self._refresh = refresh
        self._resting: asyncio.TimerHandle | None = None
        self._changed = False

    def change(self) -> None:
        """Call it in the event loop."""
        if self._resting is None:
            self._now()
        else:
            self._changed = True

    def _now(self) -> None:
        self._changed = False
        self._resting = asyncio.get_running_loop().call_later(self._interval, self._rested)
        self._refresh()

    def _rested(self) -> None:
        self._resting = None
        if self._changed:
            self._now()
