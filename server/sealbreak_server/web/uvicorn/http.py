"""HTTP as uvicorn speaks it, with bounds that it lacks: a request ends, and ends soon."""

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

from sealbreak_server.web.responses import StaticResponse

MAX_HEAD = 64 * 1024
"""Bytes of a head, and of what comes between two pieces of a body or after the last."""
PIECE = 2 * 1024
"""Bytes that are parsed at once: each request among them, a hundred at most, takes its own 3 kB."""
HEAD_SECONDS = 20.0
BODY_SECONDS = 60.0
BODY = {b"content-length", b"transfer-encoding"}
NOTHING = memoryview(b"")

Finish = Callable[[StaticResponse], None]
Begin = Callable[[Scope, Finish], bool]
"""Sees to it that a request is answered; False when it is left to the app.

Later, never before it returns: each of a row of requests begins the next when it is answered.
"""


@dataclass(frozen=True)
class App:
    """What uvicorn runs, with a short way for requests that have nothing unusual about them."""

    asgi: ASGIApp
    begin: Begin | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.asgi(scope, receive, send)


class RowFlow(FlowControl):
    """Reads on when the last of a row of requests has its turn; uvicorn does after each answer."""

    def __init__(self, transport: asyncio.Transport, row: deque[Any]) -> None:
        super().__init__(transport)
        self._row = row

    def resume_reading(self) -> None:
        if not self._row:
            super().resume_reading()


class BoundedProtocol(HttpToolsProtocol):
    _reading_head = True
    _reading_body = False
    _head_bytes = 0
    _unread = NOTHING
    """What came in one read, and waits until the row of requests before it has had its turn."""
    _deadline: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None
    """Of a row the request whose turn it is; uvicorn knows the last that was read."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = RowFlow(transport, self.pipeline)
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        if self._answering is not None:  # it would write on, and fail with many words in the log
            self._answering.disconnected = True
            self._answering.message_event.set()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._reading_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Not what follows a body: no proxy has looked at it, and the app reads the head by now.

        What uvicorn does is written out: to call it for each header costs a tenth of a pixel.
        """
        if self._reading_head:
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._reading_head, self._reading_body = False, True
        if self._deadline is not None:
            self._clear_deadline()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reading_body = False
        if self._deadline is not None:
            self._clear_deadline()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.flow.read_paused:
            self._read_on()
            self.flow.resume_reading()

    def _unsupported_upgrade_warning(self) -> None:
        """Its answer is the last: what follows may be a body, which the parser takes for a head."""
        self.cycle.keep_alive = False
        self._unread = NOTHING

    def handle_websocket_upgrade(self) -> None:
        """A body, which no handshake has, would be waited for without end."""
        self._reading_body = False
        self._unread = NOTHING
        self.cycle = None  # type: ignore[assignment]  # no answer of before is this one's
        self._clear_deadline()
        if BODY & {name for name, _ in self.scope["headers"]}:
            self._refuse(b"400 Bad Request")
            return
        super().handle_websocket_upgrade()
        upgraded: Any = self.transport.get_protocol()
        if upgraded.conn.handshake_exc is not None and not self.transport.is_closing():
            # What has too many lines, or too long ones, uvicorn would never answer or close.
            self._refuse(b"431 Request Header Fields Too Large")

    def data_received(self, data: bytes) -> None:
        """A deadline is for what has not come whole; most requests come in one piece."""
        if len(data) > PIECE:
            self._unread = memoryview(data)
            self._read_on()
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
        # Now the rest of a request is to come, or a whole one: empty lines begin none.
        if self._deadline is None and not self._unread:
            self._set_deadline(BODY_SECONDS if self._reading_body else HEAD_SECONDS)

    def _read_on(self) -> None:
        """Only to the end of a row: who takes no answers could make it ever longer."""
        while self._unread and not self.pipeline and not self.transport.is_closing():
            piece, rest = self._unread[:PIECE], self._unread[PIECE:]
            self._unread = rest or NOTHING  # which, unlike an empty rest, holds no memory
            self.data_received(bytes(piece))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """A task, and all that waits in it, costs as much as a pixel."""
        self._answering = cycle
        begin: Begin | None = getattr(app, "begin", None)
        scope: Any = cycle.scope
        is_plain = scope["method"] == "GET" and cycle.keep_alive and not self.expect_100_continue
        try:
            begun = begin and is_plain and begin(scope, partial(self._finish, cycle))
        except Exception:
            begun = False  # the app meets the same, and says so
        if not begun:
            super()._start_asgi_task(cycle, app)

    def _finish(self, cycle: RequestResponseCycle, answer: StaticResponse) -> None:
        """Head and body in one write, which costs half of what uvicorn's two messages cost."""
        if cycle.disconnected or not cycle.keep_alive or self.flow.write_paused:
            app: Any = answer  # there is more to see to
            super()._start_asgi_task(cycle, app)
            return
        cycle.response_started = cycle.response_complete = True
        added = [b"%b: %b\r\n" % header for header in cycle.default_headers]
        self.transport.write(b"".join([STATUS_LINE[answer.status], *added, answer.whole]))
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
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n\r\n")
        self.transport.close()
