"""What runs in the asyncio thread: pairing -> connection -> state -> history and alerts."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.credentials import LIMIT, begin, locked
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.logs import log_complaint, log_fault
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import Pairing, load_pairing
from sealbreak_desktop.notifications.notifier import Notifier
from sealbreak_desktop.notifications.queue import Announcer
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.connection import Account, Connection, Place, Told
from sealbreak_desktop.server.requests import Errands
from sealbreak_desktop.state.effects import (
    BeSilentUntil,
    CompareWithServer,
    Effect,
    KeepMute,
    KeepRead,
    KeepReadUpTo,
    Remember,
    Show,
    StartOver,
    TellRead,
    TellSnooze,
    WaitForReplay,
)
from sealbreak_desktop.state.events import Erased, Event
from sealbreak_desktop.state.notification import NOTICE_KEY, Alert
from sealbreak_desktop.state.state import (
    SLOTS,
    ClockTicked,
    Forgotten,
    Input,
    Link,
    Lost,
    MarkRead,
    Mute,
    MuteTold,
    Received,
    ReplayEnded,
    SetBack,
    SignedOut,
    State,
    Unmute,
    is_news,
    step,
)
from sealbreak_desktop.system import browser
from sealbreak_desktop.system.diagnosis import Troubles, free_on, trouble_of
from sealbreak_desktop.system.timers import Coalescer
from sealbreak_desktop.text import only_person
from sealbreak_desktop.tray.menu import MUTE_ENDS, Choice

REFRESH = 0.25
"""Seconds between two changes of icon and menu."""
CLOCK = 30.0
"""Seconds after which times in the menu and the end of a mute are looked at again."""
REPLAY_PATIENCE = 2.0
"""Seconds without an event after which a replay counts as over."""
AFTER_A_FAULT = 60.0
NOT_PAIRED = "run `sealbreak pair ADDRESS CODE` in a terminal"

log = logging.getLogger(__name__)


class Core:
    def __init__(
        self,
        paths: Paths,
        notifier: Notifier,
        publish: Callable[[State], None],
        say: Callable[[str], None],
    ) -> None:
        self.state = State()
        self._paths = paths
        self._say = say
        self._refresh = Coalescer(REFRESH, lambda: publish(self.state))
        self._announcer = Announcer(notifier, self._remember)
        self._errands = Errands(self._tell_user)
        self._reload = asyncio.Event()
        self._hurry = asyncio.Event()
        self._history: History | None = None
        self._connection: Connection | None = None
        self._replay: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._troubles = Troubles()

    async def run(self) -> None:
        """Until it is cancelled."""
        asyncio.get_running_loop().set_exception_handler(log_complaint)
        self._begin(self._announcer.run())
        self._begin(self._watch_clock())
        try:
            while True:
                await self._session_until_reload()
        finally:
            ending = tuple(self._tasks)
            for task in ending:
                task.cancel()
            await asyncio.wait(ending)
            self._close_history()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log_fault(error)

    # A session: from one pairing to the next.

    async def _session_until_reload(self) -> None:
        self._reload.clear()
        session = asyncio.create_task(self._session())
        reload = asyncio.create_task(self._reload.wait())
        try:
            await asyncio.wait((session, reload), return_when=asyncio.FIRST_COMPLETED)
            if session.done() and (error := session.exception()):
                await self._survive(error)
            elif session.done():
                await reload
        finally:
            for task in (session, reload):
                task.cancel()
            await asyncio.wait((session, reload))
            self._connection = self._errands.api = None

    async def _survive(self, error: BaseException) -> None:
        """The last boundary: whatever broke, the tray stays and tries again."""
        log_fault(error)
        self._close_history()
        trouble = trouble_of(error, free_on(self._paths.state))
        await self.tell(Lost(trouble.title))
        self._say(str(trouble))
        if self._troubles.is_new(trouble, asyncio.get_running_loop().time()):
            self._notice(trouble.title, trouble.advice)
        await self._wait_for_user(AFTER_A_FAULT)

    async def _session(self) -> None:
        paired = load_pairing(self._paths.settings)
        if paired is None or not paired.signed_in:
            self.state = State(link=Link.SIGNED_OUT, problem=NOT_PAIRED)
            self._refresh.change()
            self._say(f"Not paired: {NOT_PAIRED}")
            return
        self._open_history(paired)
        token = await self._token(paired)
        self._errands.api = Api(paired.address, token)
        account = Account(paired.address, token)
        self._connection = Connection(account, self._place, self.tell)
        await self._connection.run()

    def _place(self) -> Place:
        return self.state.seen, self.state.erasures

    def _open_history(self, paired: Pairing) -> None:
        self._close_history()
        self._announcer.clear()  # another account's; it will be replayed there
        self._history = History(self._paths.history(paired.owner))
        self._history.forget_oldest()
        kept = self._history.snapshot(SLOTS)
        self.state = State(
            account=paired.account,
            seen=kept.seen,
            silent_until=kept.silent_until,
            recent=kept.recent,
            unread=kept.unread,
            muted_until=kept.muted_until,
            mute_waits=kept.mute_waits,
            read_up_to=kept.read_up_to,
            erasures=kept.erasures,
        )
        self._refresh.change()
        if self._history.set_aside:
            title = "The history on this computer was damaged"
            body = f"It is kept as {self._history.set_aside.name} and filled again by the server."
            if kept.silent_until is None:
                body += " Look through it: what is new in it makes no pop-up."
            self._say(f"{title}. {body}")
            self._notice(title, body)

    def _close_history(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None

    async def _token(self, paired: Pairing) -> str:
        """Waits for a keyring to be unlocked, and says so."""
        store = pairing.credentials_of(paired, self._paths, limit=None)
        while True:
            asked = asyncio.wrap_future(begin(store.load))
            try:
                done, _ = await asyncio.wait((asked,), timeout=LIMIT)
                if not done:
                    await self._cannot_load(locked())
                if token := await asked:
                    return token
                await self.tell(SignedOut(NOT_PAIRED))
            except SealbreakError as error:
                await self._cannot_load(error)
            await self._wait_for_user(None)

    async def _cannot_load(self, error: SealbreakError) -> None:
        await self.tell(Lost(error.title))
        self._say(str(error))
        self._notice(error.title, error.advice)

    async def _wait_for_user(self, seconds: float | None) -> None:
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)

    # Inputs and their effects.

    async def tell(self, told: Told | Input) -> None:
        """Take an input in. Waits when too many alerts are waiting."""
        what = self._take_in(told)
        self.state, effects = step(self.state, what, now())
        self._refresh.change()
        for effect in effects:
            self._perform(effect)
        if told_of := tuple(one for one in effects if isinstance(one, Show | Remember)):
            await self._announcer.put(*told_of)
        if isinstance(what, Received) and self._replay is not None:
            self._wait_for_replay()

    def _take_in(self, told: Told | Input) -> Input:
        """The history comes first: what it says of the news goes on with them."""
        if isinstance(told, tuple):
            return self._record(*told)
        return self._erase(told) if isinstance(told, Erased) else told

    def _erase(self, erased: Erased) -> Forgotten:
        assert self._history is not None
        self._history.erase(erased)
        left = self._history.snapshot(SLOTS)
        log.info("the server has erased events: they are erased here too")
        return Forgotten(erased, left.recent, left.unread)

    def _record(self, event: Event, raw: dict[str, Any]) -> Received:
        assert self._history is not None
        if not event.known:
            return Received(event)
        if self._history.take_over(event):
            return Received(event, told=True)
        unread = is_news(self.state, event)
        return Received(event, self._history.record(event, raw, unread))

    def _perform(self, effect: Effect) -> None:
        assert self._history is not None
        match effect:
            case StartOver(number):
                self._start_over(number)
            case CompareWithServer():
                if ours := self._history.newest_of_now():
                    self._begin(self._compare_with_server(ours))
            case BeSilentUntil() | KeepRead() | KeepReadUpTo() | KeepMute():
                self._history.keep(effect)
            case TellRead(number):
                self._begin(self._tell_read(number))
            case TellSnooze(until):
                self._begin(self._tell_snooze(until))
            case WaitForReplay():
                self._wait_for_replay()

    def _start_over(self, number: int) -> None:
        """All that both histories may have is asked for once more, to tell what is new in it."""
        assert self._history is not None
        log.warning("the server was set back to an older copy of itself")
        self._announcer.clear()
        self._history.start_over(number)
        self.state = replace(self.state, seen=self._history.snapshot(0).seen)
        self.hurry()

    async def _compare_with_server(self, ours: Event) -> None:
        history, theirs = self._history, await self._errands.event(ours.number)
        if theirs is not None and theirs.known and theirs != ours and self._history is history:
            await self.tell(SetBack())

    def _wait_for_replay(self) -> None:
        if self._replay is not None:
            self._replay.cancel()
            self._replay = None
        if self.state.missed or self.state.seen < self.state.replay_until:
            loop = asyncio.get_running_loop()
            self._replay = loop.call_later(REPLAY_PATIENCE, self._end_replay)

    def _end_replay(self) -> None:
        self._replay = None
        if self._history is not None:
            self._begin(self.tell(ReplayEnded()))

    def _remember(self, number: int) -> None:
        # A greater number is one of a server that was set back since, or of another account.
        if self._history is not None and number <= self.state.seen:
            self._history.remember(number)

    def _notice(self, title: str, body: str) -> None:
        self._begin(self._announcer.show(Alert(NOTICE_KEY, title, body)))

    def _tell_user(self, error: SealbreakError) -> None:
        self._notice(error.title, error.message or error.advice)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(CLOCK)
            self._take(ClockTicked())
            self._refresh.change()

    # What the user chooses.

    def reload(self) -> None:
        self._reload.set()
        self._hurry.set()

    def hurry(self) -> None:
        """Connect at once: what seems to be a connection may be dead."""
        self._hurry.set()
        if self._connection is not None:
            self._connection.hurry()

    def choose(self, choice: Choice, event: Event | None = None) -> None:
        log.info("chosen: %s", choice.value)
        match choice:
            case Choice.OPEN_EVENT | Choice.OPEN_HISTORY:
                self._begin(self._open(browser.page_of(event), event))
            case Choice.SETTINGS:
                self._begin(self._open(browser.SETTINGS_PAGE))
            case Choice.MUTE_MAIL | Choice.UNMUTE_MAIL | Choice.MUTE_PERSON | Choice.UNMUTE_PERSON:
                self._begin(self._mute(choice, event))
            case Choice.MARK_READ:
                self._take(MarkRead())
            case Choice.MUTE_HALF_HOUR | Choice.MUTE_HOUR | Choice.MUTE_TODAY:
                self._take(Mute(MUTE_ENDS[choice](now())))
            case Choice.UNMUTE:
                self._take(Unmute())
            case Choice.CONNECT_NOW:
                self.hurry()
            case Choice.SIGN_OUT:
                self._begin(self._sign_out())

    def _take(self, what: Input) -> None:
        if self._history is not None:
            self._begin(self.tell(what))

    async def _open(self, page: str, event: Event | None = None) -> None:
        if await self._ask(lambda api: browser.open_page(api, page)) and event and event.message:
            self._take(MarkRead(event.message))

    async def _mute(self, choice: Choice, event: Event | None) -> None:
        if event is None:
            return
        muted = choice in (Choice.MUTE_MAIL, Choice.MUTE_PERSON)
        if choice in (Choice.MUTE_MAIL, Choice.UNMUTE_MAIL):
            await self._ask(lambda api: api.mute_message(event.message, muted))
        elif (person := only_person(event)) is not None:
            await self._ask(lambda api: api.mute_person(person.address, muted))

    async def _ask(self, call: Callable[[Api], object]) -> bool:
        """Of the server, for the user, who is told when it cannot be done."""
        if (api := self._errands.api) is None:
            self._notice("Sealbreak is not signed in", self.state.problem)
            return False
        return await self._errands.run(lambda: call(api))

    async def _sign_out(self) -> None:
        if await self._errands.run(lambda: pairing.sign_out(self._paths)):
            self.reload()

    async def _tell_read(self, number: int) -> None:
        await self._errands.report(lambda api: api.mark_read(number))

    async def _tell_snooze(self, until: datetime | None) -> None:
        if await self._errands.report(lambda api: api.snooze(until)):
            self._take(MuteTold(until))


def now() -> datetime:
    """In the user's time zone."""
    return datetime.now().astimezone()
