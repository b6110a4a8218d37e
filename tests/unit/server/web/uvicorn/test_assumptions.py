"""What web.uvicorn knows of uvicorn's inside. A failure says what a new version has changed."""

import asyncio
import inspect
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from sealbreak_server.web.uvicorn.http import App
from sealbreak_server.web.uvicorn.log_filter import BAD_FRAME_ERRORS, BAD_REQUEST_WARNINGS
from sealbreak_server.web.uvicorn.server import config_for
from support.server.asgi import ok
from uvicorn.protocols.http import httptools_impl
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.protocols.websockets import websockets_sansio_impl
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

OVERRIDDEN: list[tuple[type, str, list[str]]] = [
    (HttpToolsProtocol, "connection_made", ["self", "transport"]),
    (HttpToolsProtocol, "connection_lost", ["self", "exc"]),
    (HttpToolsProtocol, "data_received", ["self", "data"]),
    (HttpToolsProtocol, "on_message_begin", ["self"]),
    (HttpToolsProtocol, "on_header", ["self", "name", "value"]),
    (HttpToolsProtocol, "on_headers_complete", ["self"]),
    (HttpToolsProtocol, "on_body", ["self", "body"]),
    (HttpToolsProtocol, "on_message_complete", ["self"]),
    (HttpToolsProtocol, "on_response_complete", ["self"]),
    (HttpToolsProtocol, "_should_upgrade", ["self"]),
    (HttpToolsProtocol, "send_400_response", ["self", "msg"]),
    (HttpToolsProtocol, "_unsupported_upgrade_warning", ["self"]),
    (HttpToolsProtocol, "handle_websocket_upgrade", ["self"]),
    (HttpToolsProtocol, "_start_asgi_task", ["self", "cycle", "app"]),
    (FlowControl, "__init__", ["self", "transport"]),
    (FlowControl, "resume_reading", ["self"]),
    (WebSocketsSansIOProtocol, "handle_events", ["self"]),
    (WebSocketsSansIOProtocol, "resume_writing", ["self"]),
    (uvicorn.Server, "__init__", ["self", "config"]),
    (uvicorn.Server, "handle_exit", ["self", "sig", "frame"]),
    (uvicorn.Server, "startup", ["self", "sockets"]),
    (uvicorn.Server, "run", ["self", "sockets"]),
]

COPIED_ON_HEADER = """\
    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"expect" and value.lower() == b"100-continue":
            self.expect_100_continue = True
        self.headers.append((name, value))
"""

CALLS = [
    (HttpToolsProtocol.connection_made, "self.flow = FlowControl(transport)"),
    (HttpToolsProtocol.data_received, "except httptools.HttpParserError:"),
    (HttpToolsProtocol.data_received, "self.send_400_response(msg)"),
    (HttpToolsProtocol.data_received, "if self._should_upgrade():"),
    (HttpToolsProtocol.data_received, "self.handle_websocket_upgrade()"),
    (HttpToolsProtocol.data_received, "self._unsupported_upgrade_warning()"),
    (HttpToolsProtocol.handle_websocket_upgrade, 'for name, value in self.scope["headers"]'),
    (HttpToolsProtocol.handle_websocket_upgrade, "self.transport.set_protocol(protocol)"),
    (HttpToolsProtocol.on_headers_complete, "flow=self.flow"),
    (HttpToolsProtocol.on_headers_complete, "on_response=self.on_response_complete"),
    (HttpToolsProtocol.on_headers_complete, "self._start_asgi_task(self.cycle, app)"),
    (HttpToolsProtocol.on_headers_complete, "self.pipeline.appendleft((self.cycle, app))"),
    (HttpToolsProtocol.on_response_complete, "self.flow.resume_reading()"),
    (HttpToolsProtocol.on_response_complete, "self._start_asgi_task(cycle, app)"),
    (WebSocketsSansIOProtocol.data_received, "self.handle_events()"),
    (WebSocketsSansIOProtocol.handle_events, "self.conn.events_received()"),
]


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def http(loop: asyncio.AbstractEventLoop) -> HttpToolsProtocol:
    return HttpToolsProtocol(config_for(App(ok, None)), ServerState(), {}, loop)


