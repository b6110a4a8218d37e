"""Responses that several handlers send."""

import base64
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sealbreak_server.errors import RefusalError, SealbreakError, UnavailableError

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
NO_STORE = "no-store, no-cache, max-age=0, must-revalidate, private"
RETRY_SECONDS = 2

Header = tuple[bytes, bytes]


class JsonResponse(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


def no_content() -> Response:
    return Response(status_code=204)


class ProblemResponse(JsonResponse):
    """RFC 9457."""

    media_type = "application/problem+json"


def problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None
) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return ProblemResponse(body, status, headers)


def problem_of(error: SealbreakError) -> Response:
    if isinstance(error, UnavailableError):
        retry = {"Retry-After": str(RETRY_SECONDS)}
        return problem(
            503, error.title, "The database is not available now. Try again later.", retry
        )
    if not isinstance(error, RefusalError):
        return internal_problem()
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.title, error.message, headers)


def internal_problem() -> Response:
    return problem(500, "Something went wrong", "The server's log has the details.")


class StaticResponse:
    """A response that is made once and sent many times. No cache may store it."""

    __slots__ = ("_body", "_headers", "status", "whole")

    def __init__(self, status: int, body: bytes, headers: Sequence[Header]) -> None:
        length = (b"content-length", str(len(body)).encode())
        self.status = status
        self._body = body
        self._headers = [length, (b"cache-control", NO_STORE.encode()), *headers]
        self.whole = b"".join(map(_line, self._headers)) + b"\r\n" + body
        """Headers and body, without the status line and the headers that the HTTP server adds."""

    def with_header(self, header: Header) -> "StaticResponse":
        """A copy with one more header, which must not contain a line break."""
        made = StaticResponse.__new__(StaticResponse)
        made.status = self.status
        made._body = self._body
        made._headers = [header, *self._headers]
        made.whole = _line(header) + self.whole
        return made

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


Respond = Callable[[StaticResponse], None]
"""Sends the response to the client that is waiting for it."""


def _line(header: Header) -> bytes:
    return b"%b: %b\r\n" % header
