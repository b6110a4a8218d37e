import asyncio
import sqlite3
import threading
from collections.abc import Callable

import pytest
from sealbreak_desktop.notifications import queue as module
from sealbreak_desktop.notifications.queue import Announcer
from sealbreak_desktop.state.effects import Remember, Show
from sealbreak_desktop.state.notification import Alert
from support.desktop.processes import eventually


class Recorder:
    name = "recorder"

    def __init__(self, done: list[object]) -> None:
        self._done = done

    def show(self, alert: Alert) -> None:
        if alert.key == "broken":
            raise ZeroDivisionError
        self._done.append(alert.key)

    def close(self) -> None:
        pass


def play(*effects: Show | Remember, remember: Callable[[int], None] | None = None) -> list[object]:
    """What was done, in order, when a last alert has been shown."""
    done: list[object] = []

    async def run() -> None:
        announcer = Announcer(Recorder(done), remember or done.append)
        running = asyncio.create_task(announcer.run())
        for effect in (*effects, show("last")):
            await announcer.put(effect)
        await asyncio.to_thread(eventually, lambda: "last" in done)
        running.cancel()
        await asyncio.wait((running,))

    asyncio.run(run())
    return done[:-1]


def show(key: str) -> Show:
    return Show(Alert(key, "Title", "Body"))


def test_a_number_is_remembered_after_what_was_shown_before_it() -> None:
    assert play(show("a"), Remember(1), show("b"), Remember(2)) == ["a", 1, "b", 2]


def test_an_alert_that_breaks_stops_nothing() -> None:
    assert play(show("broken"), Remember(1)) == [1]


def test_a_number_that_cannot_be_kept_stops_nothing() -> None:
    def full(_: int) -> None:
        raise sqlite3.OperationalError("disk full")

    assert play(Remember(1), show("a"), remember=full) == ["a"]


def test_what_waits_can_be_dropped() -> None:
    async def run() -> list[object]:
        done: list[object] = []
        announcer = Announcer(Recorder(done), done.append)
        await announcer.put(show("a"))
        announcer.clear()
        running = asyncio.create_task(announcer.run())
        await announcer.put(Remember(1))
        await asyncio.to_thread(eventually, lambda: done)
        running.cancel()
        await asyncio.wait((running,))
        return done

    assert asyncio.run(run()) == [1]


def test_what_belongs_together_stays_together_though_others_wait_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_UNSHOWN", 1)

    async def run() -> list[object]:
        done: list[object] = []
        announcer = Announcer(Recorder(done), done.append)
        await announcer.put(show("a"))
        waiting = [
            asyncio.create_task(announcer.put(show("b"), show("c"), Remember(3))),
            asyncio.create_task(announcer.put(Remember(4))),
        ]
        await asyncio.sleep(0)
        running = asyncio.create_task(announcer.run())
        await asyncio.wait(waiting)
        await asyncio.to_thread(eventually, lambda: len(done) == 5)
        running.cancel()
        await asyncio.wait((running,))
        return done

    assert asyncio.run(run()) == ["a", "b", "c", 3, 4]


def test_what_is_being_shown_at_the_end_is_remembered() -> None:
    done: list[object] = []
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        def show(self, alert: Alert) -> None:
            begun.set()
            go_on.wait()
            super().show(alert)

    async def run() -> None:
        announcer = Announcer(Slow(done), done.append)
        await announcer.put(show("a"), Remember(1))
        await announcer.put(show("b"), Remember(2))
        running = asyncio.create_task(announcer.run())
        await asyncio.to_thread(begun.wait)
        running.cancel()
        asyncio.get_running_loop().call_soon(go_on.set)
        await asyncio.wait((running,))

    asyncio.run(run())
    assert done == ["a", 1]
