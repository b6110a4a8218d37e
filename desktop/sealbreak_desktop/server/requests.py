"""Calls of the server, for the user and for the other devices: one after the other, in a worker."""

import asyncio
import logging
from collections.abc import Callable

from sealbreak_desktop.errors import RefusedError, SealbreakError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.system.worker import Worker

log = logging.getLogger(__name__)


class Errands:
    def __init__(self, tell_user: Callable[[SealbreakError], None]) -> None:
        self.api: Api | None = None
        """Of the account that is signed in."""
        self._tell_user = tell_user
        self._worker = Worker("errands")

    async def run(self, call: Callable[[], object]) -> bool:
        """For the user, who is told when it cannot be done."""
        try:
            await asyncio.wrap_future(self._worker.submit(call))
        except SealbreakError as error:
            self._tell_user(error)
            return False
        return True

    async def report(self, call: Callable[[Api], None]) -> bool:
        """For the other devices. False when it is worth another try."""
        if (api := self.api) is None:
            return False
        try:
            await asyncio.wrap_future(self._worker.submit(lambda: call(api)))
        except SealbreakError as error:
            log.info("not told to the server: %s", type(error).__name__)
            return isinstance(error, RefusedError)
        return True

    async def event(self, number: int) -> Event | None:
        """What the server has under this number; `None` when it does not say."""
        if (api := self.api) is None:
            return None
        try:
            return await asyncio.wrap_future(self._worker.submit(lambda: api.event(number)))
        except SealbreakError as error:
            log.info("not looked up: %s", type(error).__name__)
            return None
