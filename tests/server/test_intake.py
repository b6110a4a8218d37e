"""What happens to hits when the database is away, against the real server."""

import asyncio
import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from harness_server import Server, running, visit
from sealbreak_server.feed import Feed
from sealbreak_server.intake import Intake
from sealbreak_server.spool import Spool
from sealbreak_server.storage import Storage
from sealbreak_server.storage.door import FILE_NAME
from sealbreak_server.storage.recording import News
from sealbreak_server.verdicts import Actor, Verdict

OFFER = "https://example.com/offer"
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


def test_hits_survive_a_locked_database_once_each(tmp_path: Path) -> None:
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


def test_a_database_that_refused_is_tried_again_though_nothing_is_due(
    storage: Storage, tmp_path: Path
) -> None:
    """Else `/readyz` would say no until the next hit, and keep it away."""
    file = tmp_path / "data" / FILE_NAME

    async def play() -> None:
        intake = Intake(storage, lambda _: NOBODY, Feed(), Spool(tmp_path / "spool"))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            running = asyncio.create_task(intake.run())
            await asyncio.to_thread(until, lambda: not intake.commits)
            intake.look_again(News())
        await asyncio.to_thread(until, lambda: intake.commits)
        intake.stop()
        await running

    asyncio.run(play())


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


def test_links_lead_on_with_an_empty_data_folder_but_the_keys(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail()
        assert server.stop() == 0
    for path in data.glob("sealbreak.sqlite3*"):
        path.unlink()
    with running(data) as server:
        assert visit(server, mail.link(1, OFFER)).headers["location"] == OFFER


def test_links_lead_on_with_a_broken_database(tmp_path: Path) -> None:
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


def test_a_stop_answers_what_was_asked(tmp_path: Path) -> None:
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
