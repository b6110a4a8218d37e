"""Live connections: WebSockets that send events, and what changes, as it happens."""

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
from sealbreak_server.storage.events import alerting, reader
from sealbreak_server.storage.preferences import SharedState, shared_state
from sealbreak_server.web.auth import TOUCH_SECONDS, Authenticator, is_public
from sealbreak_server.web.bodies import account_body, account_preferences_body
from sealbreak_server.web.presence import Presence
from sealbreak_server.web.requests import is_number
from sealbreak_server.web.responses import problem, problem_of

REVOKED = 4401
TOO_SLOW = 4408
TRY_AGAIN = 1013
FIRST_FRAME_SECONDS = 10
"""A client that sends no header must send its token in this time."""
MAX_PER_DEVICE = 100
"""Live connections of a device. More mean a faulty client or a stolen token."""
MAX_UNAUTHENTICATED = 50
"""Connections of one public address that have not sent their token yet."""
MAX_UNAUTHENTICATED_PRIVATE = 500
"""Those of all private addresses together, as any of them may be an untrusted proxy."""
SEND_SECONDS = 10
"""A client that does not read a frame in this time is disconnected. It resumes by number."""
CLOSE_SECONDS = 1
"""A client that does not read the close code in this time loses the connection without it."""
EVENTS_AT_ONCE = 100
ERASED_AT_ONCE = 10_000

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Cursor:
    """What the client already has."""

    event: int
    erasures: int | None
    """`None` if the client stores no events, so has none to erase."""
    account_preferences: int = 0
    sent: int = 0
    """The number of the newest event that this connection sent."""


class Live:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._presence = Presence(services)
        self._per_device: Counter[str] = Counter()
        self._unauthenticated: Counter[str] = Counter()

    async def follow(self, websocket: WebSocket) -> None:
        cursor = _cursor_of(websocket.query_params)
        if cursor is None:
            detail = "after and erasures must be whole numbers."
            await websocket.send_denial_response(problem(400, "Bad request", detail))
            return
        principal = await self._admit(websocket)
        if principal is not None:
            await self._serve(websocket, principal, cursor)

    async def _serve(self, websocket: WebSocket, principal: Principal, cursor: Cursor) -> None:
        with counted(self._per_device, principal.device):
            try:
                await self._presence.begin(principal)  # before what browsers alerted about is read
                self._services.feed.wake([principal.owner])  # the first steps show the tray
                stream = self._stream(websocket, principal, cursor)
                await _until_either_ends(websocket, stream)
            finally:
                await self._presence.end(principal, cursor.sent)
                self._services.feed.wake([principal.owner])

    async def notify(self, websocket: WebSocket) -> None:
        """For our own pages, by their cookie: sends the number of the newest event, no content.

        Browsers send cookies with a handshake from any page, so the origin must be ours.
        """
        principal = await self._authenticator.of_cookie(websocket)
        if principal is None or not self._authenticator.is_our_page(websocket):
            refusal = problem(
                403, "Refused", "Only signed-in pages of this server may connect here."
            )
            await websocket.send_denial_response(refusal)
            return
        await websocket.accept()
        if self._per_device[principal.device] >= MAX_PER_DEVICE:
            await _close(websocket, TRY_AGAIN)
            return
        with counted(self._per_device, principal.device):
            await _until_either_ends(websocket, self._send_numbers(websocket, principal))

    async def _send_numbers(self, websocket: WebSocket, principal: Principal) -> None:
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
            if self._per_device[principal.device] >= MAX_PER_DEVICE:
                raise TooManyError("This device has too many live connections.", retry_after=60)
        except (RefusalError, UnavailableError) as error:
            await websocket.send_denial_response(problem_of(error))
            return None
        await websocket.accept()
        return principal

    async def _admit_by_frame(self, websocket: WebSocket) -> Principal | None:
        """For browsers, which cannot set the header. A token in the address would be logged."""
        await websocket.accept()
        key, most = _unauthenticated_limit(websocket.client.host if websocket.client else "")
        if self._unauthenticated[key] >= most:
            await _close(websocket, TRY_AGAIN)
            return None
        try:
            with counted(self._unauthenticated, key):
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
        if self._per_device[principal.device] >= MAX_PER_DEVICE:
            await _close(websocket, TRY_AGAIN)
            return None
        await self._authenticator.touch_device(principal, websocket)
        return principal

    async def _stream(self, websocket: WebSocket, principal: Principal, cursor: Cursor) -> None:
        read = self._services.storage.read
        with self._services.feed.subscribe(principal.owner) as subscription:
            try:
                marks = await read(reader.marks, principal.account)
                state = await read(shared_state, principal.account)
                account = account_body(principal)
                alerted = await read(alerting.alerted_by_browser, principal.account)
                hello = {
                    "type": "hello", "account": account, "last": marks.last, "alerted": alerted
                }  # fmt: skip
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
            events = await self._services.storage.read(
                reader.news_for, principal.account, principal.device, cursor.event, EVENTS_AT_ONCE
            )
            if events is None:
                await _close(websocket, REVOKED)
                return
            for number, body in events:
                await _send(websocket, f'{{"type":"event","event":{body}}}')
                cursor.event = cursor.sent = number
            await self._send_changes(websocket, principal, cursor)
            if len(events) < EVENTS_AT_ONCE:
                await self._wait(websocket, principal, subscription)

    async def _send_changes(
        self, websocket: WebSocket, principal: Principal, cursor: Cursor
    ) -> None:
        """Sends what a page, a command or another device has changed."""
        read = self._services.storage.read
        marks = await read(reader.marks, principal.account)
        if marks.account_preferences != cursor.account_preferences:
            state = _state_body(await read(shared_state, principal.account))
            read_frame = {"type": "read", "up_to": state["read"]}
            for frame in (read_frame, {"type": "settings", "settings": state["settings"]}):
                await _send(websocket, json.dumps(frame))
            cursor.account_preferences = marks.account_preferences
        if cursor.erasures is not None and marks.erasures != cursor.erasures:
            known = min(cursor.erasures, marks.erasures)
            for body in await read(
                reader.rewritten_since, principal.account, known, ERASED_AT_ONCE
            ):
                await _send(websocket, f'{{"type":"rewritten","event":{body}}}')
            await self._send_erasures(websocket, principal, marks.erasures)
            cursor.erasures = marks.erasures

    async def _send_erasures(
        self, websocket: WebSocket, principal: Principal, erasures: int
    ) -> None:
        """Sends all erased numbers, as the client may have missed earlier erasures."""
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
        """Until something changes, or until the device's address has to be stored again."""
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
    """`None` if a parameter is not a number."""
    after, erasures = query.get("after", "0"), query.get("erasures")
    if not (is_number(after) and is_number(erasures or "0")):
        return None
    return Cursor(int(after), int(erasures) if erasures else None)


