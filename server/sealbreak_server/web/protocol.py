"""HTTP as uvicorn speaks it, with bounds that it lacks: a request ends, and ends soon."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
HEAD_SECONDS = 20.0
BODY_SECONDS = 60.0


class BoundedProtocol(HttpToolsProtocol):
    _reading_head = True
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
        self._reading_head = False
        self._clear_deadline()
        if not self.parser.should_upgrade():
            self._set_deadline(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._clear_deadline()
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._reading_head or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._deadline is None:
            self._set_deadline(HEAD_SECONDS)

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._refuse, b"408 Request Timeout")

    def _clear_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: bytes) -> None:
        self._clear_deadline()
        if self._reading_head or not self.cycle.response_started:
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n\r\n")
        self.transport.close()
