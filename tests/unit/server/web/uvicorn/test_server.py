import logging

import pytest
from sealbreak_server.web.uvicorn.http import App, BoundedProtocol
from sealbreak_server.web.uvicorn.server import BAD_REQUEST_WARNINGS, Server, _is_worth_logging
from sealbreak_server.web.uvicorn.server import config_for as config
from sealbreak_server.web.uvicorn.websocket import BoundedWebSocket
from support.server.asgi import ok


def test_our_protocols_are_used_and_compression_is_off() -> None:
    found = config(App(ok, None))
    assert (found.http, found.ws) == (BoundedProtocol, BoundedWebSocket)
    assert not found.ws_per_message_deflate


def test_a_first_stop_waits_and_a_second_one_does_not() -> None:
    server = Server(config(App(ok, None)), lambda: None)
    server.handle_exit(15, None)
    assert (server.should_exit, server.force_exit) == (True, False)
    server.handle_exit(15, None)
    assert (server.should_exit, server.force_exit) == (True, True)


@pytest.mark.parametrize(
    ("message", "is_logged"),
    [*((text, False) for text in sorted(BAD_REQUEST_WARNINGS)), ("The disk is full.", True)],
)
def test_bad_requests_are_not_logged(message: str, is_logged: bool) -> None:
    record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, message, None, None)
    assert _is_worth_logging(record) is is_logged
