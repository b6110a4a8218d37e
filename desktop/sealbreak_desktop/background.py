"""Everything in the asyncio thread, put together: core, session, menu choices, clock."""

import asyncio
import logging
from collections.abc import Callable

from sealbreak_desktop.core import Core
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.logs import log_loop_fault
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.notifications.notifier import Notifier
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.session import Session
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.inputs import ClockTicked
from sealbreak_desktop.state.notification import NOTICE_KEY, Notification
from sealbreak_desktop.state.state import State
from sealbreak_desktop.system.scheduling import Tasks
from sealbreak_desktop.tray.choices import Choices
from sealbreak_desktop.tray.menu import Choice

CLOCK_INTERVAL = 30.0
"""Seconds between two checks of what depends on the time: the menu, and the end of a mute."""


log = logging.getLogger(__name__)


class Background:
    def __init__(
        self,
        paths: Paths,
        notifier: Notifier,
        publish: Callable[[State], None],
        warn: Callable[[str], None],
    ) -> None:
        self._paths = paths
        self._tasks = Tasks()
        self._requests = Requests(self._show_error)
        self._core = Core(
            notifier, self._requests, self._tasks, publish, lambda: self._session.reconnect()
        )
        self._session = Session(paths, self._core, self._requests, self._notice, warn)
        self._choices = Choices(self._core, self._requests, self._tasks, self._notice)

    @property
    def state(self) -> State:
        return self._core.state

    async def run(self) -> None:
        """Until it is cancelled."""
        asyncio.get_running_loop().set_exception_handler(log_loop_fault)
        self._tasks.start(self._core.notifications.run())
        self._tasks.start(self._watch_clock())
        try:
            await self._session.run()
        finally:
            await self._tasks.cancel()  # first, as the last notification is still saved as seen
            self._core.close()

    def reload(self) -> None:
        """The pairing has changed."""
        self._session.reload()

    def reconnect(self) -> None:
        self._session.reconnect()

    def choose(self, choice: Choice, event: Event | None = None) -> None:
        log.info("chosen: %s", choice.value)
        if choice is Choice.CONNECT_NOW:
            self.reconnect()
        elif choice is Choice.SIGN_OUT:
            self._tasks.start(self._sign_out())
        else:
            self._choices.choose(choice, event)

    async def _sign_out(self) -> None:
        if await self._requests.run(lambda: pairing.sign_out(self._paths)):
            self.reload()

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_INTERVAL)
            self._core.post(ClockTicked())
            self._core.refresh()

    def _show_error(self, error: SealbreakError) -> None:
        self._notice(error.title, error.message or error.advice)

    def _notice(self, title: str, body: str) -> None:
        notice = Notification(NOTICE_KEY, title, body)
        self._tasks.start(self._core.notifications.show(notice))