def _unauthenticated_limit(address: str) -> tuple[str, int]:
    """The key that the address is counted under, and the limit for that key."""
    if is_public(address):
        return rate_limit_key(address), MAX_UNAUTHENTICATED
    return "private", MAX_UNAUTHENTICATED_PRIVATE


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
    """First and last number of each run: 3, 4, 5, 9 becomes [3, 5], [9, 9]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return runs


def _token_of(frame: str) -> str:
    """Empty, so never valid, if the frame is not `{"token": "..."}`."""
    try:
        token = json.loads(frame)["token"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return token if isinstance(token, str) else ""


async def _until_either_ends(websocket: WebSocket, sending: Coroutine[None, None, None]) -> None:
    """Runs `sending` until it ends or the client disconnects."""
    tasks = (asyncio.create_task(sending), asyncio.create_task(_until_disconnect(websocket)))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        _log_unexpected(await asyncio.gather(*tasks, return_exceptions=True))


async def _until_disconnect(websocket: WebSocket) -> None:
    """Ignores everything that the client sends."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _send(websocket: WebSocket, frame: str) -> None:
    async with asyncio.timeout(SEND_SECONDS):
        await websocket.send_text(frame)


async def _close(websocket: WebSocket, code: int) -> None:
    with suppress(TimeoutError, RuntimeError, WebSocketDisconnect):
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code)


def _log_unexpected(results: Iterable[object]) -> None:
    for result in results:
        expected = isinstance(result, asyncio.CancelledError | WebSocketDisconnect)
        if isinstance(result, BaseException) and not expected:
            log.error("a live connection ended unexpectedly", exc_info=result)
