import asyncio
import sqlite3
import threading
from collections.abc import Callable

import pytest
from sealbreak_desktop.notifications import queue as module
from sealbreak_desktop.notifications.queue import NotificationQueue
from sealbreak_desktop.state.effects import SaveSeen, Show
from sealbreak_desktop.state.notification import Notification
from support.desktop.processes import eventually


class Recorder:
    name = "recorder"

    def __init__(self, done: list[object]) -> None:
        self._done = done

    def show(self, alert: Notification) -> None:
        if alert.key == "broken":
            raise ZeroDivisionError
        self._done.append(alert.key)

    def close(self) -> None:
        pass


def play(*effects: Show | SaveSeen, save_seen: Callable[[int], None] | None = None) -> list[object]:
    """What was done, in order, until a last notification has been shown."""
    done: list[object] = []

    async def run() -> None:
        waiting_queue = NotificationQueue(Recorder(done), save_seen or done.append)
        running = asyncio.create_task(waiting_queue.run())
        for effect in (*effects, show("last")):
            await waiting_queue.put(effect)
        await asyncio.to_thread(eventually, lambda: "last" in done)
        running.cancel()
        await asyncio.wait((running,))

    asyncio.run(run())
    return done[:-1]


def show(key: str) -> Show:
    return Show(Notification(key, "Title", "Body"))


def test_a_number_is_saved_after_the_notifications_before_it() -> None:
    assert play(show("a"), SaveSeen(1), show("b"), SaveSeen(2)) == ["a", 1, "b", 2]


def test_a_notification_that_fails_stops_nothing() -> None:
    assert play(show("broken"), SaveSeen(1)) == [1]


def test_a_number_that_cannot_be_saved_stops_nothing() -> None:
    def full(_: int) -> None:
        raise sqlite3.OperationalError("disk full")

    assert play(SaveSeen(1), show("a"), save_seen=full) == ["a"]


def test_waiting_entries_can_be_cleared() -> None:
    async def run() -> list[object]:
        done: list[object] = []
        waiting_queue = NotificationQueue(Recorder(done), done.append)
        await waiting_queue.put(show("a"))
        waiting_queue.clear()
        running = asyncio.create_task(waiting_queue.run())
        await waiting_queue.put(SaveSeen(1))
        await asyncio.to_thread(eventually, lambda: done)
        running.cancel()
        await asyncio.wait((running,))
        return done

    assert asyncio.run(run()) == [1]


def test_entries_put_together_stay_together_while_others_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 1)

    async def run() -> list[object]:
        done: list[object] = []
        waiting_queue = NotificationQueue(Recorder(done), done.append)
        await waiting_queue.put(show("a"))
        waiting = [
            asyncio.create_task(waiting_queue.put(show("b"), show("c"), SaveSeen(3))),
            asyncio.create_task(waiting_queue.put(SaveSeen(4))),
        ]
        await asyncio.sleep(0)
        running = asyncio.create_task(waiting_queue.run())
        await asyncio.wait(waiting)
        await asyncio.to_thread(eventually, lambda: len(done) == 5)
        running.cancel()
        await asyncio.wait((running,))
        return done

    assert asyncio.run(run()) == ["a", "b", "c", 3, 4]


def test_a_notification_being_shown_at_the_end_is_saved_as_seen() -> None:
    done: list[object] = []
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        def show(self, alert: Notification) -> None:
            begun.set()
            go_on.wait()
            super().show(alert)

    async def run() -> None:
        waiting_queue = NotificationQueue(Slow(done), done.append)
        await waiting_queue.put(show("a"), SaveSeen(1))
        await waiting_queue.put(show("b"), SaveSeen(2))
        running = asyncio.create_task(waiting_queue.run())
        await asyncio.to_thread(begun.wait)
        running.cancel()
        asyncio.get_running_loop().call_soon(go_on.set)
        await asyncio.wait((running,))

    asyncio.run(run())
    assert done == ["a", 1]
