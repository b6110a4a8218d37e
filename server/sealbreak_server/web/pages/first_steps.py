"""The page that `run` and `demo` open: the remaining steps of the setup, and the pairing code.

Anybody who sees it can make pairing codes. It therefore answers only on loopback, only to requests
that no proxy has forwarded, and only at an address with a key that the launcher prints: behind a
proxy on this machine, all clients come from loopback. It stops making codes an hour after the
start, because its address stays in the browser's history and the terminal.
"""

import asyncio
import hmac
import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.errors import ExtensionError
from sealbreak_server.security.reachability import reach
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import DeviceRow
from sealbreak_server.web import installation
from sealbreak_server.web.middleware.headers import CONTENT_POLICY
from sealbreak_server.web.responses import NO_STORE

PAGES = Path(__file__).parent
KEY_VARIABLE = "SEALBREAK_FIRST_STEPS"
"""The launcher passes the key to the server in this variable. It is not a setting."""
PREFIX = "/first-steps/"
CODES_SECONDS = 3600
"""Codes are made for so long after the server's start."""
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
EXAMPLE = ("--public-url https://track.example.com", "--trusted-proxies 127.0.0.1")
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
        wants = request.url.query if request.method == "POST" else ""
        if wants == "unpack":
            return await self._page(request, problem=await asyncio.to_thread(_unpack))
        if wants == "download":
            return await asyncio.to_thread(_download)
        return await self._page(request, wants_code=request.method == "POST")

    async def _page(
        self, request: Request, *, wants_code: bool = False, problem: str = ""
    ) -> Response:
        storage, now = self._services.storage, self._services.clock()
        makes_codes = now < self._codes_until
        code = None
        if wants_code and makes_codes:
            code = await storage.write(accounts.new_pairing, None, "", now)
        here = f"http://{request.url.netloc}"
        public_url = self._services.settings.public_url
        text = self._template.render(
            extension=installation.built_extension() or _unpacked_folder(),
            has_extension=installation.PACKED.is_file(),
            problem=problem,
            restart=installation.command(*EXAMPLE),
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


def _unpacked_folder() -> Path | None:
    folder = installation.extension_folder()
    return folder if (folder / installation.MANIFEST).is_file() else None


def _unpack() -> str:
    """What went wrong, for the page."""
    try:
        installation.unpack_extension(installation.extension_folder())
    except ExtensionError as error:
        return f"{error.title}: {error.message}"
    return ""


def _download() -> Response:
    packed = installation.packed_extension()
    if packed is None:
        return PlainTextResponse("This package does not contain the extension.\n", 404)
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="sealbreak-extension.zip"'}
    return Response(packed, media_type="application/zip", headers=headers)


def _devices(now: float) -> list[DeviceRow]:
    account = accounts.the_account("", now)
    return [device for device in accounts.devices(account.id) if device.revoked_at is None]