@pytest.mark.parametrize(("owner", "name", "parameters"), OVERRIDDEN)
def test_a_method_that_we_override_exists_with_these_parameters(
    owner: type, name: str, parameters: list[str]
) -> None:
    method = getattr(owner, name, None)
    assert method is not None, (
        f"uvicorn has no {owner.__name__}.{name}, which web.uvicorn overrides"
    )
    found = list(inspect.signature(method).parameters)
    assert found == parameters, f"uvicorn changed the parameters of {owner.__name__}.{name}"


@pytest.mark.parametrize(("method", "code"), CALLS)
def test_uvicorn_calls_what_we_override(method: Any, code: str) -> None:
    assert code in inspect.getsource(method), (
        f"{method.__qualname__} no longer contains {code!r}: check what web.uvicorn overrides"
    )


def test_on_header_is_the_method_that_we_copied() -> None:
    assert inspect.getsource(HttpToolsProtocol.on_header) == COPIED_ON_HEADER, (
        "uvicorn changed on_header: copy the change to BoundedProtocol.on_header"
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [("pipeline", deque), ("expect_100_continue", bool), ("loop", asyncio.AbstractEventLoop),
     ("transport", None), ("flow", None), ("cycle", None), ("scope", None), ("headers", None),
     ("parser", None), ("connections", set)],
)  # fmt: skip
def test_an_http_connection_has_this_attribute(
    http: HttpToolsProtocol, name: str, kind: type | None
) -> None:
    assert hasattr(http, name), f"uvicorn's HTTP protocol has no attribute {name}"
    assert kind is None or isinstance(getattr(http, name), kind), f"{name} is no {kind}"


@pytest.mark.parametrize(
    "name",
    ["scope", "keep_alive", "disconnected", "message_event", "response_started",
     "response_complete", "default_headers"],
)  # fmt: skip
def test_a_request_cycle_sets_this_attribute(name: str) -> None:
    source = inspect.getsource(RequestResponseCycle.__init__)
    assert f"self.{name} = " in source, f"uvicorn's RequestResponseCycle has no attribute {name}"


@pytest.mark.parametrize("name", ["read_paused", "write_paused"])
def test_flow_control_has_this_attribute(name: str) -> None:
    transport: Any = None
    assert getattr(FlowControl(transport), name) is False, f"FlowControl has no attribute {name}"


@pytest.mark.parametrize("name", ["conn", "frames", "transport", "writable"])
def test_a_websocket_has_this_attribute(loop: asyncio.AbstractEventLoop, name: str) -> None:
    websocket = WebSocketsSansIOProtocol(config_for(App(ok, None)), ServerState(), {}, loop)
    assert hasattr(websocket, name), f"uvicorn's WebSocket protocol has no attribute {name}"


@pytest.mark.parametrize(("name", "value"), [("events", []), ("handshake_exc", None)])
def test_the_connection_of_a_websocket_has_this_attribute(
    loop: asyncio.AbstractEventLoop, name: str, value: object
) -> None:
    websocket = WebSocketsSansIOProtocol(config_for(App(ok, None)), ServerState(), {}, loop)
    assert getattr(websocket.conn, name) == value, f"the websockets library has no {name}"


@pytest.mark.parametrize("name", ["should_exit", "force_exit"])
def test_a_server_stops_by_this_flag(name: str) -> None:
    server = uvicorn.Server(config_for(App(ok, None)))
    assert getattr(server, name) is False, f"uvicorn.Server has no attribute {name}"


def test_a_status_line_ends_the_first_line_of_a_response() -> None:
    assert STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n"


def test_uvicorn_gives_each_connection_the_app_as_it_is(http: HttpToolsProtocol) -> None:
    """The fast path is an attribute of the app, so uvicorn must not wrap it."""
    assert isinstance(http.app, App), "uvicorn wraps the app: the fast path is never taken"


@pytest.mark.parametrize("message", sorted(BAD_REQUEST_WARNINGS | BAD_FRAME_ERRORS))
def test_uvicorn_logs_strangers_faults_in_these_words(message: str) -> None:
    sources = inspect.getsource(httptools_impl) + inspect.getsource(websockets_sansio_impl)
    assert message in sources, f"uvicorn no longer logs {message!r}: the log filter misses it"
