"""Security headers of every response, and CORS for the API."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sealbreak_server.web.requests import is_api_path
from sealbreak_server.web.responses import Header

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HISTORY_PREFIX = "/history"
HISTORY_POLICY = f"{CONTENT_POLICY}; script-src 'self'; connect-src 'self'"
"""A script of ours refreshes these pages. They are complete without it."""
CROSS_ORIGIN = (b"access-control-allow-origin", b"*")
NO_STORE = (b"cache-control", b"no-store")
RESPONSE_STARTS = ("http.response.start", "websocket.http.response.start")


class SecurityHeadersMiddleware:
    """Pages of any origin may call the API; browsers keep the rest to this origin."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._headers = security_headers(https=https)
        self._history_headers = security_headers(HISTORY_POLICY, https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        is_api = is_api_path(scope["path"])
        is_history = scope["path"].startswith(HISTORY_PREFIX)
        headers = self._history_headers if is_history else self._headers

        async def send_with_headers(message: Message) -> None:
            if message["type"] in RESPONSE_STARTS:
                cors = [CROSS_ORIGIN] if is_api else []
                unstored = [NO_STORE] if _lacks_caching(message, is_api=is_api) else []
                message["headers"] = [*message["headers"], *headers, *cors, *unstored]
            await send(message)

        if is_api and scope.get("method") == "OPTIONS":
            await _preflight()(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)


def _lacks_caching(message: Message, *, is_api: bool) -> bool:
    """No cache may store an error: the next answer at that address may be another one."""
    if not is_api and message["status"] < 400:
        return False
    return all(name != b"cache-control" for name, _ in message["headers"])


def security_headers(policy: str = CONTENT_POLICY, *, https: bool) -> list[Header]:
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
