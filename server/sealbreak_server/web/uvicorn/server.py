"""Configures uvicorn and runs it in this process."""

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from sealbreak_server.web.uvicorn.capacity import Capacity
from sealbreak_server.web.uvicorn.http import BoundedProtocol
from sealbreak_server.web.uvicorn.log_filter import StrangersFilter
from sealbreak_server.web.uvicorn.websocket import BoundedWebSocket

DRAIN_SECONDS = 10
"""Running requests may finish in this time after a stop was requested."""
LOOK_SECONDS = 0.01
LOOKS = 50
"""So often a stop looks for connections that were accepted before it and have sent no request."""
KEEP_ALIVE_SECONDS = 150
"""Longer than proxies keep a connection to the server (nginx 60 s, Tailscale and cloudflared 90 s,
Caddy 120 s): they never send a request on a connection that the server closes at that moment."""
MAX_FRAME = 64 * 1024


def run(app: Callable[..., Any], listener: socket.socket, on_started: Callable[[], None]) -> None:
    """Serves until a signal stops it. Calls `on_started` once connections are accepted."""
    logging.getLogger("uvicorn.error").addFilter(StrangersFilter())
    Server(config_for(app), on_started).run(sockets=[listener])


def config_for(app: Callable[..., Any]) -> uvicorn.Config:
    http: Any = partial(BoundedProtocol, capacity=Capacity())  # one for all connections
    return uvicorn.Config(
        app,
        loop="auto",
        http=http,
        ws=BoundedWebSocket,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A requested stop exits with status 0, and a second request stops at once."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts nothing more, and reads what was accepted: uvicorn would close such connections,
        and the pixels that they ask for would be lost."""
        for server in self.servers:
            server.close()
        for _ in range(LOOKS):
            await asyncio.sleep(LOOK_SECONDS)
            if self.force_exit or not self._waits_for_requests():
                break
        await super().shutdown(sockets)

    def _waits_for_requests(self) -> bool:
        return any(
            isinstance(connection, BoundedProtocol) and connection.cycle is None
            for connection in self.server_state.connections
        )
