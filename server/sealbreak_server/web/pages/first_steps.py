"""The page that `run` and `demo` open: the remaining steps of the setup, and the pairing code.

Anybody who sees it can make pairing codes. It therefore answers only on loopback, only to requests
that no proxy has forwarded, and only at an address with a key that the launcher prints: behind a
proxy on this machine, all clients come from loopback. It stops making codes an hour after the
start, because its address stays in the browser's history and the terminal.
"""

import hmac
import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.security.reachability import reach
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import DeviceRow
from sealbreak_server.web.middleware.headers import CONTENT_POLICY
from sealbreak_server.web.responses import NO_STORE

PAGES = Path(__file__).parent
REPOSITORY = Path(__file__).parents[4]
KEY_VARIABLE = "SEALBREAK_FIRST_STEPS"
"""The launcher passes the key to the server in this variable. It is not a setting."""
PREFIX = "/first-steps/"
CODES_SECONDS = 3600
"""Codes are made for so long after the server's start."""
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
HEADERS = {
    "Cache-Control": NO_STORE,
    "Content-Security-Policy": f"{CONTENT_POLICY}; script-src 'self'",
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
        templates = FileSystemLoader(PAGES / "templates")
        environment = Environment(loader=templates, autoescape=select_autoescape(default=True))
        self._template = environment.get_template("first_steps.html")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            response = await self._response(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        knows_key = hmac.compare_digest(request.url.path.encode(), self._path.encode())
        if not (knows_key and is_local(request)):
            return PlainTextResponse("There is nothing at this address.\n", 404)
        if request.method not in {"GET", "POST"}:
            return Response(status_code=405, headers={"Allow": "GET, POST"})
        return await self._page(request, wants_code=request.method == "POST")

    async def _page(self, request: Request, *, wants_code: bool) -> Response:
        storage, now = self._services.storage, self._services.clock()
        makes_codes = now < self._codes_until
        code = None
        if wants_code and makes_codes:
            code = await storage.write(accounts.new_pairing, None, "", now)
        here = f"http://{request.url.netloc}"
        public_url = self._services.settings.public_url
        text = self._template.render(
            extension=extension_folder(),
            devices=await storage.write(_devices, now),
            code=code,
            makes_codes=makes_codes,
            here=here,
            public_url=public_url,
            reach=reach(public_url),
            port=urlsplit(here).port,
        )
        return HTMLResponse(text, headers=HEADERS)


def is_local(request: Request) -> bool:
    """Whether it comes from this machine: not by a proxy, and not by DNS rebinding."""
    peer = request.client.host if request.client else ""
    host = request.url.hostname or ""
    is_forwarded = any(name in request.headers for name in FORWARDING_HEADERS)
    return not is_forwarded and _is_loopback(peer) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def extension_folder() -> Path | None:
    """The built extension, if the server runs from a clone of the repository."""
    folder = REPOSITORY / "extension/dist"
    return folder if (folder / "manifest.json").exists() else None


def _devices(now: float) -> list[DeviceRow]:
    account = accounts.the_account("", now)
    return [device for device in accounts.devices(account.id) if device.revoked_at is None]
