"""`sealbreak-server serve`: runs the app under uvicorn, in this process."""

import dataclasses
import gc
import logging
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import uvicorn

from sealbreak_server.app import make_app, make_services
from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.web.uvicorn.http import BoundedProtocol
from sealbreak_server.web.uvicorn.websocket import BoundedWebSocket

if sys.platform != "win32":
    import resource

DRAIN_SECONDS = 10
"""How long a stop waits for requests that are being answered."""
BACKLOG = 2048
"""Connections that may wait to be accepted."""
MAX_FILES = 65_536
"""Each connection is an open file."""
GARBAGE_THRESHOLD = 50_000
"""Objects until a garbage collection: requests that wait for the disk must not trigger one."""
SWITCH_SECONDS = 0.001
"""The longest time that the loop waits for a thread that classifies. Python's default of 5 ms would
add up for each answer."""
UNREAD_SECONDS = 60
"""How long a client may leave sent data unread before its connection ends."""
IGNORED_MESSAGES = {
    "ASGI callable returned without completing handshake.",
    "Invalid HTTP request received.",
}
"""uvicorn logs them for every refused handshake and every malformed request."""
DESCRIPTION = """\
Run the server in the foreground. Ctrl+C answers the requests that have been read, then stops;
a second Ctrl+C stops immediately.

  sealbreak-server serve --public-url https://track.example.com
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser)


def run(options: Options) -> int:
    return serve(read_options(options))


def serve(settings: Settings) -> int:
    _raise_file_limit()
    logging.getLogger("uvicorn.error").addFilter(_is_logged)
    with _listen(settings.host, settings.port) as listener:
        settings = with_public_url(settings, listener.getsockname()[1])
        services = make_services(settings)
        _try_database(services.storage)
        server = _Server(_config(make_app(services)))
        _tune_interpreter()
        server.run(sockets=[listener])
    return 0


def _tune_interpreter() -> None:
    """Keeps answers from waiting for classification and garbage collection."""
    gc.freeze()  # rules and modules are never garbage
    gc.set_threshold(GARBAGE_THRESHOLD)
    sys.setswitchinterval(SWITCH_SECONDS)


def _raise_file_limit() -> None:
    """A single client can open the usual 1,024 connections within a second."""
    if sys.platform == "win32":
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if most == resource.RLIM_INFINITY else min(most, MAX_FILES)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _is_logged(record: logging.LogRecord) -> bool:
    return record.msg not in IGNORED_MESSAGES


def _try_database(storage: Storage) -> None:
    """Before the loop runs, so that a `MigrationError` ends the command with its message."""
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
        """A requested stop ends with status 0; a second signal stops immediately."""
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
        # Accepted sockets inherit it. Nothing else ends a connection whose client does not read.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD_SECONDS)
    return listener


def with_public_url(settings: Settings, port: int) -> Settings:
    url = settings.public_url or _url(settings.host, port)
    return dataclasses.replace(settings, port=port, public_url=url)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
