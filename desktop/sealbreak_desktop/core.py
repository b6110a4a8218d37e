"""Input -> state machine -> effects. The history is written before the state machine decides."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from sealbreak_desktop.files.history import History
from sealbreak_desktop.notifications.notifier import Notifier
from sealbreak_desktop.notifications.queue import NotificationQueue
from sealbreak_desktop.server.connection import Update
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.server.wire import EventFrame, Rewritten
from sealbreak_desktop.state.effects import (
    CompareWithServer,
    Effect,
    ReportMute,
    ReportRead,
    SaveMute,
    SaveRead,
    SaveReadUpTo,
    SaveSeen,
    SaveSilentUntil,
    Show,
    StartEpoch,
    WaitForReplay,
)
from sealbreak_desktop.state.events import NOTHING_ERASED, Erased, Event
from sealbreak_desktop.state.inputs import (
    HistoryErased,
    Input,
    MuteReported,
    Received,
    ReplayEnded,
    ServerRestored,
    Skipped,
)
from sealbreak_desktop.state.machine.arrival import is_new
from sealbreak_desktop.state.machine.step import step
from sealbreak_desktop.state.state import MENU_EVENTS, State
from sealbreak_desktop.system.clock import now
from sealbreak_desktop.system.scheduling import Tasks, Throttle, Timeout

REFRESH_INTERVAL = 0.25
"""Seconds between two updates of icon and menu."""
REPLAY_TIMEOUT = 2.0
"""Seconds without an event after which a replay counts as ended."""

log = logging.getLogger(__name__)


class Core:
    def __init__(
        self,
        notifier: Notifier,
        requests: Requests,
        tasks: Tasks,
        publish: Callable[[State], None],
        reconnect: Callable[[], None],
    ) -> None:
        self.state = State()
        self.notifications = NotificationQueue(notifier, self._save_seen)
        self._requests = requests
        self._tasks = tasks
        self._reconnect = reconnect
        self._refresh = Throttle(REFRESH_INTERVAL, lambda: publish(self.state))
        self._replay = Timeout(lambda: self.post(ReplayEnded()))
        self._history: History | None = None

    def open(self, history: History, account: str) -> None:
        """Continue where this account's history stopped."""
        self.close()
        self.notifications.clear()  # another account's; it will be replayed there
        self._history = history
        kept = history.snapshot(MENU_EVENTS)
        self.show(
            State(
                account=account,
                seen=kept.seen,
                silent_until=kept.silent_until,
                recent=kept.recent,
                unread=kept.unread,
                muted_until=kept.muted_until,
                mute_chosen=kept.mute_chosen,
                mute_pending=kept.mute_pending,
                read_up_to=kept.read_up_to,
                erasures=kept.erasures,
            )
        )

    def close(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None

    def show(self, state: State) -> None:
        self.state = state
        self.refresh()

    def refresh(self) -> None:
        """Update icon and menu, which also depend on the time."""
        self._refresh.request()

    def post(self, what: Input) -> None:
        """Emit it from a task of its own. Ignored without an account."""
        if self._history is not None:
            self._tasks.start(self.emit(what))

    async def emit(self, update: Update | Input) -> None:
        """Waits while too many notifications are waiting."""
        what = self._record(update)
        state, effects = step(self.state, what, now().astimezone(UTC))
        self.show(state)
        for effect in effects:
            self._perform(effect)
        if queued := tuple(one for one in effects if isinstance(one, Show | SaveSeen)):
            await self.notifications.put(*queued)
        if isinstance(what, Received | Skipped) and self._replay.running:
            self._wait_for_replay()

    def _record(self, update: Update | Input) -> Input:
        """Write it to the history, and add what the history knows about it."""
        if isinstance(update, EventFrame):
            return self._record_event(update)
        if isinstance(update, Rewritten):
            return self._rewrite(update)
        return self._erase(update) if isinstance(update, Erased) else update

    def _record_event(self, frame: EventFrame) -> Received:
        assert self._history is not None
        event = frame.event
        if self._history.adopt(event):
            return Received(event, adopted=True)
        unread = is_new(self.state, event)
        return Received(event, self._history.record(event, frame.raw, unread))

    def _erase(self, erased: Erased) -> HistoryErased:
        assert self._history is not None
        messages = self._history.erase(erased)
        left = self._history.snapshot(MENU_EVENTS)
        log.info("the server has erased events: they are erased here too")
        return HistoryErased(erased, left.recent, left.unread, messages)

    def _rewrite(self, frame: Rewritten) -> HistoryErased:
        assert self._history is not None
        self._history.rewrite(frame.event, frame.raw)
        left = self._history.snapshot(MENU_EVENTS)
        return HistoryErased(NOTHING_ERASED, left.recent, left.unread)

    def _perform(self, effect: Effect) -> None:
        """Effects for the notification queue go there together."""
        assert self._history is not None
        match effect:
            case StartEpoch(number):
                self._start_epoch(number)
            case CompareWithServer():
                if ours := self._history.newest_of_epoch():
                    self._tasks.start(self._compare_with_server(ours))
            case SaveSilentUntil() | SaveRead() | SaveReadUpTo() | SaveMute():
                self._history.save(effect)
            case ReportRead(number):
                self._tasks.start(self._report_read(number))
            case ReportMute(until):
                self._tasks.start(self._report_mute(until))
            case WaitForReplay():
                self._wait_for_replay()

    def _start_epoch(self, number: int) -> None:
        """Request all events that both histories may have, to find the new ones among them."""
        assert self._history is not None
        log.warning("the server was restored from a backup")
        self.notifications.clear()
        self._history.start_epoch(number)
        self.state = replace(self.state, seen=self._history.snapshot(0).seen)
        self._reconnect()

    async def _compare_with_server(self, ours: Event) -> None:
        history, theirs = self._history, await self._requests.event(ours.number)
        if theirs is not None and theirs != ours and self._history is history:
            await self.emit(ServerRestored())

    async def _report_read(self, number: int) -> None:
        await self._requests.report(lambda api: api.mark_read(number))

    async def _report_mute(self, until: datetime | None) -> None:
        if await self._requests.report(lambda api: api.snooze(until)):
            self.post(MuteReported(until))

    def _wait_for_replay(self) -> None:
        self._replay.stop()
        if self.state.pending or self.state.seen < self.state.replay_until:
            self._replay.start(REPLAY_TIMEOUT)

    def _save_seen(self, number: int) -> None:
        # A greater number is of a server that was restored since, or of another account.
        if self._history is not None and number <= self.state.seen:
            self._history.save_seen(number)
