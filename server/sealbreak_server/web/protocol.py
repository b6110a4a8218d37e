"""HTTP as uvicorn speaks it, with bounds that it lacks: a request ends, and ends soon."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from sealbreak_server.web.responses import Answer

MAX_HEAD = 64 * 1024
HEAD_SECONDS = 20.0
BODY_SECONDS = 60.0
BODY = {b"content-length", b"transfer-encoding"}

Finish = Callable[[Answer], None]
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


class BoundedProtocol(HttpToolsProtocol):
    _reading_head = True
    _reading_body = False
    _head_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._reading_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading_head, self._reading_body = False, True
        if self._deadline is not None:
            self._clear_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._reading_body = False
        if self._deadline is not None:
            self._clear_deadline()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A body, which no handshake has, would be waited for without end."""
        self._reading_body = False
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
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._reading_head:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")
            elif self._deadline is None:
                self._set_deadline(HEAD_SECONDS)
        elif self._reading_body and self._deadline is None:
            self._set_deadline(BODY_SECONDS)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """A task, and all that waits in it, costs as much as a pixel."""
        begin: Begin | None = getattr(app, "begin", None)
        scope: Any = cycle.scope
        is_plain = scope["method"] == "GET" and cycle.keep_alive and not self.expect_100_continue
        try:
            begun = begin and is_plain and begin(scope, partial(self._finish, cycle))
        except Exception:
            begun = False  # the app meets the same, and says so
        if not begun:
            super()._start_asgi_task(cycle, app)

    def _finish(self, cycle: RequestResponseCycle, answer: Answer) -> None:
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
