import asyncio
from typing import Any

from sealbreak_server.web.uvicorn import http
from sealbreak_server.web.uvicorn.capacity import Capacity
from sealbreak_server.web.uvicorn.http import App, BoundedProtocol
from sealbreak_server.web.uvicorn.server import config_for
from support.server.asgi import ok
from uvicorn.server import ServerState


class FakeTransport:
    def __init__(self) -> None:
        self.written = b""
        self.ended = asyncio.Event()

    def get_extra_info(self, _name: str) -> None:
        return None

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.ended.set()

    def is_closing(self) -> bool:
        return self.ended.is_set()


def test_a_request_that_comes_too_late_leaves_nothing_in_caches(monkeypatch: Any) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.01)
    transport: Any = FakeTransport()

    async def wait() -> None:
        loop = asyncio.get_running_loop()
        config = config_for(App(ok, None))
        protocol = BoundedProtocol(config, ServerState(), {}, loop, capacity=Capacity(1))
        protocol.connection_made(transport)
        protocol.data_received(b"GET /o/x/y.gif HTTP/1.1\r\n")
        await asyncio.wait_for(transport.ended.wait(), 5)

    asyncio.run(wait())
    assert transport.written.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"\r\nCache-Control: no-store\r\n" in transport.written
