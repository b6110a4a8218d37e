"""Threads that run jobs in the order of arrival."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from sealbreak_server.errors import UnavailableError

T = TypeVar("T")


class JobExecutor:
    """Jobs queued during an outage fail at once instead of each waiting for its own timeout.

    With many jobs in the queue, waiting for each would let the queue grow without end.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._count = threads
        self._threads = ThreadPoolExecutor(threads, name)
        self._failed_at = 0.0
        self._failure = ""

    async def run(self, job: Callable[[], T]) -> T:
        queued_at = time.monotonic()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self._run(job, queued_at))

    def _run(self, job: Callable[[], T], queued_at: float) -> T:
        if queued_at < self._failed_at:
            raise UnavailableError(self._failure)
        try:
            return job()
        except UnavailableError as error:
            self._failure, self._failed_at = error.message, time.monotonic()
            raise

    def run_in_each(self, job: Callable[[], object]) -> None:
        """Runs the job once in each thread, after the jobs that are queued, and waits for it."""
        barrier = threading.Barrier(self._count)

        def once_per_thread() -> None:
            barrier.wait(timeout=30)  # no thread takes a second of these jobs before all have one
            job()

        wait([self._threads.submit(once_per_thread) for _ in range(self._count)])

    def shutdown(self) -> None:
        self._threads.shutdown()
