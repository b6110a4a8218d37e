"""From a hit to the sockets that hear of it."""

import asyncio
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

import websockets
from bench.server_ground import Ground, Row, drained, folder, prepared, row
from support.server.process import GMAIL, Server, running
from websockets.asyncio.client import ClientConnection

HEAD = f"Host: x\r\nUser-Agent: {GMAIL['user-agent']}\r\nX-Forwarded-For: 66.249.84.1\r\n"
PROBES = 40
SOCKETS = 1000
SOCKETS_EACH = 100
"""Of a device: the server slows down one that asks too often."""
LOAD = 1000
"""Hits a second beside the probes."""


def rows() -> Iterator[Row]:
    with folder() as data:
        ground, token = prepared(data)
        mails = ground.add_messages(2 * PROBES + 5, sent_ago=3600)
        others = ground.add_messages(3000, sent_ago=3600)
        with running(data) as server:
            live = _Live(server, ground, token)
            idle = asyncio.run(live.latencies(mails[:PROBES]))
            yield from _latency("idle", idle)
            loaded = asyncio.run(live.latencies(mails[PROBES : 2 * PROBES], others))
            yield from _latency(f"at {LOAD:,} hits/s", loaded)
            drained(server)
            fanned = asyncio.run(live.fan_out(mails[2 * PROBES :]))
            yield row(f"hit to the last of {SOCKETS:,} sockets", median(fanned), "ms")


def _latency(when: str, times: Sequence[float]) -> Iterator[Row]:
    yield row(f"hit to live socket, {when}, p50", median(times), "ms")
    yield row(f"hit to live socket, {when}, p95", quantiles(times, n=20)[-1], "ms")


class _Live:
    def __init__(self, server: Server, ground: Ground, token: str) -> None:
        self._server = server
        self._ground = ground
        self._token = token
        self._address = urlsplit(server.url)

    def _connect(self, token: str = "") -> Any:
        url = f"{self._server.url.replace('http', 'ws')}/api/v1/live?after={2**40}"
        headers = {"Authorization": f"Bearer {token or self._token}"}
        return websockets.connect(url, additional_headers=headers, compression=None)

    async def latencies(self, mails: Sequence[str], others: Sequence[str] = ()) -> list[float]:
        """Milliseconds from before the hit to its event."""
        asking = [asyncio.create_task(self._load(others, 8)) for _ in range(8) if others]
        async with self._connect() as socket:
            await _hello(socket)
            times = [await self._told([socket], mail) for mail in mails]
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        return times

    async def fan_out(self, mails: Sequence[str]) -> list[float]:
        """Milliseconds until all the sockets have the event."""
        tokens = self._ground.add_devices(SOCKETS // SOCKETS_EACH)
        sockets = [await self._connect(token) for token in tokens for _ in range(SOCKETS_EACH)]
        try:
            for socket in sockets:
                await _hello(socket)
            return [await self._told(sockets, mail) for mail in mails]
        finally:
            await asyncio.gather(*(socket.close() for socket in sockets))

    async def _told(self, sockets: Sequence[ClientConnection], message: str) -> float:
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        start = time.perf_counter()
        await _get(reader, writer, self._ground.mail(message).pixel())
        await asyncio.gather(*(_event_of(socket, message) for socket in sockets))
        writer.close()
        return 1000 * (time.perf_counter() - start)

    async def _load(self, mails: Sequence[str], shares: int) -> None:
        """A share of the load, evenly, until it is cancelled."""
        pixels = [self._ground.mail(message).pixel() for message in mails]
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        start = time.perf_counter()
        for number, pixel in enumerate(itertools.cycle(pixels)):
            await asyncio.sleep(start + number * shares / LOAD - time.perf_counter())
            await _get(reader, writer, pixel)


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    writer.write(f"GET {path} HTTP/1.1\r\n{HEAD}\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(43)


async def _hello(socket: ClientConnection) -> None:
    assert json.loads(await socket.recv())["type"] == "hello"


async def _event_of(socket: ClientConnection, message: str) -> None:
    async with asyncio.timeout(30):
        while json.loads(await socket.recv())["event"].get("message", {}).get("id") != message:
            pass
