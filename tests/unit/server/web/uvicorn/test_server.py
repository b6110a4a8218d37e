from functools import partial
from typing import Any

from sealbreak_server.web.uvicorn.http import App, BoundedProtocol
from sealbreak_server.web.uvicorn.server import Server
from sealbreak_server.web.uvicorn.server import config_for as config
from sealbreak_server.web.uvicorn.websocket import BoundedWebSocket
from support.server.asgi import ok


def test_our_protocols_are_used_and_compression_is_off() -> None:
    found = config(App(ok, None))
    http: Any = found.http
    assert isinstance(http, partial)
    assert (http.func, found.ws) == (BoundedProtocol, BoundedWebSocket)
    assert not found.ws_per_message_deflate


def test_a_first_stop_waits_and_a_second_one_does_not() -> None:
    server = Server(config(App(ok, None)), lambda: None)
    server.handle_exit(15, None)
    assert (server.should_exit, server.force_exit) == (True, False)
    server.handle_exit(15, None)
    assert (server.should_exit, server.force_exit) == (True, True)


PROXIES = {"nginx": 60, "Tailscale": 90, "Traefik": 90, "cloudflared": 90, "Caddy": 120}
"""Seconds that each keeps an idle connection to a server, by its documents."""


def test_the_server_keeps_a_connection_longer_than_any_proxy() -> None:
    """Else a proxy may send a request at the moment in which the server closes."""
    assert config(App(ok, None)).timeout_keep_alive > max(PROXIES.values())


def test_the_loop_is_the_fastest_that_the_system_has() -> None:
    """uvloop is not for Windows."""
    assert config(App(ok, None)).loop == "auto"
