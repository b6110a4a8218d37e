"""WebSockets as uvicorn speaks them, with a bound that it lacks: clients say little."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MOST_FRAMES = 100
"""In one piece, as parts of one message, or sent while nothing is read.

A client says whose it is, and pings once in some seconds.
"""


class BoundedWebSocket(WebSocketsSansIOProtocol):
    _while_unread = 0
    """Frames that came since the client last took what was sent to it."""

    def handle_events(self) -> None:
        """Frames cost more to keep than to send, and pings are answered whoever reads it."""
        frames = len(self.conn.events)
        if not self.writable.is_set():
            self._while_unread += frames
        if max(frames + len(self.frames), self._while_unread) > MOST_FRAMES:
            self.transport.abort()
        else:
            super().handle_events()

    def resume_writing(self) -> None:
        self._while_unread = 0
        super().resume_writing()
