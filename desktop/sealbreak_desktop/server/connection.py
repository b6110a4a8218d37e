"""The live connection: connect, resume after the last number, follow, connect again."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from sealbreak_desktop.errors import ProxyError, SignedOutError
from sealbreak_desktop.server.addresses import live_address
from sealbreak_desktop.server.proxies import Proxy, proxy_for
from sealbreak_desktop.server.retry import Next, decide, delays, problem_of, wrong_protocol
from sealbreak_desktop.server.wire import EventFrame, Hello, Rewritten, read_frame
from sealbreak_desktop.state.decoding import UnreadableError
from sealbreak_desktop.state.events import Erased, Preferences, ReadUpTo
from sealbreak_desktop.state.inputs import Connected, Connecting, Lost, SignedOut, Skipped
from sealbreak_desktop.system.clock import ClockJump

STABLE_AFTER = 60.0
"""Seconds. After a connection that lasted longer, the delays start small again."""
OPEN_TIMEOUT = 10
"""Seconds until the server has accepted a connection."""
PING = 20.0
"""Seconds between two pings, and until one that is not answered ends the connection."""
CLOCK_INTERVAL = 5.0
"""Seconds between two looks at the clocks."""
NOTHING_NEW = 10**15
"""A number that no event has: nothing is replayed after it."""
MAX_FRAME = 1 << 20
"""Bytes."""
REFUSED = "No longer accepted by the server: run `sealbreak pair ADDRESS CODE` again"
"""As long as a line of the menu can be."""

log = logging.getLogger(__name__)
LinkChange = Connecting | Connected | Lost | SignedOut
Update = LinkChange | ReadUpTo | Preferences | Erased | EventFrame | Rewritten | Skipped
Emit = Callable[[Update], Awaitable[None]]
Position = tuple[int, int]
"""The numbers of the newest event and of the newest erasure that arrived."""


@dataclass(frozen=True, slots=True)
class Account:
    address: str
    token: str


def live_socket(address: str, token: str, proxy: Proxy | None) -> connect:
    return connect(
        address,
        additional_headers={"Authorization": f"Bearer {token}"},
        proxy=None if proxy is None else proxy.address,
        open_timeout=OPEN_TIMEOUT,
        ping_interval=PING,
        ping_timeout=PING,
        close_timeout=2,
        max_size=MAX_FRAME,
    )


async def try_connection(account: Account) -> Hello:
    """Connect and wait for the greeting. Raises `SealbreakError`."""
    proxy = proxy_for(account.address)
    address = live_address(account.address, NOTHING_NEW, 0)
    try:
        async with (
            asyncio.timeout(OPEN_TIMEOUT),
            live_socket(address, account.token, proxy) as live,
        ):
            while not isinstance(frame := read_frame(await live.recv()), Hello):
                pass
            return frame
    except (OSError, TimeoutError, EOFError, InvalidHandshake, ConnectionClosed) as error:
        if decide(error) is Next.SIGN_IN:
            raise SignedOutError from None
        raise problem_of(account.address, error, proxy) from None
    except (UnreadableError, InvalidURI):
        raise wrong_protocol(account.address) from None


class Connection:
    """One account's connection. `run` ends when a new pairing is needed, or when cancelled."""

    def __init__(self, account: Account, position: Callable[[], Position], emit: Emit) -> None:
        self._account = account
        self._position = position
        self._emit = emit
        self._socket: ClientConnection | None = None
        self._retry_now = asyncio.Event()

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch_clock())
        try:
            await self._keep_connected()
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _keep_connected(self) -> None:
        waits = delays()
        while True:
            await self._emit(Connecting())
            started = time.monotonic()
            outcome, problem = await self._follow_once()
            if outcome is Next.SIGN_IN:
                await self._emit(SignedOut(problem))
                return
            await self._emit(Lost(problem))
            if time.monotonic() - started > STABLE_AFTER:
                waits = delays()
            if outcome is Next.RETRY and await self._pause(next(waits)):
                waits = delays()  # after a sleep, the network needs some seconds too

    async def _follow_once(self) -> tuple[Next, str]:
        address, proxy = self._account.address, None
        try:
            proxy = proxy_for(address)
            if await self._follow(proxy):
                return Next.AT_ONCE, "The server was restored from a backup"
        except (OSError, TimeoutError, EOFError, InvalidHandshake, ConnectionClosed) as error:
            outcome = decide(error)
            log.info("connection ended: %s, %s", type(error).__name__, outcome.value)
            if outcome is Next.SIGN_IN:
                return outcome, REFUSED
            return outcome, problem_of(address, error, proxy).title
        except ProxyError as error:
            log.warning("the proxy cannot be used")
            return Next.RETRY, error.title
        except (UnreadableError, InvalidURI) as error:
            log.warning("not a Sealbreak server: %s", type(error).__name__)
            return Next.RETRY, wrong_protocol(address).title
        return Next.RETRY, "The server closed the connection"

    async def _follow(self, proxy: Proxy | None) -> bool:
        """True when earlier events have to be requested again."""
        position = self._position()
        async with live_socket(
            live_address(self._account.address, *position), self._account.token, proxy
        ) as socket:
            self._socket = socket
            try:
                async for text in socket:
                    if self._position() < position:
                        return True
                    await self._receive(text)
            finally:
                self._socket = None
        return False

    async def _receive(self, text: str | bytes) -> None:
        frame = read_frame(text)
        if isinstance(frame, Hello):
            hello = Connected(
                frame.last, frame.account, frame.read, frame.preferences, frame.alerted
            )
            await self._emit(hello)
            log.info("connected")
        elif frame is not None:
            await self._emit(frame)

    async def _pause(self, seconds: float) -> bool:
        """True when `reconnect` ended it early."""
        self._retry_now.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._retry_now.wait(), seconds)
        return self._retry_now.is_set()

    def reconnect(self) -> None:
        """Drop a connection that may be dead, and connect at once."""
        self._retry_now.set()
        if self._socket is not None:
            self._socket.transport.abort()

    async def _watch_clock(self) -> None:
        jump = ClockJump(time.time(), time.monotonic())
        while True:
            await asyncio.sleep(CLOCK_INTERVAL)
            if jump.happened(time.time(), time.monotonic()):
                log.info("the machine slept: connecting again")
                self.reconnect()
