"""What strangers can make uvicorn log: nothing, or one line at a time without a traceback."""

import logging
import time
from collections.abc import Callable

BAD_REQUEST_WARNINGS = {
    "ASGI callable returned without completing handshake.",
    "Invalid HTTP request received.",
}
"""Logged for each refused handshake and each invalid request."""
BAD_FRAME_ERRORS = {"Invalid UTF-8 sequence received from client."}
QUIET_SECONDS = 60.0
"""From one line about a bad frame to the next."""


class StrangersFilter(logging.Filter):
    """Any stranger could fill the log with these."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._monotonic = monotonic
        self._passed_at = -QUIET_SECONDS

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg in BAD_FRAME_ERRORS:
            record.exc_info = record.exc_text = None
            return self._is_due()
        return record.msg not in BAD_REQUEST_WARNINGS

    def _is_due(self) -> bool:
        now = self._monotonic()
        if now - self._passed_at < QUIET_SECONDS:
            return False
        self._passed_at = now
        return True
