"""HTTP as uvicorn speaks it, with bounds that it lacks: a request ends, and ends soon."""

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

MAX_HEAD = 64 * 1024
HEAD_SECONDS = 20.0
BODY_SECONDS = 60.0
BODY = {b"content-length", b"transfer-encoding"}
WHOLE = "sealbreak.whole"
"""Under this name the extensions of a scope have `BoundedProtocol.send_whole`."""


class BoundedProtocol(HttpToolsProtocol):
    _reading_head = True
    _reading_body = False
    _head_bytes = 0
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions = {WHOLE: self.send_whole}
        self._set_deadline(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clear_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._reading_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._reading_head, self._reading_body = False, True
        self._clear_deadline()
        super().on_headers_complete()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]

    def on_message_complete(self) -> None:
        self._reading_body = False
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

    def send_whole(self, scope: Scope, status: int, rest: bytes) -> bool:
        """Head and body in one write, which costs half of what uvicorn's two messages cost.

        `rest`: the headers but those that uvicorn adds, an empty line, the body.
        False when nothing was sent, because there is more to see to than this.
        """
        cycle = self.cycle
        if cycle.scope is not scope or scope["method"] != "GET" or not cycle.keep_alive:
            return False
        if cycle.disconnected or cycle.waiting_for_100_continue or self.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        added = [b"%b: %b\r\n" % header for header in cycle.default_headers]
        self.transport.write(b"".join([STATUS_LINE[status], *added, rest]))
        cycle.message_event.set()
        cycle.on_response()
        return True

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
