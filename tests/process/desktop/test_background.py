import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sealbreak_desktop import core
from sealbreak_desktop.background import Background
from sealbreak_desktop.files.history import History, read_history
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.notifications import queue
from sealbreak_desktop.server import connection, pairing, sign_in
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.state import Link, State
from sealbreak_desktop.system.clock import now
from sealbreak_desktop.tray.menu import Choice
from support.desktop.notifier import StubNotifier
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, frame, golden, hello
from support.desktop.tray import write_pairing
from websockets.asyncio.server import ServerConnection


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
    notifier: StubNotifier,
    until: Callable[[Background], bool],
    *choices: Choice,
    about: Event | None = None,
) -> tuple[Background, list[State], list[str]]:
    """Run it until a condition holds. The choices are made once it is online."""
    states: list[State] = []
    warnings: list[str] = []

    async def run() -> Background:
        background = Background(paths, notifier, states.append, warnings.append)
        task = asyncio.create_task(background.run())
        if choices:
            await asyncio.to_thread(eventually, lambda: background.state.link is Link.ONLINE)
        for choice in choices:
            background.choose(choice, about)
        await asyncio.to_thread(eventually, lambda: until(background))
        task.cancel()
        await asyncio.wait((task,))
        return background

    return asyncio.run(run()), states, warnings


def saved_as_seen(paths: Paths) -> int:
    history = History(paths.history("abcdefgh"))
    try:
        return history.snapshot(0).seen
    finally:
        history.close()


def be_paired_since(paths: Paths, number: int) -> None:
    history = History(paths.history("abcdefgh"))
    history.save_silent_until(number)
    history.close()


def test_an_event_is_written_before_it_is_shown(paths: Paths, server: ScriptedServer) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    notifier, written = StubNotifier(), list[int]()

    def look() -> None:
        with sqlite3.connect(paths.history("abcdefgh")) as db:
            written.extend(number for (number,) in db.execute("SELECT number FROM event"))
            written.append(len(db.execute("SELECT 1 FROM fact WHERE name = 'seen'").fetchall()))
        db.close()

    notifier.before = look
    play(paths, notifier, lambda _: bool(notifier.shown))
    assert written == [4, 0]


def test_a_shown_event_is_saved_as_seen(paths: Paths, server: ScriptedServer) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    play(paths, StubNotifier(), lambda _: saved_as_seen(paths) == 4)


def test_an_event_of_an_unknown_kind_is_recorded_and_shown(
    paths: Paths, server: ScriptedServer
) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("unknown-kind", kind="forwarded"))
    notifier = StubNotifier()
    play(paths, notifier, lambda _: saved_as_seen(paths) == 7)
    assert [shown.title for shown in notifier.shown] == ["Opened, through Gmail"]
    ((event, _),) = read_history(paths.history("abcdefgh"), 10)
    assert event.kind == "forwarded"


def test_a_notifier_that_breaks_does_not_stop_the_history(
    paths: Paths, server: ScriptedServer
) -> None:
    be_paired_since(paths, 0)
    server.events.append(golden("clicked"))
    broken = StubNotifier()
    broken.error = ZeroDivisionError("Offer 12")
    play(paths, broken, lambda _: saved_as_seen(paths) == 4)


def test_without_a_pairing_it_waits_for_one(paths: Paths) -> None:
    background, states, warnings = play(
        paths, StubNotifier(), lambda one: one.state.link is Link.SIGNED_OUT
    )
    assert "sealbreak pair" in background.state.problem
    assert states
    assert len(warnings) == 1


