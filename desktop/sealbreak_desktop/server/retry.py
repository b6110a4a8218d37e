"""When the connection is tried again after it ended, and how the user reads why."""

import random
from collections.abc import Callable, Iterator
from enum import Enum

from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxyStatus,
    InvalidStatus,
)
from websockets.exceptions import ProxyError as FailedProxyError

from sealbreak_desktop.errors import NotSealbreakError, SealbreakError, UnreachableError
from sealbreak_desktop.server.api import is_token_refused
from sealbreak_desktop.server.proxies import Proxy
from sealbreak_desktop.server.unreachable import no_answer_through, refused_by_proxy, unreachable

FIRST_DELAY, MAX_DELAY, GROWTH = 1.0, 60.0, 1.6
"""Seconds, and the factor from one delay to the next."""
SLOW_READER_CODE = 4408
"""The server closes a connection that reads too slowly; the client resumes by number."""
SIGNED_OUT_CODE = 4401
UPGRADE = (
    "A proxy in front of the server must pass on WebSockets (the headers Upgrade, Connection)."
)


class Next(Enum):
    RETRY = "retry"
    AT_ONCE = "at once"
    SIGN_IN = "sign in"


def decide(error: Exception) -> Next:
    """Retry or fatal? Only what a new pairing solves is fatal."""
    if isinstance(error, InvalidStatus):
        answer = error.response
        challenges = answer.headers.get_all("WWW-Authenticate")
        refused = is_token_refused(answer.status_code, challenges)
        return Next.SIGN_IN if refused else Next.RETRY
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        if error.rcvd.code == SIGNED_OUT_CODE:
            return Next.SIGN_IN
        if error.rcvd.code == SLOW_READER_CODE:
            return Next.AT_ONCE
    return Next.RETRY


def delays(chance: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds to wait before each try: growing from 1 to 60, with jitter."""
    delay = FIRST_DELAY
    while True:
        yield min(MAX_DELAY, max(FIRST_DELAY, delay * (0.8 + 0.4 * chance())))
        delay = min(MAX_DELAY, delay * GROWTH)


def problem_of(address: str, error: Exception, proxy: Proxy | None = None) -> SealbreakError:
    """Its title is one line for the menu. `proxy`: the one that was used."""
    if proxy is not None and isinstance(error, InvalidProxyStatus):
        return refused_by_proxy(proxy, error.response.status_code)
    if proxy is not None and isinstance(error, FailedProxyError | TimeoutError):
        return no_answer_through(address, proxy, "")
    if isinstance(error, InvalidStatus) and error.response.status_code >= 400:
        return UnreachableError(
            f"{address} answers with error {error.response.status_code}", advice=UPGRADE
        )
    if isinstance(error, ConnectionClosed) or isinstance(error.__cause__, EOFError):
        return UnreachableError("The server closed the connection")
    if isinstance(error, InvalidHandshake):
        return wrong_protocol(address)
    if isinstance(error, TimeoutError):
        return UnreachableError(f"No answer from {address} in time")
    return unreachable(address, error, proxy)


def wrong_protocol(address: str) -> NotSealbreakError:
    return NotSealbreakError(f"{address} does not respond like a Sealbreak server", advice=UPGRADE)
