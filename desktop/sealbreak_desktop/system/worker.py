"""One thread for calls that block. It never keeps the process alive."""

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

MOST_WAITING = 64

log = logging.getLogger(__name__)
T = TypeVar("T")


class Worker:
    def __init__(self, name: str) -> None:
        self._calls: queue.Queue[Callable[[], None]] = queue.Queue(MOST_WAITING)
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, call: Callable[[], T]) -> Future[T]:
        """What cannot be queued any more is cancelled."""
        outcome: Future[T] = Future()

        def run() -> None:
            if not outcome.set_running_or_notify_cancel():
                return
            try:
                outcome.set_result(call())
            except Exception as error:  # it belongs to whoever waits
                outcome.set_exception(error)

        try:
            self._calls.put_nowait(run)
        except queue.Full:
            log.warning("too much is waiting; a call is dropped")
            outcome.cancel()
        return outcome

    def _run(self) -> None:
        while True:
            self._calls.get()()
