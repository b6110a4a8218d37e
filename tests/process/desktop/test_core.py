import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sealbreak_desktop import core as module
from sealbreak_desktop.core import Core
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.notifications import queue
from sealbreak_desktop.server import connection, pairing
from sealbreak_desktop.state.events import Event, read_event
from sealbreak_desktop.state.notification import Alert
from sealbreak_desktop.state.state import Link, State
from sealbreak_desktop.tray.menu import Choice
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, frame, golden, hello
from support.desktop.tray import write_pairing
from websockets.asyncio.server import ServerConnection


class Recorder:
    """A notifier that keeps what it was to show."""

    name = "recorder"

    def __init__(self) -> None:
        self.shown: list[Alert] = []
        self.fault: Exception | None = None
        self.before: Callable[[], None] = lambda: None

    def show(self, alert: Alert) -> None:
        self.before()
        if self.fault:
            raise self.fault
        self.shown.append(alert)

    def close(self) -> None:
        pass


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_from({"SEALBREAK_STATE": str(tmp_path)})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        write_pairing(tmp_path, running.address, "secret")
        yield running


def play(
    paths: Paths,
    notifier: Recorder,
    until: Callable[[Core], bool],
    *choices: Choice,
    about: Event | None = None,
) -> tuple[Core, list[State], list[str]]:
    """Run it until a condition holds; the choices are made once it is online."""
    states: list[State] = []
    said: list[str] = []

    async def run() -> Core:
        core = Core(paths, notifier, states.append, said.append)
        task = asyncio.create_task(core.run())
        if choices:
            await asyncio.to_thread(eventually, lambda: core.state.link is Link.ONLINE)
        for choice in choices:
            core.choose(choice, about)
        await asyncio.to_thread(eventually, lambda: until(core))
        task.cancel()
        await asyncio.wait((task,))
        return core

    return asyncio.run(run()), states, said


def remembered(paths: Paths) -> int:
    history = History(paths.history("abcdefgh"))
    try:
        return history.snapshot(0).seen
    finally:
        history.close()


def be_paired_since(paths: Paths, number: int) -> None:
    history = History(paths.history("abcdefgh"))
    history.be_silent_until(number)
    history.close()


def test_an_event_is_written_before_it_is_shown(paths: Paths, server: ScriptedServer) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    notifier, written = Recorder(), list[int]()

    def look() -> None:
        with sqlite3.connect(paths.history("abcdefgh")) as db:
            written.extend(number for (number,) in db.execute("SELECT number FROM event"))
            written.append(len(db.execute("SELECT 1 FROM fact WHERE name = 'seen'").fetchall()))
        db.close()

    notifier.before = look
    play(paths, notifier, lambda _: bool(notifier.shown))
    assert written == [4, 0]


def test_a_shown_event_is_remembered(paths: Paths, server: ScriptedServer) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    play(paths, Recorder(), lambda _: remembered(paths) == 4)


def test_a_notifier_that_breaks_does_not_stop_the_history(
    paths: Paths, server: ScriptedServer
) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    broken = Recorder()
    broken.fault = ZeroDivisionError("Offer 12")
    play(paths, broken, lambda _: remembered(paths) == 4)


def test_without_a_pairing_it_waits_for_one(paths: Paths) -> None:
    core, states, said = play(paths, Recorder(), lambda core: core.state.link is Link.SIGNED_OUT)
    assert "sealbreak pair" in core.state.problem
    assert states
    assert len(said) == 1


