"""The first steps on this machine, as `run` opens them.

Anybody who sees the page can make pairing codes. It therefore answers only on loopback, only to
requests that no proxy has forwarded, and only at an address with a key that the launcher prints:
behind a proxy on this machine, all clients come from loopback. It stops making codes an hour after
the start, because its address stays in the browser's history and the terminal.
"""

import asyncio
import hmac
from contextlib import suppress

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from sealbreak_server.security.reachability import is_loopback
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.web.middleware.headers import HISTORY_POLICY
from sealbreak_server.web.pages.base import environment, read_form
from sealbreak_server.web.pages.first_steps.steps import CODES_SECONDS, Door, Steps
from sealbreak_server.web.responses import NO_STORE

KEY_VARIABLE = "SEALBREAK_FIRST_STEPS"
"""The launcher passes the key to the server in this variable. It is not a setting."""
PREFIX = "/first-steps/"
LIVE = "/live"
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
HEADERS = {
    "Cache-Control": NO_STORE,
    "Content-Security-Policy": HISTORY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class FirstSteps:
    """Middleware outside all others: it needs the socket's address, and allows its own script."""

    def __init__(self, app: ASGIApp, services: Services, key: str) -> None:
        self.app = app
        self._services = services
        self._path = PREFIX + key
        self._codes_until = services.clock() + CODES_SECONDS
        self._steps = Steps(services)
        self._template = environment().get_template("first_steps.html")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._follow(WebSocket(scope, receive, send))
        else:
            response = await self._response(Request(scope, receive))
            await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if not self._may_see(request, self._path):
            return PlainTextResponse("There is nothing at this address.\n", 404)
        if request.method not in {"GET", "POST"}:
            return Response(status_code=405, headers={"Allow": "GET, POST"})
        door = self._door(request)
        account = await self._services.storage.write(
            accounts.the_account, "", self._services.clock()
        )
        if request.method == "POST":
            done = await self._steps.act(account.id, door, await read_form(request))
            return done or RedirectResponse(self._path, 303, headers=HEADERS)
        values = await self._steps.values(account.id, door)
        text = self._template.render(**values, live=self._path + LIVE)
        return HTMLResponse(text, headers=HEADERS)

    def _may_see(self, connection: HTTPConnection, path: str) -> bool:
        knows_key = hmac.compare_digest(connection.url.path.encode(), path.encode())
        return knows_key and is_local(connection)

    def _door(self, request: Request) -> Door:
        makes_codes = self._services.clock() < self._codes_until
        return Door("local", f"http://{request.url.netloc}", makes_codes, is_local=True)

    async def _follow(self, websocket: WebSocket) -> None:
        """Tells the page that something has changed. Other sites' pages do not know the key."""
        if not self._may_see(websocket, self._path + LIVE):
            await websocket.send_denial_response(PlainTextResponse("Not found.\n", 404))
            return
        await websocket.accept()
        account = await self._services.storage.write(
            accounts.the_account, "", self._services.clock()
        )
        with self._services.feed.subscribe(account.owner) as changed:
            telling = asyncio.create_task(_tell(websocket, changed))
            with suppress(WebSocketDisconnect):
                while (await websocket.receive())["type"] != "websocket.disconnect":
                    pass
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)


async def _tell(websocket: WebSocket, changed: asyncio.Event) -> None:
    """At once too: something may have changed since the page was made."""
    while True:
        changed.clear()
        await websocket.send_text("{}")
        await changed.wait()


def is_local(connection: HTTPConnection) -> bool:
    """Whether it comes from this machine: not by a proxy, and not by DNS rebinding."""
    peer = connection.client.host if connection.client else ""
    host = connection.url.hostname or ""
    is_forwarded = any(name in connection.headers for name in FORWARDING_HEADERS)
    return not is_forwarded and is_loopback(peer) and (host == "localhost" or is_loopback(host))
