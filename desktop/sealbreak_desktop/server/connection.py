"""The live connection: connect, say who we are, go on after the last number, follow; try again."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from sealbreak_desktop.files.settings import live_address
from sealbreak_desktop.server.api import turns_token_down, unreachable
from sealbreak_desktop.state.events import (
    Erased,
    Event,
    Hello,
    ReadUpTo,
    UnreadableError,
    Wishes,
    read_frame,
)
from sealbreak_desktop.state.state import Connected, Connecting, Lost, SignedOut

FIRST_DELAY, LONGEST_DELAY, GROWTH = 1.0, 60.0, 1.6
LONG_ENOUGH = 60.0
"""Seconds of a connection after which the delays start small again."""
PING = 20.0
TICK = 5.0
JUMP = 15.0
"""Seconds that the wall clock may gain on the monotonic one before we say: the machine slept."""
BIGGEST_FRAME = 1 << 20
SLOW_READER = 4408
SIGNED_OUT_CODE = 4401
GONE = "No longer accepted by the server: run `sealbreak pair ADDRESS CODE` again"
"""A line of the menu takes no more."""

log = logging.getLogger(__name__)
Frame = ReadUpTo | Wishes | Erased | tuple[Event, dict[str, Any]]
Told = Connecting | Connected | Lost | SignedOut | Frame
Tell = Callable[[Told], Awaitable[None]]
Place = tuple[int, int]
"""The newest event, and the newest erasure, that was taken in."""


class Next(Enum):
    RETRY = "retry"
    AT_ONCE = "at once"
    SIGN_IN = "sign in"


def decide(error: Exception) -> Next:
    """Retry or fatal? Only what a new pairing cures is fatal."""
    if isinstance(error, InvalidStatus):
        answer = error.response
        challenges = answer.headers.get_all("WWW-Authenticate")
        signed_out = turns_token_down(answer.status_code, challenges)
        return Next.SIGN_IN if signed_out else Next.RETRY
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        if error.rcvd.code == SIGNED_OUT_CODE:
            return Next.SIGN_IN
        if error.rcvd.code == SLOW_READER:
            return Next.AT_ONCE
    return Next.RETRY


def delays(chance: Callable[[], float] = random.random) -> Iterator[float]:
    """Seconds to wait before each try: 1 to 60, growing, a little different on each machine."""
    delay = FIRST_DELAY
    while True:
        yield min(LONGEST_DELAY, max(FIRST_DELAY, delay * (0.8 + 0.4 * chance())))
        delay = min(LONGEST_DELAY, delay * GROWTH)


class Clocks:
    """Notices that the machine slept: the monotonic clock stood still, the other did not."""

    def __init__(self, wall: float, monotonic: float) -> None:
        self._offset = wall - monotonic

    def jumped(self, wall: float, monotonic: float) -> bool:
        before, self._offset = self._offset, wall - monotonic
        return self._offset - before > JUMP


@dataclass(frozen=True, slots=True)
class Account:
    address: str
    token: str


class Connection:
    """One account's connection. `run` ends when a new pairing is needed, or when cancelled."""

    def __init__(self, account: Account, place: Callable[[], Place], tell: Tell) -> None:
        self._account = account
        self._place = place
        self._tell = tell
        self._socket: ClientConnection | None = None
        self._hurry = asyncio.Event()

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch_sleep())
        try:
            await self._keep_connected()
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _keep_connected(self) -> None:
        waits = delays()
        while True:
            await self._tell(Connecting())
            started = time.monotonic()
            outcome, problem = await self._follow_once()
            if outcome is Next.SIGN_IN:
                await self._tell(SignedOut(problem))
                return
            await self._tell(Lost(problem))
            if time.monotonic() - started > LONG_ENOUGH:
                waits = delays()
            if outcome is Next.RETRY and await self._pause(next(waits)):
                waits = delays()  # after a sleep the network, too, needs a moment to wake

    async def _follow_once(self) -> tuple[Next, str]:
        try:
            if await self._follow():
                return Next.AT_ONCE, "The server's numbers begin again"
        except (OSError, TimeoutError, EOFError, InvalidHandshake, ConnectionClosed) as error:
            return self._ended(error)
        except (UnreadableError, InvalidURI) as error:
            log.warning("not a Sealbreak server: %s", type(error).__name__)
            return Next.RETRY, f"{self._account.address} does not talk like a Sealbreak server"
        return Next.RETRY, "The server closed the connection"

    def _ended(self, error: Exception) -> tuple[Next, str]:
        outcome = decide(error)
        log.info("connection ended: %s, %s", type(error).__name__, outcome.value)
        return outcome, GONE if outcome is Next.SIGN_IN else _problem(self._account.address, error)

    async def _follow(self) -> bool:
        """True when what came before is to be asked for again."""
        place = self._place()
        async with connect(
            live_address(self._account.address, *place),
            additional_headers={"Authorization": f"Bearer {self._account.token}"},
            open_timeout=10,
            ping_interval=PING,
            ping_timeout=PING,
            close_timeout=2,
            max_size=BIGGEST_FRAME,
        ) as socket:
            self._socket = socket
            log.info("connected")
            try:
                async for text in socket:
                    if self._place() < place:
                        return True
                    await self._take(text)
            finally:
                self._socket = None
        return False

    async def _take(self, text: str | bytes) -> None:
        frame = read_frame(text)
        if isinstance(frame, Hello):
            await self._tell(Connected(frame.last, frame.account, frame.read, frame.wishes))
        elif frame is not None:
            await self._tell(frame)

    async def _pause(self, seconds: float) -> bool:
        """True when it was cut short."""
        self._hurry.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)
        return self._hurry.is_set()

    def hurry(self) -> None:
        """Drop what may be dead and connect at once."""
        self._hurry.set()
        if self._socket is not None:
            self._socket.transport.abort()

    async def _watch_sleep(self) -> None:
        clocks = Clocks(time.time(), time.monotonic())
        while True:
            await asyncio.sleep(TICK)
            if clocks.jumped(time.time(), time.monotonic()):
                log.info("the machine slept: connecting again")
                self.hurry()


def _problem(address: str, error: Exception) -> str:
    if isinstance(error, InvalidStatus) and error.response.status_code >= 400:
        return f"{address} answers with error {error.response.status_code}"
    if isinstance(error, ConnectionClosed) or isinstance(error.__cause__, EOFError):
        return "The server closed the connection"
    if isinstance(error, InvalidHandshake):
        return f"{address} does not talk like a Sealbreak server"
    if isinstance(error, TimeoutError):
        return f"No answer from {address} in time"
    return unreachable(address, error).title
