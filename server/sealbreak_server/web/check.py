"""The server's side of the check of reachability: it answers nonces that were made with its keys,
and says how the request came. Nonces of test mails have a picture and a page for a phone."""

import asyncio
import secrets
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from sealbreak_server.checks.judgements.answers import NOTHING_HERE
from sealbreak_server.security.nonces import MARK, Nonce, read_nonce
from sealbreak_server.services import Services
from sealbreak_server.web.beacon import Pixel, TrackedItem
from sealbreak_server.web.middleware.proxies import is_trusted_peer, peer_of
from sealbreak_server.web.responses import NO_STORE, JsonResponse, Respond, StaticResponse
from sealbreak_server.web.self_tests import SelfTests

REACHED = """\
This device reached the Sealbreak server at {host}.
The server sees it at {address}. The first steps say what that proves.
"""
LIVE_SECONDS = 60
"""The longest time that a live connection of the check stays open."""


class Check:
    def __init__(self, services: Services, self_tests: SelfTests) -> None:
        self._services = services
        self._self_tests = self_tests
        self._version = version("sealbreak")
        self._instance = secrets.token_hex(8)
        """Differs between two processes with the same keys."""
        self._used: dict[str, int] = {}
        """When each nonce that was answered expires."""

    async def show(self, request: Request) -> Response:
        nonce = self._nonce(request)
        if nonce is None and self._self_tests.is_current(request.path_params["nonce"]):
            return await self._show_visitor(request)
        if nonce is None:
            return PlainTextResponse(NOTHING_HERE + b"\n", 404, {"Cache-Control": NO_STORE})
        return JsonResponse(self._answer(request, nonce), headers={"Cache-Control": NO_STORE})

    async def _show_visitor(self, request: Request) -> Response:
        """For the person with the phone."""
        visit = await self._self_tests.take_device(request.path_params["nonce"], request.scope)
        text = REACHED.format(host=visit.host, address=visit.address)
        return PlainTextResponse(text, headers={"Cache-Control": NO_STORE})

    async def follow(self, websocket: WebSocket) -> None:
        """Answers as `show`, then stays open until the client closes."""
        nonce = self._nonce(websocket)
        if nonce is None:
            await websocket.send_denial_response(PlainTextResponse(NOTHING_HERE + b"\n", 404))
            return
        await websocket.accept()
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(LIVE_SECONDS):
                await websocket.send_json(self._answer(websocket, nonce))
                while (await websocket.receive())["type"] != "websocket.disconnect":
                    pass

    def _nonce(self, connection: HTTPConnection) -> Nonce | None:
        return read_nonce(self._services.keyring, connection.path_params["nonce"])

    def _answer(self, connection: HTTPConnection, nonce: Nonce) -> dict[str, Any]:
        """An old or repeated nonce learns the time only, which explains why it is old."""
        now, header = self._services.clock(), self._services.settings.client_address_header
        if not (nonce.is_current(now) and self._is_first(nonce, now)):
            return {"answer": nonce.answer, "now": now}
        return {
            "answer": nonce.answer,
            "now": now,
            "instance": self._instance,
            "version": self._version,
            "public_url": self._services.settings.public_url,
            "host": connection.headers.get("host", ""),
            "peer": peer_of(connection.scope),
            "trusted": is_trusted_peer(connection.scope),
            "forwarded_for": connection.headers.getlist("x-forwarded-for"),
            "client_header": header,
            "client_named": connection.headers.getlist(header) if header else [],
            "client": connection.client.host if connection.client else "",
        }

    def _is_first(self, nonce: Nonce, now: float) -> bool:
        self._used = {text: end for text, end in self._used.items() if end >= now}
        is_first = nonce.text not in self._used
        self._used[nonce.text] = nonce.expires_at
        return is_first


class CheckPixel(Pixel):
    """A pixel for the check. Each answer has another mark, so a copy from a cache is known."""

    name = "check"

    def __init__(self, *dependencies: Any, self_tests: SelfTests) -> None:
        super().__init__(*dependencies)
        self._self_tests = self_tests

    def resolve(self, scope: Scope) -> tuple[TrackedItem | None, StaticResponse]:
        if read_nonce(self._keyring, scope["path_params"]["nonce"]) is None:
            return None, self._response
        return None, self._response.with_header((MARK.encode(), secrets.token_hex(8).encode()))

    def handle(self, scope: Scope, respond: Respond) -> None:
        """A test mail's picture is answered once its visit is noted. No hit is recorded."""
        nonce = scope["path_params"]["nonce"]
        if not self._self_tests.is_current(nonce):
            super().handle(scope, respond)
            return
        self._counts[self.name, True] += 1
        self._self_tests.take_picture(nonce, scope, partial(respond, self._response))
