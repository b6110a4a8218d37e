"""A client that stops reading is disconnected and resumes by number without loss."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
import uvloop
from sealbreak_server.app import make_app, make_services
from sealbreak_server.cli.serve import _listener
from sealbreak_server.services import Services
from sealbreak_server.settings import read_settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.tables import Account, Event
from sealbreak_server.web import live
from sealbreak_server.web.uvicorn.server import config_for
from support.desktop.processes import eventually
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

COUNT = 300
ALL = list(range(1, COUNT + 1))
LARGE = "x" * 50_000
"""All events together are larger than the buffers between server and client."""
TIMEOUT_SECONDS = 90


def fill(services: Services) -> str:
    """Stores many large events and returns the token of a device."""

    def job() -> str:
        code = accounts.new_pairing(None, "Ann", 0.0)
        token, principal = accounts.pair(code, "A laptop", "api", 0.0)
        for number in ALL:
            body = json.dumps({"number": number, "subject": LARGE})
            Event.create(
                account=principal.account, number=number, message="", created_at=0.0, body=body
            )
        Account.update(last_event=COUNT).execute()
        return token

    return services.storage.transaction(job)


@asynccontextmanager
async def serving(services: Services) -> AsyncIterator[str]:
    """Runs a server in this loop and yields its address."""
    with _listener(read_settings({"port": "0"}, {})) as listener:
        config = config_for(make_app(services))
        config.ws_ping_interval = None  # missing pongs would close the connection too
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"ws://127.0.0.1:{listener.getsockname()[1]}/api/v1/live"
        finally:
            server.should_exit = True
            await task


async def follow(address: str, token: str, after: int) -> ClientConnection:
    """A client with small buffers that takes one frame at a time."""
    url, there = f"{address}?after={after}", socket.socket()
    there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    there.connect(("127.0.0.1", int(address.split(":")[2].partition("/")[0])))
    headers = {"Authorization": f"Bearer {token}"}
    return await connect(
        url, additional_headers=headers, sock=there, max_queue=1, proxy=None, close_timeout=1,
        ping_interval=None,
    )  # fmt: skip


async def read(socket: ClientConnection, last: int) -> list[int]:
    """The numbers of the events until the last one, or until the connection ends."""
    numbers: list[int] = []
    while last not in numbers:
        try:
            frame = json.loads(await socket.recv())
        except ConnectionClosed:
            break
        numbers += [frame["event"]["number"]] if frame["type"] == "event" else []
    return numbers


async def resume(address: str, token: str, numbers: list[int]) -> list[int]:
    """The numbers of both connections together."""
    resumed = await follow(address, token, len(numbers))
    more = await read(resumed, COUNT)
    await resumed.close()
    return numbers + more


async def slowly(address: str, token: str, seconds: float) -> tuple[list[int], int | None]:
    """The numbers that a client gets if it starts to read late, and the close code, if any."""
    late = await follow(address, token, 0)
    await asyncio.sleep(seconds)
    numbers = await read(late, COUNT)
    await late.close()
    return numbers, late.close_code


def run(test: Coroutine[None, None, None]) -> None:
    async def in_time() -> None:
        await asyncio.wait_for(test, TIMEOUT_SECONDS)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(in_time())


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return make_services(read_settings({"data": str(tmp_path)}, {}))


def test_a_client_that_stops_reading_is_dropped_and_resumes_without_loss(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stall() -> None:
        token = fill(services)
        async with serving(services) as address:
            monkeypatch.setattr(live, "SEND_SECONDS", 0.1)
            stalled = await follow(address, token, 0)
            assert json.loads(await stalled.recv())["last"] == COUNT
            await asyncio.to_thread(eventually, lambda: not services.feed.is_needed())
            monkeypatch.undo()
            numbers = await read(stalled, COUNT)
            assert len(numbers) < COUNT
            assert await resume(address, token, numbers) == ALL

    run(stall())


def test_a_client_that_reads_late_gets_the_close_code(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dawdle() -> None:
        token, pause, code = fill(services), 0.1, None
        async with serving(services) as address:
            monkeypatch.setattr(live, "SEND_SECONDS", 0.1)
            monkeypatch.setattr(live, "CLOSE_SECONDS", TIMEOUT_SECONDS)
            while code != live.TOO_SLOW:
                pause *= 2
                numbers, code = await slowly(address, token, pause)
            monkeypatch.undo()
            assert len(numbers) < COUNT
            assert await resume(address, token, numbers) == ALL

    run(dawdle())


def test_a_slow_client_that_pings_stays_connected(services: Services) -> None:
    async def crawl() -> None:
        token, numbers = fill(services), list[int]()
        async with serving(services) as address:
            slow = await follow(address, token, 0)
            while len(numbers) < COUNT:
                await slow.ping()
                await asyncio.sleep(0.01)
                numbers += await read(slow, len(numbers) + 1)
            await slow.close()
        assert numbers == ALL

    run(crawl())
