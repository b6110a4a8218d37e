"""Shows alerts one after the other, and has the number of what was told remembered after it."""

import asyncio
import sqlite3
from collections.abc import Callable

from sealbreak_desktop.files.logs import log_fault
from sealbreak_desktop.notifications.notifier import Notifier
from sealbreak_desktop.state.effects import Remember, Show
from sealbreak_desktop.state.notification import Alert
from sealbreak_desktop.system.worker import Worker

LAST_SECONDS = 1.0
"""For the alerts that are on their way when the program ends."""
MOST_UNSHOWN = 32
"""Of what waits; then the server waits, and may cut us off: we resume by number."""


class Announcer:
    def __init__(self, notifier: Notifier, remember: Callable[[int], None]) -> None:
        self._notifier = notifier
        self._remember = remember
        self._worker = Worker("alerts")
        self._unshown: asyncio.Queue[tuple[Show | Remember, ...]] = asyncio.Queue(MOST_UNSHOWN)

    async def put(self, *effects: Show | Remember) -> None:
        """In this order, with nothing of others between them. Waits when too much is waiting."""
        await self._unshown.put(effects)

    def clear(self) -> None:
        while not self._unshown.empty():
            self._unshown.get_nowait()

    async def run(self) -> None:
        """Until it is cancelled. What is just being shown is remembered even then."""
        while True:
            telling = asyncio.create_task(self._tell(await self._unshown.get()))
            try:
                await asyncio.shield(telling)
            except asyncio.CancelledError:
                await asyncio.wait((telling,), timeout=LAST_SECONDS)
                raise

    async def _tell(self, effects: tuple[Show | Remember, ...]) -> None:
        for effect in effects:
            if isinstance(effect, Show):
                await self.show(effect.alert)
            else:
                self._note(effect.number)

    def _note(self, number: int) -> None:
        try:
            self._remember(number)
        except sqlite3.Error as error:  # told again at the next start, rather than never
            log_fault(error)

    async def show(self, alert: Alert) -> None:
        """At once, before those that wait."""
        outcome = self._worker.submit(lambda: self._notifier.show(alert))
        if outcome.cancelled():  # too many wait; to wait for it would end who waits
            return
        try:
            await asyncio.wrap_future(outcome)
        except Exception as error:  # a desktop's fault must not stop the history
            log_fault(error)