def test_a_locked_keyring_is_reported_and_used_once_it_is_unlocked(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = threading.Event()

    class Locked:
        def load(self) -> str:
            unlocked.wait(10)
            return "late"

    monkeypatch.setattr(sign_in, "TIMEOUT", 0.05)
    monkeypatch.setattr(pairing, "credentials_of", lambda *_, **__: Locked())
    notifier = StubNotifier()

    def online(background: Background) -> bool:
        if notifier.shown:
            unlocked.set()
        return background.state.link is Link.ONLINE

    _, _, warnings = play(paths, notifier, online)
    assert notifier.shown[0].title == "The keyring is locked"
    assert len(warnings) == 1
    assert server.tokens == ["Bearer late"]


def test_a_history_that_cannot_be_written_is_reported(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(History, "record", full)
    server.events.append(golden("clicked"))
    background, _, _ = play(
        paths, StubNotifier(), lambda one: "cannot be saved" in one.state.problem
    )
    assert background.state.link is Link.OFFLINE


def test_a_number_that_cannot_be_saved_stops_no_notification(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    be_paired_since(paths, 0)
    monkeypatch.setattr(History, "save_seen", full)
    server.events += [golden("clicked", number=1), golden("corrected", number=2)]
    notifier = StubNotifier()
    play(paths, notifier, lambda _: len(notifier.shown) == 2)


def test_an_incomplete_replay_is_shown_after_a_while(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "REPLAY_TIMEOUT", 0.05)
    be_paired_since(paths, 0)

    async def stop_short(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(9))
        await socket.send(frame(golden("clicked")))
        await socket.wait_closed()

    server.script = stop_short
    notifier = StubNotifier()
    play(paths, notifier, lambda _: bool(notifier.shown))


def test_a_mute_is_kept_for_the_next_start(paths: Paths, server: ScriptedServer) -> None:
    play(
        paths,
        StubNotifier(),
        lambda one: one.state.muted_until is not None,
        Choice.MUTE_HOUR,
    )
    background, _, _ = play(paths, StubNotifier(), lambda one: one.state.link is Link.ONLINE)
    assert background.state.muted_until is not None


def test_a_page_that_cannot_be_opened_is_reported(paths: Paths, server: ScriptedServer) -> None:
    notifier = StubNotifier()
    play(paths, notifier, lambda _: bool(notifier.shown), Choice.OPEN_HISTORY)
    assert notifier.shown[0].title.startswith(("No answer", server.address))


def test_a_slow_desktop_slows_the_server_and_loses_nothing(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MAX_WAITING", 2)
    be_paired_since(paths, 0)
    notifier = StubNotifier()

    def online(background: Background) -> bool:
        if background.state.link is Link.ONLINE and not server.events:
            server.add(*(golden("clicked", number=number) for number in range(1, 41)))
        return len(notifier.shown) == 40

    play(paths, notifier, online)
    assert saved_as_seen(paths) in (39, 40)


def test_signing_out_without_the_server_deletes_the_token(
    paths: Paths, server: ScriptedServer
) -> None:
    play(
        paths,
        StubNotifier(),
        lambda one: one.state.link is Link.SIGNED_OUT,
        Choice.SIGN_OUT,
    )
    assert not paths.token.exists()
    assert json.loads(paths.settings.read_text())["signed_in"] is False


def test_a_clock_that_is_set_back_hides_no_alert(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_paired_since(paths, 0)
    notifier = StubNotifier()
    today = now()
    clock = [today]
    monkeypatch.setattr(core, "now", lambda: clock[0])

    def online(background: Background) -> bool:
        if background.state.link is Link.ONLINE and not server.events:
            server.add(*(golden("clicked", number=number) for number in (1, 2, 3)))
        if len(notifier.shown) == 3 and clock[0] == today:
            clock[0] = today - timedelta(days=400)
            server.add(golden("clicked", number=4))
        return len(notifier.shown) == 4

    play(paths, notifier, online)
    assert notifier.shown[3].title == "A link in your mail to Ann, 'Offer 12', was followed again"


def test_a_clock_that_is_set_forward_costs_one_more_connection(
    paths: Paths, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "CLOCK_INTERVAL", 0.05)
    real, ahead = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + ahead[0])

    def connected_twice(background: Background) -> bool:
        if background.state.link is Link.ONLINE:
            ahead[0] = 7200.0
        return len(server.asked) == 2 and background.state.link is Link.ONLINE

    play(paths, StubNotifier(), connected_twice)


def test_a_mute_of_a_mail_that_fails_is_reported(paths: Paths, server: ScriptedServer) -> None:
    notifier, event = StubNotifier(), read_event(golden("clicked"))
    play(paths, notifier, lambda _: bool(notifier.shown), Choice.MUTE_MAIL, about=event)
    assert notifier.shown[0].title.startswith(("No answer", server.address))
