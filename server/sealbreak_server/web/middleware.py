"""Around every request: whose address, how much, which headers, what is logged."""

import ipaddress
import logging
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from sealbreak_server.errors import TooLargeError, TooManyError
from sealbreak_server.security.rate_limit import RateBucket, rate_limit_key
from sealbreak_server.settings import Network
from sealbreak_server.web.auth import is_public
from sealbreak_server.web.responses import internal_problem, problem, problem_of

API = "/api/v1/"
MAX_BODY = 2 * 1024 * 1024
MAX_HEADERS = 32 * 1024
MAX_TARGET = 32 * 1024
ADDRESSES = 4096
"""Remembered: proxies come again and again, and parsing costs as much as a whole route."""
LONGEST_ADDRESS = 45

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

API_HEADERS = [(b"access-control-allow-origin", b"*"), (b"cache-control", b"no-store")]
NEVER_THROTTLED = ("/o/", "/l/", "/healthz", "/static/")
"""Google's proxies fetch pixels for all of Gmail from a few addresses."""
MOST_AT_ONCE = 600
SECONDS_EACH = 0.05
"""Requests of an address: so many at once, and then one in so many seconds."""
ANSWERS = ("http.response.start", "websocket.http.response.start")
OUR_OWN = (b"same-origin", b"none")

PAGES = "/history"
PAGES_POLICY = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'"
"""These renew themselves by a script of our own; they are complete without it."""

log = logging.getLogger("sealbreak.access")


class ProxyMiddleware:
    """Believes X-Forwarded-For as far as the proxies of the owner wrote it: read from its end."""

    def __init__(self, app: ASGIApp, networks: Sequence[Network]) -> None:
        self.app = app
        self.networks = networks
        self._trusts = lru_cache(ADDRESSES)(self._trusts_anew)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            self.correct(scope)
        await self.app(scope, receive, send)

    def correct(self, scope: Scope) -> None:
        host, port = scope.get("client") or ("", 0)
        scope["client"] = (self._address(plain_address(host), scope), port)

    def _address(self, address: str, scope: Scope) -> str:
        if not self.networks or not self._trusts(address):
            return address
        for hop in reversed(_forwarded(scope)):
            if not _is_address(hop):
                return address
            address = _canonical(hop)
            if not self._trusts(address):
                break
        return address

    def _trusts_anew(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed.version == net.version and parsed in net for net in self.networks)


def _forwarded(scope: Scope) -> list[str]:
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = b",".join(lines).decode("latin-1").split(",")
    return [plain_address(hop.strip()) for hop in hops]


def plain_address(address: str) -> str:
    """`::ffff:192.0.2.1` is `192.0.2.1`; brackets, ports and zones are left off."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    address = address.partition("%")[0]
    return address[7:] if address.lower().startswith("::ffff:") and "." in address else address


@lru_cache(ADDRESSES)
def _canonical(address: str) -> str:
    """One way to write each address: rules and limits compare them as texts."""
    ip = ipaddress.ip_address(address)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and _parses(text)


@lru_cache(ADDRESSES)
def _parses(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class LimitsMiddleware:
    """Bodies, headers and addresses that are too long are refused before anybody reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = _too_long(scope)
        if refusal is not None and scope["type"] == "http":
            await refusal(scope, receive, send)
        elif refusal is not None:
            await send({"type": "websocket.close", "code": 1009})
        else:
            await self.app(scope, _counted(receive), send)


def _too_long(scope: Scope) -> Response | None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET:
        return problem(414, "Too long", "The address is too long.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        return problem(431, "Too long", "The headers are too long.")
    if _announced(scope) > MAX_BODY:
        detail = f"The body is longer than {MAX_BODY} bytes."
        return problem(413, TooLargeError.title, detail)
    return None


def _announced(scope: Scope) -> int:
    text = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(text) if text.isdigit() else 0


def _counted(receive: Receive) -> Receive:
    length = 0

    async def counted() -> Message:
        nonlocal length
        message = await receive()
        if message["type"] == "http.request":
            length += len(message.get("body", b""))
            if length > MAX_BODY:
                raise TooLargeError(f"The body is longer than {MAX_BODY} bytes.")
        return message

    return counted


class ThrottleMiddleware:
    """So many requests of one address, whoever it says it is. Private ones tell nobody apart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._requests = RateBucket(MOST_AT_ONCE, SECONDS_EACH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._wait(scope)
        if not wait:
            await self.app(scope, receive, send)
            return
        error = TooManyError("Too many requests of this address.", retry_after=int(wait) + 1)
        if scope["type"] == "http":
            await problem_of(error)(scope, receive, send)
        else:
            await WebSocket(scope, receive, send).send_denial_response(problem_of(error))

    def _wait(self, scope: Scope) -> float:
        if scope["type"] == "lifespan" or scope["path"].startswith(NEVER_THROTTLED):
            return 0.0
        address = scope["client"][0]
        return (
            self._requests.wait(rate_limit_key(address), time.time()) if is_public(address) else 0.0
        )


class CsrfMiddleware:
    """What a browser says that another site made it post is refused. The API takes no cookies."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posts = scope["type"] == "http" and scope["method"] not in {"GET", "HEAD", "OPTIONS"}
        if posts and not scope["path"].startswith(API) and self._is_foreign(scope):
            await PlainTextResponse("This form is not ours.\n", 403)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        """Without a referrer, browsers write `Origin: null` also for our own forms."""
        sent = dict(scope["headers"])
        if sent.get(b"sec-fetch-site", b"none") not in OUR_OWN:
            return True
        origin = sent.get(b"origin", b"null")
        here = b"://" + sent.get(b"host", b"")
        return origin not in {b"null", self.origin, b"http" + here, b"https" + here}


class ErrorMiddleware:
    """A bug is answered like any refusal, and logged without what the request held."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return  # its body never came whole, and nobody waits for an answer
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("unforeseen: %s\nTraceback, without values:\n%s", type(error).__name__, where)
            if scope["type"] == "http":
                with suppress(RuntimeError):  # an answer had begun
                    await internal_problem()(scope, receive, send)


class SecurityHeadersMiddleware:
    """Security headers on all; the API may be called from pages of any origin."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._raw = security_headers(https=https)
        self._raw_of_pages = security_headers(PAGES_POLICY, https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        is_api = scope["path"].startswith(API)
        raw = self._raw_of_pages if scope["path"].startswith(PAGES) else self._raw

        async def send_with_headers(message: Message) -> None:
            if message["type"] in ANSWERS:
                message["headers"] = [*message["headers"], *raw]
                if is_api:
                    message["headers"] += API_HEADERS
            await send(message)

        if is_api and scope.get("method") == "OPTIONS":
            await _preflight()(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


def security_headers(policy: str = CONTENT_POLICY, *, https: bool) -> list[tuple[bytes, bytes]]:
    """The security headers."""
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": policy,
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _preflight() -> Response:
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "86400",
    }
    return Response(status_code=204, headers=headers)


class AccessLogMiddleware:
    """Names of routes only: no path, so no token, and no address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.monotonic(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = scope.get("route")
            name = getattr(route, "name", None) or "unknown"
            log.info("%s %d %.1f ms", name, status, 1000 * (time.monotonic() - start))
