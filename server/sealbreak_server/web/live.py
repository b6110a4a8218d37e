"""The WebSocket: authenticate, replay after a number, follow."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sealbreak_server.errors import RefusalError, TooManyError, UnavailableError
from sealbreak_server.security.rate_limit import rate_limit_key
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.preferences import SharedState, shared_state
from sealbreak_server.web.api.bodies import account_body, account_preferences_body
from sealbreak_server.web.auth import TOUCH_SECONDS, Authenticator, is_public
from sealbreak_server.web.responses import problem, problem_of

REVOKED = 4401
TOO_SLOW = 4408
TRY_AGAIN = 1013
FIRST_FRAME_SECONDS = 10
MOST_OF_A_DEVICE = 100
"""Live connections. More are a mistake of the client, or its token is in strange hands."""
MOST_WAITING = 50
"""Connections of one address that have not said yet whose they are."""
MOST_WAITING_PRIVATELY = 500
"""Those of all private addresses together, any of which may be a proxy that is not trusted."""
SEND_SECONDS = 10
CLOSE_SECONDS = 1
"""For telling why. Who does not read it in time finds the connection dropped."""
AT_ONCE = 100
ERASED_AT_ONCE = 10_000

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Cursor:
    """Up to where a device knows what there is."""

    event: int
    erasures: int | None
    """`None`: it keeps no events, so it need not erase any."""
    account_preferences: int = 0


class Live:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._following: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()

    async def serve(self, websocket: WebSocket) -> None:
        cursor = _cursor_of(websocket.query_params)
        if cursor is None:
            detail = "after and erasures must be whole numbers."
            await websocket.send_denial_response(problem(400, "Bad request", detail))
            return
        principal = await self._admit(websocket)
        if principal is not None:
            with counted(self._following, principal.device):
                await _until_end(websocket, self._follow(websocket, principal, cursor))

    async def notify(self, websocket: WebSocket) -> None:
        """For our own pages, known by their cookie: the number of the newest event, no word of it.

        Cookies go along with the handshakes of every page of this host, so the origin must be ours.
        """
        principal = await self._authenticator.of_cookie(websocket)
        if principal is None or not self._authenticator.is_our_page(websocket):
            refusal = problem(403, "Refused", "This is for signed-in pages of this server.")
            await websocket.send_denial_response(refusal)
            return
        await websocket.accept()
        if self._following[principal.device] >= MOST_OF_A_DEVICE:
            await _close(websocket, TRY_AGAIN)
            return
        with counted(self._following, principal.device):
            await _until_end(websocket, self._notify(websocket, principal))

    async def _notify(self, websocket: WebSocket, principal: Principal) -> None:
        with self._services.feed.subscribe(principal.owner) as subscription:
            try:
                while await self._authenticator.of_cookie(websocket):
                    subscription.clear()
                    last = await self._services.storage.read(reader.last_event, principal.account)
                    await _send(websocket, json.dumps({"last": last}))
                    await self._wait(websocket, principal, subscription)
                await _close(websocket, REVOKED)
            except TimeoutError:
                await _close(websocket, TOO_SLOW)
            except UnavailableError:
                await _close(websocket, TRY_AGAIN)

    async def _admit(self, websocket: WebSocket) -> Principal | None:
        if "authorization" not in websocket.headers:
            return await self._admit_by_frame(websocket)
        try:
            principal = await self._authenticator.of_request(websocket)
            if self._following[principal.device] >= MOST_OF_A_DEVICE:
                raise TooManyError("Too many live connections of this device.", retry_after=60)
        except (RefusalError, UnavailableError) as error:
            await websocket.send_denial_response(problem_of(error))
            return None
        await websocket.accept()
        return principal

    async def _admit_by_frame(self, websocket: WebSocket) -> Principal | None:
        """Browsers cannot set the header; a token in the address would end up in logs."""
        await websocket.accept()
        home, most = _bound_of(websocket.client.host if websocket.client else "")
        if self._waiting[home] >= most:
            await _close(websocket, TRY_AGAIN)
            return None
        try:
            with counted(self._waiting, home):
                async with asyncio.timeout(FIRST_FRAME_SECONDS):
                    token = _token_of(await websocket.receive_text())
            principal = await self._authenticator.of_token(token)
        except (TimeoutError, KeyError, WebSocketDisconnect):
            principal = None
        except UnavailableError:
            await _close(websocket, TRY_AGAIN)
            return None
        if principal is None:
            await _close(websocket, REVOKED)
            return None
        if self._following[principal.device] >= MOST_OF_A_DEVICE:
            await _close(websocket, TRY_AGAIN)
            return None
        await self._authenticator.touch_device(principal, websocket)
        return principal

    async def _follow(self, websocket: WebSocket, principal: Principal, cursor: Cursor) -> None:
        read = self._services.storage.read
        with self._services.feed.subscribe(principal.owner) as subscription:
            try:
                marks = await read(reader.marks, principal.account)
                state = await read(shared_state, principal.account)
                account = account_body(principal)
                hello = {"type": "hello", "account": account, "last": marks.last}
                await _send(websocket, json.dumps({**hello, **_state_body(state)}))
                cursor.event = min(cursor.event, marks.last)
                cursor.account_preferences = marks.account_preferences
                await self._send_events(websocket, principal, cursor, subscription)
            except TimeoutError:
                await _close(websocket, TOO_SLOW)
            except UnavailableError:
                await _close(websocket, TRY_AGAIN)

    async def _send_events(
        self,
        websocket: WebSocket,
        principal: Principal,
        cursor: Cursor,
        subscription: asyncio.Event,
    ) -> None:
        while True:
            subscription.clear()
            news = await self._services.storage.read(
                reader.news_for, principal.account, principal.device, cursor.event, AT_ONCE
            )
            if news is None:
                await _close(websocket, REVOKED)
                return
            for number, body in news:
                await _send(websocket, f'{{"type":"event","event":{body}}}')
                cursor.event = number
            await self._send_changes(websocket, principal, cursor)
            if len(news) < AT_ONCE:
                await self._wait(websocket, principal, subscription)

    async def _send_changes(
        self, websocket: WebSocket, principal: Principal, cursor: Cursor
    ) -> None:
        """What a page, a command or another device of the account has done."""
        read = self._services.storage.read
        marks = await read(reader.marks, principal.account)
        if marks.account_preferences != cursor.account_preferences:
            state = _state_body(await read(shared_state, principal.account))
            read_frame = {"type": "read", "up_to": state["read"]}
            for frame in (read_frame, {"type": "settings", "settings": state["settings"]}):
                await _send(websocket, json.dumps(frame))
            cursor.account_preferences = marks.account_preferences
        if cursor.erasures is not None and marks.erasures != cursor.erasures:
            await self._send_erasures(websocket, principal, marks.erasures)
            cursor.erasures = marks.erasures

    async def _send_erasures(
        self, websocket: WebSocket, principal: Principal, erasures: int
    ) -> None:
        """All that are erased: a device may have missed any of the earlier times."""
        read, after = self._services.storage.read, 0
        frame = {
            "type": "erased",
            "before": await read(reader.first_event, principal.account),
        }
        while True:
            page = await read(reader.erased_after, principal.account, after, ERASED_AT_ONCE)
            frame["numbers"] = spans(page)
            if len(page) < ERASED_AT_ONCE:
                await _send(websocket, json.dumps({**frame, "erasures": erasures}))
                return
            await _send(websocket, json.dumps(frame))
            after = page[-1]

    async def _wait(
        self, websocket: WebSocket, principal: Principal, subscription: asyncio.Event
    ) -> None:
        """Until there is news, or until it is time to note again from where the device follows."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TOUCH_SECONDS):
                await subscription.wait()
        await self._authenticator.touch_device(principal, websocket)


