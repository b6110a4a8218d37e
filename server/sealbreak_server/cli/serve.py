"""Runs the app under uvicorn, in this process."""

import dataclasses
import gc
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn

from sealbreak_server.app import make_app, make_services
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.web.uvicorn.http import BoundedProtocol
from sealbreak_server.web.uvicorn.websocket import BoundedWebSocket

if sys.platform != "win32":
    import resource

DRAIN_SECONDS = 10
BACKLOG = 2048
FILES = 65_536
GARBAGE = 50_000
"""Objects until they are looked through: requests that wait for the disk are none."""
TURN_SECONDS = 0.001
"""An answer waits so long for a thread that judges; Python's own 5 ms add up."""
UNREAD_SECONDS = 60
"""So long may a client take nothing of what was sent to it."""
OF_STRANGERS = {
    "ASGI callable returned without completing handshake.",
    "Invalid HTTP request received.",
}
"""uvicorn says it of every handshake that is refused and of every request that is none."""


def serve(settings: Settings) -> int:
    _allow_files()
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    with _listen(settings.host, settings.port) as listener:
        settings = with_public_url(settings, listener.getsockname()[1])
        services = make_services(settings)
        _try_database(services.storage)
        server = _Server(_config(make_app(services)))
        _share_the_processor()
        server.run(sockets=[listener])
    return 0


def _share_the_processor() -> None:
    """So that answers wait neither long for judging nor often for the search for garbage."""
    gc.freeze()  # rules and modules stay
    gc.set_threshold(GARBAGE)
    sys.setswitchinterval(TURN_SECONDS)


def _allow_files() -> None:
    """A connection is a file, and the usual 1,024 are what one stranger opens in a second."""
    if sys.platform == "win32":
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(most, FILES)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _is_news(record: logging.LogRecord) -> bool:
    return record.msg not in OF_STRANGERS


def _try_database(storage: Storage) -> None:
    """Before the loop runs, so that a `MigrationError` ends the command with its sentence."""
    with suppress(UnavailableError):
        storage.transaction(touch)
    storage.database.close()


def _config(app: Callable[..., Any]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedProtocol,
        ws=BoundedWebSocket,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=30,
    )


class _Server(uvicorn.Server):
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A stop that was asked for ends with 0, and asking twice hurries it."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        print(f"listening on {_url(*sockets[0].getsockname()[:2])}", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=BACKLOG,
        )
    except OSError as error:
        raise SettingsError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    if sys.platform == "linux":
        # What is accepted inherits it. Nothing else ends a connection that waits to be read.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD_SECONDS)
    return listener


def with_public_url(settings: Settings, port: int) -> Settings:
    url = settings.public_url or _url(settings.host, port)
    return dataclasses.replace(settings, port=port, public_url=url)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
