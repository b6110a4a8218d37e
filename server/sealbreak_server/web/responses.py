"""Answers that several handlers give."""

import base64
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from sealbreak_server.errors import RefusalError, SealbreakError, UnavailableError

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
NO_STORE = "no-store, no-cache, max-age=0, must-revalidate, private"
RETRY_SECONDS = 2


class JsonResponse(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


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
        return problem(503, error.title, "The database cannot be used now; try again.", retry)
    if not isinstance(error, RefusalError):
        return internal_problem()
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.title, error.message, headers)


def internal_problem() -> Response:
    return problem(500, "Something went wrong", "The server's log says more.")
