"""Socket activation, readiness and watchdog, with a parent that does what systemd does."""

import asyncio
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.errors import SettingsError
from sealbreak_server.web import systemd
from support.server.activation import activated


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def test_requests_wait_while_the_server_restarts(tmp_path: Path, listener: socket.socket) -> None:
    with activated(tmp_path, listener) as url:
        assert url == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert httpx2.get(f"{url}/healthz").status_code == 200
    with socket.create_connection(listener.getsockname()) as early:
        early.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        with activated(tmp_path, listener):
            early.settimeout(30)
            assert early.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_it_reports_that_it_is_ready_and_still_runs(
    tmp_path: Path, listener: socket.socket
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(30)
        environ = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
        with activated(tmp_path / "data", listener, **environ):
            said = [notified.recv(100) for _ in range(4)]
    assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]


@pytest.mark.parametrize(
    "environ", [{}, {"LISTEN_PID": "1", "LISTEN_FDS": "1"}, {"LISTEN_FDS": "1"}]
)
def test_what_is_meant_for_another_process_is_left_alone(environ: Mapping[str, str]) -> None:
    assert systemd.inherited_listener(environ) is None


@pytest.mark.parametrize("number", ["0", "2", "x"])
def test_another_number_of_sockets_is_refused(number: str) -> None:
    environ = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": number}
    with pytest.raises(SettingsError, match="exactly one"):
        systemd.inherited_listener(environ)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"NOTIFY_SOCKET": "/nowhere/notify"},
        {"NOTIFY_SOCKET": "@nobody-listens"},
        {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"},
    ],
)
def test_a_manager_that_does_not_listen_disturbs_nothing(environ: Mapping[str, str]) -> None:
    async def start() -> None:
        systemd.report_started(environ)
        await asyncio.sleep(0)

    asyncio.run(start())
