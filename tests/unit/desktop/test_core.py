"""The core with a real history, without a server."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sealbreak_desktop.core import Core
from sealbreak_desktop.files.history import History
from sealbreak_desktop.server.connection import Update
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.server.wire import EventFrame, Rewritten
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.effects import Show
from sealbreak_desktop.state.events import Erased
from sealbreak_desktop.state.inputs import Connected, Input, Mute, Received
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.state.state import State
from sealbreak_desktop.system.clock import now
from sealbreak_desktop.system.scheduling import Tasks
from support.desktop.notifier import StubNotifier
from support.desktop.processes import eventually
from support.desktop.scripted_server import golden

LAST = Notification("last", "", "")
"""Shown after all others."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Of an account that was paired before any event."""
    history = History(tmp_path / "history.sqlite3")
    history.save_silent_until(0)
    history.close()
    return tmp_path / "history.sqlite3"


def frame(number: int, subject: str = "Offer 12") -> EventFrame:
    raw = golden("clicked", number=number)
    raw["message"] |= {"subject": subject, "id": subject}
    return EventFrame(read_event(raw), raw)


def play(
    file: Path, *updates: Update | Input, then: Callable[[Core], None] = lambda _: None
) -> tuple[Core, StubNotifier, list[State], list[str]]:
    """The core, what popped up, the states that were published, and the reconnections."""
    notifier, states, reconnections = StubNotifier(), list[State](), list[str]()

    async def run() -> Core:
        tasks = Tasks()
        core = Core(
            notifier,
            Requests(lambda _: None),
            tasks,
            states.append,
            lambda: reconnections.append("now"),
        )
        core.open(History(file), "Ann")
        showing = asyncio.create_task(core.notifications.run())
        for update in updates:
            await core.emit(update)
        await core.notifications.put(Show(LAST))
        await asyncio.to_thread(eventually, lambda: LAST in notifier.shown)
        notifier.shown.remove(LAST)
        then(core)
        showing.cancel()
        await asyncio.wait((showing,))
        await tasks.cancel()
        core.close()
        return core

    return asyncio.run(run()), notifier, states, reconnections


def stored(file: Path) -> tuple[list[int], int]:
    """Numbers in the history, and the number saved as seen."""
    history = History(file)
    try:
        numbers = [event.number for event, _ in history.newest(100)]
        return numbers, history.snapshot(0).seen
    finally:
        history.close()


def test_an_event_is_recorded_shown_and_saved_as_seen(file: Path) -> None:
    core, notifier, states, _ = play(file, Connected(0, "Ann"), frame(1))
    assert [one.title for one in notifier.shown] == [
        "A link in your mail to Ann, 'Offer 12', was followed"
    ]
    assert stored(file) == ([1], 1)
    assert core.state.seen == 1
    assert states


def test_a_repeat_is_counted_by_the_history(file: Path) -> None:
    _, notifier, _, _ = play(file, Connected(0, "Ann"), frame(1), frame(2))
    assert notifier.shown[-1].title.endswith(" again")


def test_the_state_continues_where_the_history_stopped(file: Path) -> None:
    play(file, Connected(0, "Ann"), frame(1), Mute(now() + timedelta(hours=1)))
    core, notifier, _, _ = play(file)
    assert (core.state.seen, len(core.state.unread)) == (1, 1)
    assert core.state.is_muted(now())
    assert notifier.shown == []


def test_what_the_server_erased_is_gone_from_menu_and_history(file: Path) -> None:
    erased = Erased(before=1, numbers=((1, 1),), erasures=1)
    core, _, _, _ = play(file, Connected(0, "Ann"), frame(1, "a"), frame(2, "b"), erased)
    assert [event.number for event in core.state.recent] == [2]
    assert stored(file)[0] == [2]
    assert core.state.erasures == 1


def test_an_event_without_an_erased_person_takes_the_place_of_the_former(file: Path) -> None:
    before = frame(1, "a")
    raw = {**before.raw, "message": {**before.raw["message"], "recipients": []}}
    after = Rewritten(read_event(raw), raw)
    core, notifier, _, _ = play(file, Connected(0, "Ann"), before, frame(2, "b"), after)
    assert [(e.number, e == after.event) for e in core.state.recent] == [(2, False), (1, True)]
    assert (len(notifier.shown), len(core.state.unread), core.state.erasures) == (2, 2, 0)
    assert stored(file)[0] == [2, 1]


def test_a_restored_server_is_asked_for_all_events_again(file: Path) -> None:
    core, _, _, reconnections = play(
        file, Connected(0, "Ann"), frame(1, "a"), frame(2, "b"), Connected(1, "Ann")
    )
    assert reconnections == ["now"]
    assert core.state.seen == 0


def test_an_event_that_both_histories_have_is_shown_once(file: Path) -> None:
    _, first, _, _ = play(file, Connected(0, "Ann"), frame(1, "a"), frame(2, "b"))
    _, second, _, _ = play(file, Connected(1, "Ann"), frame(1, "a"))
    assert (len(first.shown), second.shown) == (2, [])
    assert stored(file)[0] == [1, 2]


def test_an_erased_event_of_an_earlier_epoch_is_gone_too(file: Path) -> None:
    updates = (Connected(0, "Ann"), frame(1, "a"), frame(2, "b"), Connected(1, "Ann"))
    erased = Erased(before=1, numbers=((1, 1),), erasures=1)
    core, _, _, _ = play(file, *updates, erased)
    assert [event.message for event in core.state.recent] == ["b"]
    assert stored(file)[0] == [2]


def test_nothing_happens_without_an_account(file: Path) -> None:
    def sign_out(core: Core) -> None:
        core.close()
        core.post(Received(frame(9).event))

    core, _, _, _ = play(file, then=sign_out)
    assert core.state.seen == 0