def test_a_keyring_that_is_unlocked_late_is_told_and_used(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = threading.Event()

    class Locked:
        def load(self) -> str:
            unlocked.wait(10)
            return "late"

    monkeypatch.setattr(module, "LIMIT", 0.05)
    monkeypatch.setattr(pairing, "credentials_of", lambda *_, **__: Locked())
    notifier = Recorder()

    def online(core: Core) -> bool:
        if notifier.shown:
            unlocked.set()
        return core.state.link is Link.ONLINE

    _, _, said = play(paths, notifier, online)
    assert notifier.shown[0].title == "The keyring is locked"
    assert len(said) == 1
    assert server.tokens == ["Bearer late"]


def test_a_history_that_cannot_be_written_is_told(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(History, "record", full)
    server.events.append(golden("clicked"))
    core, _, _ = play(paths, Recorder(), lambda core: "cannot be kept" in core.state.problem)
    assert core.state.link is Link.OFFLINE


def test_a_number_that_cannot_be_kept_stops_no_alert(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    be_paired_since(paths, 0)
    monkeypatch.setattr(History, "remember", full)
    server.events += [golden("clicked", number=1), golden("corrected", number=2)]
    notifier = Recorder()
    play(paths, notifier, lambda _: len(notifier.shown) == 2)


def test_a_replay_that_stops_short_is_told_after_a_while(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REPLAY_PATIENCE", 0.05)
    be_paired_since(paths, 0)

    async def stop_short(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(9))
        await socket.send(frame(golden("clicked")))
        await socket.wait_closed()

    server.script = stop_short
    notifier = Recorder()
    play(paths, notifier, lambda _: bool(notifier.shown))


def test_a_mute_is_kept_for_the_next_start(paths: Paths, server: ScriptedServer) -> None:
    play(paths, Recorder(), lambda core: core.state.muted_until is not None, Choice.MUTE_HOUR)
    core, _, _ = play(paths, Recorder(), lambda core: core.state.link is Link.ONLINE)
    assert core.state.muted_until is not None


def test_a_page_that_cannot_be_opened_is_told(paths: Paths, server: ScriptedServer) -> None:
    notifier = Recorder()
    play(paths, notifier, lambda _: bool(notifier.shown), Choice.OPEN_HISTORY)
    assert notifier.shown[0].title.startswith(("No answer", server.address))


def test_a_slow_desktop_slows_the_server_and_loses_nothing(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_UNSHOWN", 2)
    be_paired_since(paths, 0)
    notifier = Recorder()

    def online(core: Core) -> bool:
        if core.state.link is Link.ONLINE and not server.events:
            server.add(*(golden("clicked", number=number) for number in range(1, 41)))
        return len(notifier.shown) == 40

    play(paths, notifier, online)
    assert remembered(paths) in (39, 40)


def test_signing_out_with_the_server_gone_forgets_the_token(
    paths: Paths, server: ScriptedServer
) -> None:
    play(paths, Recorder(), lambda core: core.state.link is Link.SIGNED_OUT, Choice.SIGN_OUT)
    assert not paths.token.exists()
    assert json.loads(paths.settings.read_text())["signed_in"] is False


def test_a_clock_that_is_set_back_hides_no_alert(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_paired_since(paths, 0)
    notifier = Recorder()
    today = module.now()
    clock = [today]
    monkeypatch.setattr(module, "now", lambda: clock[0])

    def online(core: Core) -> bool:
        if core.state.link is Link.ONLINE and not server.events:
            server.add(*(golden("clicked", number=number) for number in (1, 2, 3)))
        if len(notifier.shown) == 3 and clock[0] == today:
            clock[0] = today - timedelta(days=400)
            server.add(golden("clicked", number=4))
        return len(notifier.shown) == 4

    play(paths, notifier, online)
    assert notifier.shown[3].title == "Ann followed a link in 'Offer 12' again"


def test_a_clock_that_is_set_forward_costs_one_more_connection(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "TICK", 0.05)
    real, ahead = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])

    def connected_twice(core: Core) -> bool:
        if core.state.link is Link.ONLINE:
            ahead[0] = 7200.0
        return len(server.asked) == 2 and core.state.link is Link.ONLINE

    play(paths, Recorder(), connected_twice)


def test_a_mail_that_cannot_be_muted_is_told(paths: Paths, server: ScriptedServer) -> None:
    notifier, event = Recorder(), read_event(golden("clicked"))
    play(paths, notifier, lambda _: bool(notifier.shown), Choice.MUTE_MAIL, about=event)
    assert notifier.shown[0].title.startswith(("No answer", server.address))
