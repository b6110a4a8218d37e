"""`sealbreak-server serve`: runs the app under uvicorn, in this process."""

import dataclasses
import gc
import logging
import os
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress

from sealbreak_server.app import make_app, make_services
from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.log_format import log_as_json
from sealbreak_server.cli.lost_keys import prepare
from sealbreak_server.errors import SettingsError
from sealbreak_server.services import Services
from sealbreak_server.settings import Settings
from sealbreak_server.web import systemd
from sealbreak_server.web.uvicorn import server

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
log = logging.getLogger(__name__)

DESCRIPTION = """\
Run the server in the foreground. Ctrl+C answers the requests that have been read, then stops;
a second Ctrl+C stops immediately.

  sealbreak-server serve --public-url https://track.example.com
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--new-keys", action="store_true",
        help="start although the keys of this database are lost: mails sent so far stay silent, and"
        " their links lead nowhere",
    )  # fmt: skip
    add_settings(parser)


def run(options: Options) -> int:
    return serve(read_options(options), new_keys=options.new_keys)


def serve(settings: Settings, *, new_keys: bool = False) -> int:
    if settings.log_format == "json":
        log_as_json()
    _raise_file_limit()
    with _listener(settings) as listener:
        settings = with_public_url(settings, listener.getsockname()[1])
        prepare(settings, new_keys=new_keys)
        services = make_services(settings)
        app = make_app(services)
        attach_metrics = _metrics(services)
        _tune_interpreter()

        def report_started() -> None:
            attach_metrics()
            _report_started(listener)

        server.run(app, listener, report_started)
    return 0


def _metrics(services: Services) -> Callable[[], None]:
    """Listens for requests for metrics, if there is a port for them. Returns what is to be called
    when the server has started."""
    port = services.settings.metrics_port
    if port is None:
        return lambda: None
    from sealbreak_server.web.metrics import HOST, Metrics

    metrics = Metrics(services)
    log.info("metrics at http://%s:%d/metrics", HOST, metrics.listen(port))
    return metrics.attach


def _tune_interpreter() -> None:
    """Keeps answers from waiting for classification and garbage collection."""
    gc.freeze()  # rules and modules are never garbage
    gc.set_threshold(GARBAGE_THRESHOLD)
    sys.setswitchinterval(SWITCH_SECONDS)


def _raise_file_limit() -> None:
    """A single client can open the usual 1,024 connections within a second."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MAX_FILES if most == resource.RLIM_INFINITY else min(most, MAX_FILES)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _report_started(listener: socket.socket) -> None:
    print(f"listening on {_url(*listener.getsockname()[:2])}", flush=True)
    systemd.report_started(os.environ)


def _listener(settings: Settings) -> socket.socket:
    inherited = systemd.inherited_listener(os.environ)
    listener = inherited or _listen(settings.host, settings.port)
    if sys.platform == "linux":
        # Accepted sockets inherit it. Nothing else ends a connection whose client does not read.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD_SECONDS)
    return listener


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=BACKLOG,
        )
    except OSError as error:
        raise SettingsError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def with_public_url(settings: Settings, port: int) -> Settings:
    url = settings.public_url or _url(settings.host, port)
    return dataclasses.replace(settings, port=port, public_url=url)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
