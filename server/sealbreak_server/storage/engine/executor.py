"""Threads that jobs queue for."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sealbreak_server.errors import UnavailableError

T = TypeVar("T")


class JobExecutor:
    """Who queued while the database was found away is told so at once.

    Else each of a crowd would wait out its patience after the one before, and the crowd grow.
    """

    def __init__(self, threads: int, name: str) -> None:
        self.threads = ThreadPoolExecutor(threads, name)
        self._failed_at = 0.0
        self._failure = ""

    async def run(self, job: Callable[[], T]) -> T:
        came = time.monotonic()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, lambda: self._turn(job, came))

    def _turn(self, job: Callable[[], T], came: float) -> T:
        if came < self._failed_at:
            raise UnavailableError(self._failure)
        try:
            return job()
        except UnavailableError as error:
            self._failure, self._failed_at = error.message, time.monotonic()
            raise
