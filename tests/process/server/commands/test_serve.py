import errno
import resource
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import httpx2
import pytest
from sealbreak_server.cli.serve import _listener, with_public_url
from sealbreak_server.settings import read_settings
from sealbreak_server.storage.migrations.migrate import VERSION
from support.server import process
from support.server.process import program, running
from support.server.wire import exchange


@pytest.mark.parametrize(
    ("flags", "url"),
    [
        ({"host": "127.0.0.1"}, "http://127.0.0.1:4711"),
        ({"host": "::1"}, "http://[::1]:4711"),
        ({"public_url": "https://track.example.com/"}, "https://track.example.com"),
    ],
)
def test_the_public_address_is_the_setting_or_the_address_it_listens_on(
    flags: dict[str, str], url: str
) -> None:
    found = with_public_url(read_settings({"port": "0", **flags}, {}), 4711)
    assert (found.public_url, found.port) == (url, 4711)


def test_it_prints_its_address_once_it_answers(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        assert httpx2.get(f"{server.url}/readyz").text == "ready\n"
        assert not server.url.endswith(":0")


@pytest.mark.skipif(sys.platform != "linux", reason="needs the limits of another process")
def test_it_takes_more_connections_than_a_shell_allows(tmp_path: Path) -> None:
    narrow = ("prlimit", "--nofile=256:2048", sys.executable, "-W", "error", "-m")
    narrowed = patch.object(process, "PROGRAM", (*narrow, "sealbreak_server"))
    with narrowed, running(tmp_path / "data") as server:
        assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (2048, 2048)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_it_listens_on_ipv6(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--host", "::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert httpx2.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="no other system limits this")
def test_a_connection_whose_client_does_not_read_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sealbreak_server.cli.serve.UNREAD_SECONDS", 1)
    with (
        _listener(read_settings({"port": "0"}, {})) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        there, _ = listener.accept()
        there.settimeout(30)
        with there, pytest.raises(TimeoutError) as ended:
            there.sendall(bytes(100_000_000))
    assert ended.value.errno == errno.ETIMEDOUT


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_requested_stop_ends_with_status_0(tmp_path: Path, number: int) -> None:
    with running(tmp_path / "data") as server:
        server.process.send_signal(number)
        assert server.process.wait(timeout=20) == 0
        assert "Traceback" not in server.log.read_text()


STRANGE = [
    b"\x16\x03\x01\x02\x00\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /o/x/y.gif HTTP/1.1\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n",
]


def test_malformed_requests_are_not_logged(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        for request in STRANGE:
            assert exchange(server.url, request).status in {200, 400}
        assert server.log.read_text() == ""


def has_stopped_listening(url: str) -> bool:
    try:
        httpx2.get(f"{url}/healthz")
    except httpx2.TransportError:
        return True
    return False


def test_a_second_signal_stops_it_immediately(tmp_path: Path) -> None:
    """After the first one, it waits for a request that never ends."""
    with running(tmp_path / "data") as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as slow:
            slow.sendall(b"POST /api/v1/pair HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
            httpx2.get(f"{server.url}/healthz")
            server.process.send_signal(signal.SIGTERM)
            while not has_stopped_listening(server.url):
                pass
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(timeout=5) == 0


def test_a_database_of_a_newer_version_ends_the_command_with_a_message(tmp_path: Path) -> None:
    assert program(tmp_path, "pair").returncode == 0
    with closing(sqlite3.connect(tmp_path / "sealbreak.sqlite3")) as there:
        there.execute("UPDATE counter SET value = ? WHERE name = 'schema'", (VERSION + 1,))
        there.commit()
    ran = program(tmp_path, "serve", "--port", "0")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("The database does not fit this version: ")
    assert "Traceback" not in ran.stderr


def test_a_host_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    ran = program(tmp_path, "serve", "--host", "192.0.2.1", "--port", "0")
    assert ran.returncode == 1
    assert ran.stderr.startswith("A setting cannot be used: Cannot listen on 192.0.2.1 port 0: ")
