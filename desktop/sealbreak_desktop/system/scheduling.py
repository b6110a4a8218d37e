"""Tasks and timers of the asyncio loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sealbreak_desktop.files.logs import log_fault


class Tasks:
    """Background tasks. A failure is logged, as nothing waits for their result."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    async def cancel(self) -> None:
        """Cancel all of them, and wait for their end."""
        ending = tuple(self._running)
        for task in ending:
            task.cancel()
        if ending:
            await asyncio.wait(ending)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log_fault(error)


class Throttle:
    """Limits calls: the first runs at once, then at most one in each interval."""

    def __init__(self, interval: float, call: Callable[[], None]) -> None:
        """`interval` in seconds."""
        self._interval = interval
        self._call = call
        self._timer: asyncio.TimerHandle | None = None
        self._requested = False

    def request(self) -> None:
        """Call it in the event loop."""
        if self._timer is None:
            self._run()
        else:
            self._requested = True

    def _run(self) -> None:
        self._requested = False
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._interval_ended)
        self._call()

    def _interval_ended(self) -> None:
        self._timer = None
        if self._requested:
            self._run()


class Timeout:
    """One call after a delay, which can be started again or stopped before it ends."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._timer: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        return self._timer is not None

    def start(self, seconds: float) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._ended)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ended(self) -> None:
        self._timer = None
        self._call()
