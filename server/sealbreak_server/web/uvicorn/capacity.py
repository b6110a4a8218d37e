"""Keeps open files free, however many connections strangers hold open."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Protocol

RESERVED = 4096
"""Open files for database, spool and webhooks, and for connections that are accepted in one go
(twice the backlog); half of all where fewer are allowed."""
LOG_SECONDS = 60.0

log = logging.getLogger(__name__)


class Connection(Protocol):
    def abort(self) -> None: ...


class Capacity:
    """At the limit the connection that has waited longest for its request makes room for a new one.

    A mail program sends its request at once, so it is the strangers' connections that end.
    """

    def __init__(
        self, most: float | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`most`: connections at a time; by default what the limit on open files allows."""
        self._most = _allowed() if most is None else most
        self._monotonic = monotonic
        self._logged_at = -LOG_SECONDS
        self._waiting: dict[Connection, None] = {}
        """Those whose next request is not complete, the longest wait first."""

    def admit(self, connection: Connection, connections: int) -> None:
        """`connections`: how many are open, with this one."""
        if connections > self._most:
            self._log(connections)
            oldest = next(iter(self._waiting), connection)
            self.forget(oldest)
            oldest.abort()
        self.wait(connection)

    def wait(self, connection: Connection) -> None:
        """The connection waits for a request."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def forget(self, connection: Connection) -> None:
        """The connection has a whole request, or has ended."""
        self._waiting.pop(connection, None)

    def _log(self, connections: int) -> None:
        now = self._monotonic()
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            log.warning(
                "%d connections are open, as many as the limit on open files allows: those that"
                " wait longest for a request are closed (raise the limit: ulimit -n)",
                connections,
            )


def _allowed() -> float:
    if sys.platform == "win32":
        most = float("inf")
    else:
        import resource

        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        unlimited = files == resource.RLIM_INFINITY
        most = float("inf") if unlimited else files - min(RESERVED, files // 2)
    return most
