"""Shows notifications one after the other, then saves the number of the events they were about."""

import asyncio
import sqlite3
from collections.abc import Callable

from sealbreak_desktop.files.logs import log_fault
from sealbreak_desktop.notifications.notifier import Notifier
from sealbreak_desktop.state.effects import SaveSeen, Show
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.system.worker import Worker

SHUTDOWN_TIMEOUT = 1.0
"""Seconds for a notification that is being shown when the program ends."""
MAX_WAITING = 32
"""Entries. When it is full, the connection waits. It resumes by number if the server closes it."""


class NotificationQueue:
    def __init__(self, notifier: Notifier, save_seen: Callable[[int], None]) -> None:
        self._notifier = notifier
        self._save_seen = save_seen
        self._worker = Worker("notifications")
        self._waiting: asyncio.Queue[tuple[Show | SaveSeen, ...]] = asyncio.Queue(MAX_WAITING)

    async def put(self, *effects: Show | SaveSeen) -> None:
        """Kept together and in this order. Waits while the queue is full."""
        await self._waiting.put(effects)

    def clear(self) -> None:
        while not self._waiting.empty():
            self._waiting.get_nowait()

    async def run(self) -> None:
        """Until it is cancelled. What is being shown then is still saved as seen."""
        while True:
            current = asyncio.create_task(self._perform(await self._waiting.get()))
            try:
                await asyncio.shield(current)
            except asyncio.CancelledError:
                await asyncio.wait((current,), timeout=SHUTDOWN_TIMEOUT)
                raise

    async def _perform(self, effects: tuple[Show | SaveSeen, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Show):
                await self.show(effect.notification)
            else:
                self._save(effect.number)

    def _save(self, number: int) -> None:
        try:
            self._save_seen(number)
        except sqlite3.Error as error:  # the next start shows the event again
            log_fault(error)

    async def show(self, notification: Notification) -> None:
        """At once, before those in the queue."""
        outcome = self._worker.submit(lambda: self._notifier.show(notification))
        if outcome.cancelled():  # the worker is full; waiting would cancel the caller
            return
        try:
            await asyncio.wrap_future(outcome)
        except Exception as error:  # a fault of the desktop must not stop the history
            log_fault(error)
