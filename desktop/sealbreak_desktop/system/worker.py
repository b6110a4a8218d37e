"""A thread for calls that block. It does not keep the process alive."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

MAX_WAITING = 64
"""Calls."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class Worker:
    def __init__(self, name: str) -> None:
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue(MAX_WAITING)
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """The future is cancelled when the queue is full."""
        outcome: Future[T] = Future()

        def run() -> None:
            if not outcome.set_running_or_notify_cancel():
                return
            try:
                outcome.set_result(call())
            except Exception as error:  # the caller gets it from the future
                outcome.set_exception(error)

        try:
            self._calls.put_nowait(run)
        except queue.Full:
            log.warning("the queue is full; a call is dropped")
            outcome.cancel()
        return outcome

    def _run(self) -> None:
        while True:
            self._calls.get()()