@contextmanager
def counted(counter: Counter[str], key: str) -> Iterator[None]:
    counter[key] += 1
    try:
        yield
    finally:
        counter[key] -= 1
        if not counter[key]:
            del counter[key]


def _cursor_of(query: Mapping[str, str]) -> Cursor | None:
    """`None` when a number is none."""
    after, erasures = query.get("after", "0"), query.get("erasures")
    for number in (after, erasures or "0"):
        if not (number.isascii() and number.isdigit() and len(number) < 17):
            return None
    return Cursor(int(after), int(erasures) if erasures else None)


def _bound_of(address: str) -> tuple[str, int]:
    """Which connections are counted together, and how many of them may wait."""
    if is_public(address):
        return rate_limit_key(address), MOST_WAITING
    return "private", MOST_WAITING_PRIVATELY


def _state_body(state: SharedState) -> dict[str, Any]:
    muted = {
        "muted_recipients": sorted(state.account_preferences.recipients),
        "muted_messages": list(state.messages),
    }
    return {
        "read": state.read_up_to,
        "settings": {**account_preferences_body(state.account_preferences), **muted},
    }


def spans(numbers: Sequence[int]) -> list[list[int]]:
    """First and last of those that follow one another: 3, 4, 5, 9 is 3 to 5 and 9 to 9."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def _token_of(frame: str) -> str:
    """An empty one, which opens nothing, when the frame is not `{"token": "..."}`."""
    try:
        token = json.loads(frame)["token"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return token if isinstance(token, str) else ""


async def _until_end(websocket: WebSocket, event: Coroutine[None, None, None]) -> None:
    """Until one side ends it."""
    following = asyncio.create_task(event)
    leaving = asyncio.create_task(_until_gone(websocket))
    try:
        await asyncio.wait((following, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (following, leaving):
            task.cancel()
        results = await asyncio.gather(following, leaving, return_exceptions=True)
        _log_surprises(results)


async def _until_gone(websocket: WebSocket) -> None:
    """Whatever a client says after its first frame is read and forgotten."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(websocket: WebSocket, frame: str) -> None:
    """A reader that does not take it in time is cut off: it resumes by number."""
    async with asyncio.timeout(SEND_SECONDS):
        await websocket.send_text(frame)


async def _close(websocket: WebSocket, code: int) -> None:
    with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code)


def _log_surprises(results: Iterable[object]) -> None:
    for result in results:
        expected = isinstance(result, asyncio.CancelledError | WebSocketDisconnect)
        if isinstance(result, BaseException) and not expected:
            log.error("a live connection ended unexpectedly", exc_info=result)
