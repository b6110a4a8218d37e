"""uvicorn's WebSocket protocol with a limit on frames, as our clients send few."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MAX_FRAMES = 100
"""Frames in one read, in one fragmented message, or while the client reads nothing.

A client sends its token once and a ping every few seconds.
"""


class BoundedWebSocket(WebSocketsSansIOProtocol):
    _frames_while_paused = 0
    """Frames that came since the client last read what was sent to it."""

    def handle_events(self) -> None:
        """A frame costs more to store than to send, and pings are answered before anyone reads."""
        frames = len(self.conn.events)
        if not self.writable.is_set():
            self._frames_while_paused += frames
        if max(frames + len(self.frames), self._frames_while_paused) > MAX_FRAMES:
            self.transport.abort()
        else:
            super().handle_events()

    def resume_writing(self) -> None:
        self._frames_while_paused = 0
        super().resume_writing()
