"""Does what the user chose in the menu or on a pop-up."""

from collections.abc import Callable

from sealbreak_desktop.core import Core
from sealbreak_desktop.server import pages
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.state.events import Event, GmailThread
from sealbreak_desktop.state.inputs import MarkRead, Mute, Unmute
from sealbreak_desktop.state.wording import only_person
from sealbreak_desktop.system.browser import open_link
from sealbreak_desktop.system.clock import now
from sealbreak_desktop.system.scheduling import Tasks
from sealbreak_desktop.tray.menu import MUTE_ENDS, Choice


class Choices:
    """In the asyncio thread."""

    def __init__(
        self, core: Core, requests: Requests, tasks: Tasks, notice: Callable[[str, str], None]
    ) -> None:
        self._core = core
        self._requests = requests
        self._tasks = tasks
        self._notice = notice

    def choose(self, choice: Choice, event: Event | None = None) -> None:
        match choice:
            case Choice.OPEN_EVENT | Choice.OPEN_HISTORY:
                self._tasks.start(self._open(pages.page_of(event), event))
            case Choice.OPEN_GMAIL if event is not None and event.gmail is not None:
                self._tasks.start(self._open_gmail(event, event.gmail))
            case Choice.SETTINGS:
                self._tasks.start(self._open(pages.SETTINGS_PAGE))
            case Choice.MUTE_MAIL | Choice.UNMUTE_MAIL if event is not None:
                self._tasks.start(self._mute_mail(event, choice is Choice.MUTE_MAIL))
            case Choice.MUTE_PERSON | Choice.UNMUTE_PERSON if event is not None:
                self._tasks.start(self._mute_person(event, choice is Choice.MUTE_PERSON))
            case Choice.MARK_READ:
                self._core.post(MarkRead())
            case Choice.MUTE_HALF_HOUR | Choice.MUTE_HOUR | Choice.MUTE_TODAY:
                self._core.post(Mute(MUTE_ENDS[choice](now())))
            case Choice.UNMUTE:
                self._core.post(Unmute())

    async def _open_gmail(self, event: Event, thread: GmailThread) -> None:
        if await self._requests.run(lambda: open_link(pages.gmail_link(thread))):
            self._core.post(MarkRead(event.message))

    async def _open(self, page: str, event: Event | None = None) -> None:
        opened = await self._request(lambda api: pages.open_page(api, page))
        if opened and event and event.message:
            self._core.post(MarkRead(event.message))

    async def _mute_mail(self, event: Event, muted: bool) -> None:
        await self._request(lambda api: api.mute_message(event.message, muted))

    async def _mute_person(self, event: Event, muted: bool) -> None:
        if (person := only_person(event)) is not None:
            await self._request(lambda api: api.mute_person(person.address, muted))

    async def _request(self, call: Callable[[Api], object]) -> bool:
        """The user sees a failure."""
        if (api := self._requests.api) is None:
            self._notice("Sealbreak is not signed in", self._core.state.problem)
            return False
        return await self._requests.run(lambda: call(api))
