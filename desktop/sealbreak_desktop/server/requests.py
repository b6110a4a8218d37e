"""Calls of the server's API from the asyncio thread, one after the other, in a worker thread."""

import asyncio
import logging
from collections.abc import Callable

from sealbreak_desktop.errors import RefusedError, SealbreakError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.system.worker import Worker

log = logging.getLogger(__name__)


class Requests:
    def __init__(self, show_error: Callable[[SealbreakError], None]) -> None:
        self.api: Api | None = None
        """For the account that is signed in."""
        self._show_error = show_error
        self._worker = Worker("requests")

    async def run(self, call: Callable[[], object]) -> bool:
        """For the user, who sees a failure. False when it failed."""
        try:
            await asyncio.wrap_future(self._worker.submit(call))
        except SealbreakError as error:
            self._show_error(error)
            return False
        return True

    async def report(self, call: Callable[[Api], None]) -> bool:
        """For the other devices. False when it should be tried again."""
        if (api := self.api) is None:
            return False
        try:
            await asyncio.wrap_future(self._worker.submit(lambda: call(api)))
        except SealbreakError as error:
            log.info("not reported to the server: %s", type(error).__name__)
            return isinstance(error, RefusedError)
        return True

    async def event(self, number: int) -> Event | None:
        """The server's event with this number; `None` when there is no answer or no such event."""
        if (api := self.api) is None:
            return None
        try:
            return await asyncio.wrap_future(self._worker.submit(lambda: api.event(number)))
        except SealbreakError as error:
            log.info("event not fetched: %s", type(error).__name__)
            return None
