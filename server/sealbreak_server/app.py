"""The composition root: settings -> parts -> Starlette."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Scope

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.errors import SealbreakError, UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.jobs.reminders import tell_in_time
from sealbreak_server.jobs.retention import forget_in_time
from sealbreak_server.jobs.watch import listen_outside, watch_outside
from sealbreak_server.jobs.webhooks import deliver
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.services import Services
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import touch
from sealbreak_server.web.middleware import (
    API,
    AccessLogMiddleware,
    CsrfMiddleware,
    ErrorMiddleware,
    LimitsMiddleware,
    ProxyMiddleware,
    SecurityHeadersMiddleware,
    ThrottleMiddleware,
)
from sealbreak_server.web.pages.first_steps import KEY_VARIABLE, FirstSteps
from sealbreak_server.web.responses import problem, problem_of
from sealbreak_server.web.routes import beacons, routes
from sealbreak_server.web.uvicorn.fast_path import FastPath
from sealbreak_server.web.uvicorn.http import App, Finish

CHORES = (watch_outside, listen_outside, forget_in_time, tell_in_time, deliver)

log = logging.getLogger(__name__)


def make_services(settings: Settings, clock: Callable[[], float] = time.time) -> Services:
    keyring = load_or_make_keys(settings.keys_file)
    storage = Storage.at(settings.database_url, settings.data)
    classify = Classifier.load(settings.data, https=settings.is_https).classify
    feed = Feed()
    intake = Intake(storage, classify, feed, Spool(settings.spool_folder), clock)
    return Services(settings, keyring, storage, classify, feed, intake, clock)


def make_app(services: Services) -> App:
    """Pixels and links, whose answers are guarded already, stand before all that the rest needs."""
    settings = services.settings
    fast_path = FastPath(_framework(services), beacons(services))
    proxies = ProxyMiddleware(fast_path, settings.trusted_proxies)

    def begin(scope: Scope, finish: Finish) -> bool:
        proxies.correct(scope)
        return fast_path.begin(scope, finish)

    app: ASGIApp = proxies
    if settings.access_log:
        app = AccessLogMiddleware(app)
    if key := os.environ.get(KEY_VARIABLE):
        app = FirstSteps(app, services, key)
    return App(app, None if settings.access_log else begin)


def _framework(services: Services) -> Starlette:
    settings = services.settings
    middleware = [
        Middleware(SecurityHeadersMiddleware, https=settings.is_https),
        Middleware(ErrorMiddleware),
        Middleware(LimitsMiddleware),
        Middleware(ThrottleMiddleware),
        Middleware(CsrfMiddleware, origin=settings.public_url),
    ]
    app = Starlette(
        routes=routes(services),
        middleware=middleware,
        exception_handlers={
            SealbreakError: _refused,
            HTTPException: _http_error,
        },
        lifespan=lambda _app: _lifespan(services),
    )
    app.router.redirect_slashes = False  # it would redirect to whatever the Host header says
    return app


@asynccontextmanager
async def _lifespan(services: Services) -> AsyncIterator[None]:
    await _open(services.storage)
    taking_in = asyncio.create_task(services.intake.run())
    chores = [asyncio.create_task(chore(services)) for chore in CHORES]
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        services.intake.stop()
        await taking_in
        await asyncio.to_thread(services.storage.close)


async def _open(storage: Storage) -> None:
    """A server whose database is away still answers pixels and links: it starts all the same."""
    try:
        await storage.write(touch)
    except UnavailableError as error:
        log.error("started without its database: %s", error.message)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, SealbreakError)
    return _plain(request, problem_of(error), error.message)


def _plain(request: Request, refusal: Response, detail: str) -> Response:
    """Problems are for programs; a person at a page reads a line."""
    if request.url.path.startswith(API):
        return refusal
    kept = {k: v for k, v in refusal.headers.items() if not k.startswith("content-")}
    return PlainTextResponse(f"{detail}\n", refusal.status_code, kept)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = f"{error.detail}." if error.status_code != 404 else "There is nothing at this address."
    refusal = problem(error.status_code, error.detail, detail, dict(error.headers or {}))
    return _plain(request, refusal, detail)
