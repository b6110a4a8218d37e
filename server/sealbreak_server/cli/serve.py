"""Runs the server in this process."""

import dataclasses
import gc
import socket
import sys
from contextlib import suppress

from sealbreak_server.app import make_app, make_services
from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import touch
from sealbreak_server.web.uvicorn import server

if sys.platform != "win32":
    import resource

BACKLOG = 2048
FILES = 65_536
GARBAGE = 50_000
"""Objects until they are looked through: requests that wait for the disk are none."""
TURN_SECONDS = 0.001
"""An answer waits so long for a thread that judges; Python's own 5 ms add up."""
UNREAD_SECONDS = 60
"""So long may a client take nothing of what was sent to it."""


def serve(settings: Settings) -> int:
    _allow_files()
    with _listen(settings.host, settings.port) as listener:
        settings = with_public_url(settings, listener.getsockname()[1])
        services = make_services(settings)
        _try_database(services.storage)
        app = make_app(services)
        _share_the_processor()
        server.run(app, listener, lambda: _print_address(listener))
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


def _try_database(storage: Storage) -> None:
    """Before the loop runs, so that a `MigrationError` ends the command with its sentence."""
    with suppress(UnavailableError):
        storage.transaction(touch)
    storage.database.close()


def _print_address(listener: socket.socket) -> None:
    print(f"listening on {_url(*listener.getsockname()[:2])}", flush=True)


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
