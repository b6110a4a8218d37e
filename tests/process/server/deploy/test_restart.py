"""The server restarts while pixels are asked for: every one is answered, and every hit is kept."""

import json
import signal
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.cli.account.pair import new_code
from sealbreak_server.settings import read_settings
from support.desktop.certificate import make_certificate
from support.desktop.processes import eventually
from support.server.activation import activated
from support.server.process import READER, Mail, Sender, running, visit
from support.server.proxies import deployed, free_port
from support.server.wire import connection

ASKERS = 4
RESTARTS = 2
BETWEEN = 50
"""Answers between two restarts."""


@dataclass
class Load:
    """Threads that ask for one pixel again and again, each time as another program."""

    url: str
    client: Callable[[], httpx2.Client]
    answered: list[str] = field(default_factory=list)
    """The programs that got the image."""
    refused: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        self.threads += [
            threading.Thread(target=self.ask, args=(asker,), daemon=True) for asker in range(ASKERS)
        ]
        for thread in self.threads:
            thread.start()

    def finish(self) -> None:
        """The server must be running, so that what was asked for last is answered."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def ask(self, asker: int) -> None:
        with self.client() as client:
            number = 0
            while not self.stopping.is_set():
                number += 1
                agent = f"Asker{asker}/{number}"
                try:
                    status = client.get(self.url, headers={**READER, "user-agent": agent})
                    good = status.status_code == 200 and status.content[:6] == b"GIF89a"
                    said = str(status.status_code)
                except httpx2.TransportError as error:
                    good, said = False, repr(error)
                (self.answered if good else self.refused).append(agent if good else said)

    def wait_for_more(self) -> None:
        wanted = len(self.answered) + BETWEEN
        assert eventually(lambda: len(self.answered) >= wanted or bool(self.refused))


def kept_agents(data: Path, mail: Mail) -> set[str]:
    with closing(sqlite3.connect(data / "sealbreak.sqlite3")) as database:
        rows = database.execute("SELECT headers FROM hit WHERE message = ?", (mail.id,)).fetchall()
    return {dict(json.loads(text))["user-agent"] for (text,) in rows}


def check(data: Path, mail: Mail, load: Load) -> None:
    load.wait_for_more()
    load.finish()
    assert eventually(lambda: kept_agents(data, mail) >= set(load.answered))
    assert load.refused == []
    assert len(load.answered) > RESTARTS * BETWEEN


def test_behind_caddy_no_pixel_is_lost(tmp_path: Path) -> None:
    pem, port, data = make_certificate(tmp_path), str(free_port()), tmp_path / "data"
    context = ssl.create_default_context(cafile=pem)
    with deployed("caddy", tmp_path / "caddy", pem, f"http://127.0.0.1:{port}") as url:
        with running(data, "--port", port) as server:
            mail = server.sender().mail()
            load = Load(url + mail.pixel(), lambda: httpx2.Client(verify=context, timeout=30))
            load.start()
            load.wait_for_more()
            server.stop()
        for _ in range(RESTARTS - 1):
            with running(data, "--port", port) as server:
                load.wait_for_more()
                server.stop()
        with running(data, "--port", port):
            check(data, mail, load)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as opened:
        yield opened


def test_with_an_inherited_socket_no_pixel_is_lost(tmp_path: Path, listener: socket.socket) -> None:
    """Each asker opens a new connection for each request, as no proxy repeats one here."""
    data, close = tmp_path / "data", {"connection": "close"}
    with activated(data, listener) as url:
        code = new_code(read_settings({"data": str(data)}, {}), time.time())
        body = {"code": code, "name": "x", "kind": "api"}
        sender = Sender(url, httpx2.post(f"{url}/api/v1/pair", json=body).json())
        with sender.http:
            mail = sender.mail()
        load = Load(url + mail.pixel(), lambda: httpx2.Client(headers=close, timeout=30))
        load.start()
        load.wait_for_more()
    for _ in range(RESTARTS - 1):
        with activated(data, listener):
            load.wait_for_more()
    with activated(data, listener):
        check(data, mail, load)


def test_a_connection_that_was_accepted_is_answered_after_the_stop(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        mail = server.sender().mail()
        with connection(server.url) as accepted:
            visit(server, mail.pixel())  # on a later connection, so the first one is accepted
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            accepted.sendall(f"GET {mail.pixel()} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert accepted.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(20) == 0
