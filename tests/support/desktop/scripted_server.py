"""A server that plays a script, for behaviour that a correct server never shows."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.paths import EVENTS
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Script = Callable[[ServerConnection, int], Awaitable[None]]
"""Called with the socket and the number after which the client requests events."""


def golden(name: str, **changes: Any) -> dict[str, Any]:
    """The event of a golden file, with some of its fields changed."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event | changes


def hello(last: int) -> str:
    account = {"owner": "abcdefgh", "name": "Ann"}
    return json.dumps({"type": "hello", "account": account, "last": last})


def frame(event: dict[str, Any]) -> str:
    return json.dumps({"type": "event", "event": event})


class ScriptedServer:
    """Replays `events` and sends what is added. A script replaces that."""

    def __init__(self, events: list[dict[str, Any]] | None = None) -> None:
        self.events = list(events or [])
        self.asked: list[int] = []
        """The `after` of each connection."""
        self.tokens: list[str | None] = []
        self.script: Script | None = None
        self.refuse_with: int | None = None
        self.challenge = ""
        self.address = ""
        self._sockets: set[ServerConnection] = set()
        self._more = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._ending = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "ScriptedServer":
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ending.set)
            self._thread.join(5)

    def drop(self) -> None:
        """Abort all open connections."""

        def cut() -> None:
            for socket in self._sockets:
                socket.transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def add(self, *events: dict[str, Any]) -> None:
        def more() -> None:
            self.events.extend(events)
            self._more.set()

        self._loop.call_soon_threadsafe(more)

    def _run(self) -> None:
        """Connections that arrived last are ended too."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server: Server
        async with serve(self._play, "127.0.0.1", 0, process_request=self._meet) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.address = f"http://127.0.0.1:{port}"
            self._ready.set()
            await self._ending.wait()

    async def _meet(self, socket: ServerConnection, request: Request) -> Response | None:
        self.tokens.append(request.headers.get("Authorization"))
        if self.refuse_with is not None:
            answer = socket.respond(self.refuse_with, "no\n")
            if self.challenge:
                answer.headers["WWW-Authenticate"] = self.challenge
            return answer
        return None

    async def _play(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        after = int(parse_qs(urlsplit(socket.request.path).query)["after"][0])
        self.asked.append(after)
        self._sockets.add(socket)
        with suppress(ConnectionClosed):
            await (self.script or self._follow)(socket, after)
        self._sockets.discard(socket)

    async def _follow(self, socket: ServerConnection, after: int) -> None:
        await socket.send(hello(max((event["number"] for event in self.events), default=0)))
        while True:
            for event in sorted(self.events, key=lambda one: int(one["number"])):
                if event["number"] > after:
                    await socket.send(frame(event))
                    after = event["number"]
            self._more.clear()
            waiting = asyncio.create_task(self._more.wait())
            closing = asyncio.create_task(socket.wait_closed())
            await asyncio.wait((waiting, closing), return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if closing.done():
                return
            closing.cancel()
