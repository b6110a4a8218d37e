"""Sessions with a scripted server: one for each pairing, until there is another one."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sealbreak_desktop.core import Core
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.session import NOT_PAIRED, Session
from sealbreak_desktop.state.state import Link
from sealbreak_desktop.system.scheduling import Tasks
from support.desktop.notifier import StubNotifier
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer
from support.desktop.tray import write_pairing


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_from({"SEALBREAK_STATE": str(tmp_path)})


class Played:
    """A session in its loop, with what it told the user."""

    def __init__(self, paths: Paths) -> None:
        self.notices: list[str] = []
        self.warnings: list[str] = []
        self.loop = asyncio.get_running_loop()
        tasks = Tasks()
        self.requests = Requests(lambda _: None)
        self.core = Core(StubNotifier(), self.requests, tasks, lambda _: None, lambda: None)
        self.session = Session(
            paths,
            self.core,
            self.requests,
            lambda title, _: self.notices.append(title),
            self.warnings.append,
        )

    @property
    def link(self) -> Link:
        return self.core.state.link


def play(paths: Paths, *steps: Callable[[Played], bool]) -> Played:
    """Wait for one condition after the other. A condition may act."""

    async def run() -> Played:
        played = Played(paths)
        running = asyncio.create_task(played.session.run())
        for step in steps:
            await asyncio.to_thread(eventually, lambda now=step: now(played))
        running.cancel()
        await asyncio.wait((running,))
        played.core.close()
        return played

    return asyncio.run(run())


def online(played: Played) -> bool:
    return played.link is Link.ONLINE


def test_without_a_pairing_it_says_how_to_pair(paths: Paths) -> None:
    played = play(paths, lambda one: one.link is Link.SIGNED_OUT and bool(one.warnings))
    assert played.core.state.problem == NOT_PAIRED
    assert played.warnings == [f"Not paired: {NOT_PAIRED}"]
    assert played.requests.api is None


def test_a_stored_pairing_connects(paths: Paths, scripted: ScriptedServer) -> None:
    write_pairing(paths.state, scripted.address, "secret")
    played = play(paths, online)
    assert scripted.tokens == ["Bearer secret"]
    assert played.notices == []


def test_a_new_pairing_takes_the_place_of_the_old_one(
    paths: Paths, scripted: ScriptedServer
) -> None:
    write_pairing(paths.state, scripted.address, "old")
    with ScriptedServer() as other:

        def pair_again(played: Played) -> bool:
            write_pairing(paths.state, other.address, "new")
            played.loop.call_soon_threadsafe(played.session.reload)
            return True

        play(paths, online, pair_again, lambda _: bool(other.tokens), online)
        assert other.tokens == ["Bearer new"]


def test_a_damaged_history_is_told(paths: Paths, scripted: ScriptedServer) -> None:
    write_pairing(paths.state, scripted.address, "secret")
    paths.history("abcdefgh").write_bytes(b"rubbish" * 1000)
    played = play(paths, online)
    assert played.notices == ["The history on this computer was damaged"]


def test_a_fault_is_told_once_and_ended_by_a_retry(
    paths: Paths, scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pairing(paths.state, scripted.address, "secret")
    trim, faults = History.trim, iter((True, True, False))

    def full(history: History) -> None:
        if next(faults, False):
            raise sqlite3.OperationalError("disk full")
        trim(history)

    monkeypatch.setattr(History, "trim", full)
    monkeypatch.setattr("sealbreak_desktop.session.RETRY_AFTER_FAULT", 0.02)
    played = play(paths, online)
    assert len(played.notices) == 1
    assert played.notices[0].startswith("The history cannot be saved")
