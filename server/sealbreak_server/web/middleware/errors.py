"""Responses to errors: problem documents for the API, a line of text for everything else."""

import logging
import traceback
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.errors import SealbreakError
from sealbreak_server.web.requests import is_api_path
from sealbreak_server.web.responses import internal_problem, problem, problem_of

log = logging.getLogger(__name__)


class ErrorMiddleware:
    """Answers an unexpected exception with status 500 and logs it without the request's data."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            return  # the body is incomplete and nobody waits for a response
        except Exception as error:
            if scope["type"] == "lifespan":
                raise
            _log_without_values(error)
            if scope["type"] == "http":
                with suppress(RuntimeError):  # the response had started
                    await internal_problem()(scope, receive, send)


def _log_without_values(error: Exception) -> None:
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    log.error("unexpected error: %s\nTraceback, without values:\n%s", kind, frames)


async def sealbreak_error(request: Request, error: Exception) -> Response:
    """Starlette's exception handler of `SealbreakError`."""
    assert isinstance(error, SealbreakError)
    return _for_client(request, problem_of(error), error.message)


async def http_error(request: Request, error: Exception) -> Response:
    """Starlette's exception handler of `HTTPException`."""
    assert isinstance(error, HTTPException)
    detail = f"{error.detail}." if error.status_code != 404 else "There is nothing at this address."
    refusal = problem(error.status_code, error.detail, detail, dict(error.headers or {}))
    return _for_client(request, refusal, detail)


def _for_client(request: Request, refusal: Response, detail: str) -> Response:
    """A problem document is for programs; a person at a page gets a line of text."""
    if is_api_path(request.url.path):
        return refusal
    kept = {k: v for k, v in refusal.headers.items() if not k.startswith("content-")}
    return PlainTextResponse(f"{detail}\n", refusal.status_code, kept)
