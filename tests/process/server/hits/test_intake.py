"""Hits of a real server while its database is unavailable."""

import asyncio
import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.hits.commits import CommitResult
from sealbreak_server.storage.hits.recording import record_batch
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import IngestedBatch
from support.server.intake import kept
from support.server.process import Server, running, visit

OFFER = "https://example.com/offer"
HIT = Hit(Kind.OPEN, "a" * 8, "b" * 16, 0, None, 1.0, "GET", "192.0.2.7", ())
NOBODY = Verdict(Actor.UNKNOWN, "", "nothing_odd")


def until(what: object, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.05)
    assert what()  # type: ignore[operator]


def locked(server: Server) -> sqlite3.Connection:
    database = sqlite3.connect(server.data / "sealbreak.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    return database


def test_hits_are_recorded_once_after_the_database_was_locked(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = sender.mail()
        lock = locked(server)
        assert visit(server, mail.pixel()).status_code == 200
        assert visit(server, mail.link(1, OFFER)).status_code == 302
        assert httpx2.get(f"{server.url}/readyz").status_code == 503
        lock.close()
        until(lambda: len(sender.message(mail)["hits"]) == 2)
        until(lambda: not list((server.data / "spool").iterdir()))
        assert len(sender.message(mail)["hits"]) == 2


def test_a_failed_database_is_retried_though_nothing_is_due(
    storage: Storage, tmp_path: Path
) -> None:
    """Otherwise `/readyz` would fail until the next hit, and a proxy would send none. The clock may
    go back."""
    file, clock = tmp_path / "data" / FILE_NAME, [time.time()]

    async def play() -> None:
        spool = Spool(tmp_path / "spool")
        intake = Intake(storage, lambda _: NOBODY, Feed(), spool, lambda: clock[0])
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            running = asyncio.create_task(intake.run())
            await asyncio.to_thread(until, lambda: not intake.commits)
            intake.after_commit(CommitResult())
            clock[0] -= 3600
        await asyncio.to_thread(until, lambda: intake.commits)
        intake.stop()
        await running

    asyncio.run(play())


class Unconfirmed(Storage):
    """One whose commits of new hits wait for an event, and succeed without a confirmation."""

    may_commit: asyncio.Event
    committed = 0

    async def write(self, job: Any, *args: Any, **kwargs: Any) -> Any:
        if job is not record_batch:
            return await super().write(job, *args, **kwargs)
        await self.may_commit.wait()
        await super().write(job, *args, **kwargs)
        self.committed += 1
        raise UnavailableError("No answer came.")


@pytest.mark.parametrize("at_once", [True, False], ids=["an answer is lost", "it is late too"])
def test_an_unconfirmed_commit_doubles_no_hit(tmp_path: Path, at_once: bool) -> None:
    """A request does not wait for a hanging commit: its hit is spooled meanwhile."""

    async def play() -> None:
        storage = Unconfirmed.at("", tmp_path / "data")
        assert isinstance(storage, Unconfirmed)
        storage.may_commit = asyncio.Event()
        intake = Intake(storage, lambda _: NOBODY, Feed(), spool := Spool(tmp_path / "spool"))
        running = asyncio.create_task(intake.run())
        if at_once:
            storage.may_commit.set()
        await asyncio.wait_for(kept(intake, HIT), 30)
        assert spool.files()
        storage.may_commit.set()
        await asyncio.to_thread(until, lambda: storage.committed and not spool.files())
        assert await storage.write(lambda: HitRow.select().count()) == 1
        intake.stop()
        await running
        storage.close()

    asyncio.run(play())


def test_confirmed_batches_share_one_row(storage: Storage, tmp_path: Path) -> None:
    async def play() -> None:
        intake = Intake(storage, lambda _: NOBODY, Feed(), Spool(tmp_path / "spool"))
        running = asyncio.create_task(intake.run())
        for _ in range(5):
            await kept(intake, HIT)
        intake.stop()
        await running

    asyncio.run(play())
    counts = storage.transaction(lambda: (HitRow.select().count(), IngestedBatch.select().count()))
    assert counts == (5, 1)


def test_spooled_hits_survive_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        lock = locked(server)
        visit(server, mail.pixel())
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        lock.close()
    with running(data) as server:
        token = {"authorization": f"Bearer {sender.paired['token']}"}
        url = f"{server.url}/api/v1/messages/{mail.id}"
        until(lambda: len(httpx2.get(url, headers=token).json()["hits"]) == 1)


def test_answered_hits_survive_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        for _ in range(20):
            visit(server, mail.pixel())
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
    database = sqlite3.connect(data / "sealbreak.sqlite3")
    assert database.execute("SELECT count(*) FROM hit").fetchone() == (20,)
    database.close()


def test_links_redirect_with_only_the_keys_in_the_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        assert server.stop() == 0
    for path in data.glob("sealbreak.sqlite3*"):
        path.unlink()
    with running(data) as server:
        assert visit(server, mail.link(1, OFFER)).headers["location"] == OFFER


def test_links_redirect_with_a_broken_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        server.stop()
    (data / "sealbreak.sqlite3").write_bytes(os.urandom(8192))
    with running(data) as server:
        assert visit(server, mail.link(1, OFFER)).status_code == 302
        assert visit(server, mail.pixel()).status_code == 200
        answer = httpx2.get(f"{server.url}/api/v1/messages", headers={"authorization": "Bearer x"})
        assert answer.status_code == 503
        assert server.stop() == 0


def test_a_stop_answers_the_requests_that_were_read(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = sender.mail()
        lock = locked(server)
        address = urlsplit(server.url)
        with socket.create_connection((address.hostname, address.port), timeout=30) as asking:
            asking.sendall(f"GET {mail.pixel()} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            httpx2.get(f"{server.url}/healthz")  # which came later, so that one has been read
            assert server.stop() == 0
            assert asking.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        lock.close()
