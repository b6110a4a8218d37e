"""Maximum sizes of a request."""

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sealbreak_server.errors import TooLargeError
from sealbreak_server.web.responses import problem

MAX_BODY = 2 * 1024 * 1024
MAX_HEADERS = 32 * 1024
MAX_TARGET = 32 * 1024
"""Bytes of path and query together."""
MESSAGE_TOO_BIG = 1009


class LimitsMiddleware:
    """Refuses bodies, headers and addresses that are too long, before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None and scope["type"] == "http":
            await refusal(scope, receive, send)
        elif refusal is not None:
            await send({"type": "websocket.close", "code": MESSAGE_TOO_BIG})
        else:
            await self.app(scope, _counted(receive), send)


def _refusal(scope: Scope) -> Response | None:
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET:
        return problem(414, "Too long", "The address is too long.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
        return problem(431, "Too long", "The headers are too long.")
    if _content_length(scope) > MAX_BODY:
        detail = f"The body is longer than {MAX_BODY} bytes."
        return problem(413, TooLargeError.title, detail)
    return None


def _content_length(scope: Scope) -> int:
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
