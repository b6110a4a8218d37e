"""Rate limit of each client address."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sealbreak_server.errors import TooManyError
from sealbreak_server.security.rate_limit import RateBucket, rate_limit_key
from sealbreak_server.web.auth import is_public
from sealbreak_server.web.responses import problem_of

UNLIMITED_PATHS = ("/o/", "/l/", "/healthz", "/static/")
"""Google's proxies fetch the pixels of all Gmail users from a few addresses."""
BURST = 600
"""Requests that an address may send at once."""
SECONDS_EACH = 0.05
"""After a burst, an address may send one request in this time."""


class ThrottleMiddleware:
    """Limits each public address. Private addresses do not tell clients apart."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._requests = RateBucket(BURST, SECONDS_EACH)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = self._wait(scope)
        if not wait:
            await self.app(scope, receive, send)
            return
        error = TooManyError("Too many requests from this address.", retry_after=int(wait) + 1)
        if scope["type"] == "http":
            await problem_of(error)(scope, receive, send)
        else:
            await WebSocket(scope, receive, send).send_denial_response(problem_of(error))

    def _wait(self, scope: Scope) -> float:
        if scope["type"] == "lifespan" or scope["path"].startswith(UNLIMITED_PATHS):
            return 0.0
        address = scope["client"][0]
        if not is_public(address):
            return 0.0
        return self._requests.wait(rate_limit_key(address), time.time())
