"""uvicorn's HTTP/1.1 protocol with limits that it lacks: on time, on sizes and on pipelining."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from sealbreak_server.web.responses import Respond, StaticResponse
from sealbreak_server.web.uvicorn.capacity import Capacity

MAX_HEAD = 64 * 1024
"""Bytes of a request's head, and of what comes between two chunks of a body or after the last."""
PIECE_BYTES = 2 * 1024
"""Bytes that are parsed at once. Each of the requests in a piece, at most a hundred, takes 3 kB."""
HEAD_SECONDS = 20.0
BODY_SECONDS = 60.0
BODY_HEADERS = {b"content-length", b"transfer-encoding"}
PIXELS_AND_LINKS = (b"/o/", b"/l/")
REFUSAL = (
    b"HTTP/1.1 %b\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
"""Not to be stored: it may answer the address of a pixel."""
EMPTY = memoryview(b"")

FastHandler = Callable[[Scope, Respond], bool]
"""Returns whether it takes the request; if not, the ASGI app gets it.

`Respond` must be called later, never before the handler returns, because the response to one
pipelined request starts the next.
"""


@dataclass(frozen=True)
class App:
    """The application that uvicorn runs: ASGI, and a fast path for plain GET requests."""

    asgi: ASGIApp
    fast_handler: FastHandler | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.asgi(scope, receive, send)


class PipelineFlowControl(FlowControl):
    """Resumes reading when the last pipelined request is being answered, not after each one."""

    def __init__(self, transport: asyncio.Transport, pipeline: deque[Any]) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        if not self._pipeline:
            super().resume_reading()


class BoundedProtocol(HttpToolsProtocol):
    _hosts = 0
    """`Host` headers of the request."""
    _reading_head = True
    _reading_body = False
    _head_bytes = 0
    _unread = EMPTY
    """Received but not parsed: it waits until the pipelined requests before it are answered."""
    _deadline: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None
    """The pipelined request that is being answered. uvicorn's `cycle` is the last one parsed."""

    def __init__(self, *args: Any, capacity: Capacity, **options: Any) -> None:
        super().__init__(*args, **options)
        self._capacity = capacity

    def abort(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._capacity.admit(self, len(self.connections))
        self.flow = PipelineFlowControl(transport, self.pipeline)
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._capacity.forget(self)
        self._clear_deadline()
        if self._answering is not None:  # else it would write on, and fail with a long log entry
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._reading_head, self._head_bytes, self._hosts = True, 0, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Ignores trailers: no proxy has checked them, and the app already reads the headers.

        The code is copied from uvicorn, as calling it for each header costs a tenth of a pixel.
        """
        if self._reading_head:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            if name == b"host":
                self._hosts += 1
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._check_host()
        self._reading_head, self._reading_body = False, True
        if self._deadline is not None:
            self._clear_deadline()
        super().on_headers_complete()

    def _check_host(self) -> None:
        """The parser turns the exception into an error that uvicorn answers with 400."""
        if self._hosts != 1 and (self._hosts > 1 or self.parser.get_http_version() == "1.1"):
            raise ValueError("RFC 9112 asks for one Host header")

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reading_body = False
        if self._deadline is not None:
            self._clear_deadline()
        self._capacity.forget(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle and self.cycle.response_complete and not self.transport.is_closing():
            self._capacity.wait(self)
        if self.flow.read_paused:
            self._parse_unread()
            self.flow.resume_reading()

    def _should_upgrade(self) -> bool:
        """A server may ignore the wish to upgrade: a pixel is answered as always."""
        return super()._should_upgrade() and not self.url.startswith(PIXELS_AND_LINKS)

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse(b"400 Bad Request")

    def _unsupported_upgrade_warning(self) -> None:
        """Ends the connection: the next bytes may be a body, which the parser takes for a head."""
        self.cycle.keep_alive = False
        self._unread = EMPTY

    def handle_websocket_upgrade(self) -> None:
        """Refuses a handshake with a body, as uvicorn would wait for the body forever."""
        self._capacity.forget(self)
        self._reading_body = False
        self._unread = EMPTY
        self.cycle = None  # type: ignore[assignment]  # an earlier response is not this one's
        self._clear_deadline()
        if BODY_HEADERS & {name for name, _ in self.scope["headers"]}:
            self._refuse(b"400 Bad Request")
            return
        super().handle_websocket_upgrade()
        upgraded: Any = self.transport.get_protocol()
        if upgraded.conn.handshake_exc is not None and not self.transport.is_closing():
            # uvicorn neither answers nor closes when there are too many headers or too long ones.
            self._refuse(b"431 Request Header Fields Too Large")

    def data_received(self, data: bytes) -> None:
        """Sets a deadline only for an incomplete request, as most requests come in one piece."""
        if len(data) > PIECE_BYTES:
            self._unread = memoryview(data)
            self._parse_unread()
            return
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._reading_head or self._reading_body:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")
                return
        elif self.cycle is None or not self.cycle.response_complete:
            return
        # The rest of a request is still to come, or a whole one: an empty line does not start one.
        if self._deadline is None and not self._unread:
            self._set_deadline(BODY_SECONDS if self._reading_body else HEAD_SECONDS)

    def _parse_unread(self) -> None:
        """Stops when requests queue up, so a client that reads no responses cannot add more."""
        while self._unread and not self.pipeline and not self.transport.is_closing():
            piece, rest = self._unread[:PIECE_BYTES], self._unread[PIECE_BYTES:]
            self._unread = rest or EMPTY  # an empty `rest` would keep the memory alive
            self.data_received(bytes(piece))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Tries the fast path first: a task and what waits in it cost as much as a pixel."""
        self._answering = cycle
        handler: FastHandler | None = getattr(app, "fast_handler", None)
        scope: Any = cycle.scope
        is_plain = scope["method"] == "GET" and cycle.keep_alive and not self.expect_100_continue
        try:
            is_taken = handler and is_plain and handler(scope, partial(self._respond, cycle))
        except Exception:
            is_taken = False  # the app meets the same error and logs it
        if not is_taken:
            super()._start_asgi_task(cycle, app)

    def _respond(self, cycle: RequestResponseCycle, response: StaticResponse) -> None:
        """Writes head and body at once, which costs half of uvicorn's two messages."""
        if cycle.disconnected or not cycle.keep_alive or self.flow.write_paused:
            app: Any = response  # uvicorn handles these cases
            super()._start_asgi_task(cycle, app)
            return
        cycle.response_started = cycle.response_complete = True
        added = [b"%b: %b\r\n" % header for header in cycle.default_headers]
        self.transport.write(b"".join([STATUS_LINE[response.status], *added, response.whole]))
        cycle.message_event.set()
        self.on_response_complete()

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._refuse, b"408 Request Timeout")

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        self._clear_deadline()
        if self._reading_head or self.cycle is None or not self.cycle.response_started:
            self.transport.write(REFUSAL % status)
        self.transport.close()
