"""The composition root: settings -> services -> ASGI app."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Scope

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.errors import SealbreakError, UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.jobs.reminders import emit_reminders
from sealbreak_server.jobs.retention import apply_retention
from sealbreak_server.jobs.watch import listen_for_changes, poll_changes
from sealbreak_server.jobs.webhooks import deliver_webhooks
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.services import Services
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.storage.public_addresses import note_public_address
from sealbreak_server.web.middleware.access_log import AccessLogMiddleware
from sealbreak_server.web.middleware.csrf import CsrfMiddleware
from sealbreak_server.web.middleware.errors import ErrorMiddleware, http_error, sealbreak_error
from sealbreak_server.web.middleware.headers import SecurityHeadersMiddleware
from sealbreak_server.web.middleware.limits import LimitsMiddleware
from sealbreak_server.web.middleware.proxies import ProxyMiddleware
from sealbreak_server.web.middleware.throttle import ThrottleMiddleware
from sealbreak_server.web.pages.first_steps.local import KEY_VARIABLE, FirstSteps
from sealbreak_server.web.responses import Respond
from sealbreak_server.web.routes import beacons, routes
from sealbreak_server.web.uvicorn.fast_path import FastPath
from sealbreak_server.web.uvicorn.http import App

BACKGROUND_TASKS = (
    poll_changes, listen_for_changes, apply_retention, emit_reminders, deliver_webhooks,
)  # fmt: skip

log = logging.getLogger(__name__)


def make_services(settings: Settings, clock: Callable[[], float] = time.time) -> Services:
    keyring = load_or_make_keys(settings.keys_file)
    storage = Storage.at(settings.database_url, settings.data)
    classifier = Classifier.load(settings.data, https=settings.is_https)
    feed = Feed()
    intake = Intake(storage, classifier.classify, feed, Spool(settings.spool_folder), clock)
    return Services(settings, keyring, storage, classifier, feed, intake, clock)


def make_app(services: Services) -> App:
    """The fast path of pixels and links comes first: they need none of the other middleware."""
    settings = services.settings
    fast_path = FastPath(_framework(services), beacons(services))
    proxies = ProxyMiddleware(fast_path, settings.trusted_proxies, settings.client_address_header)

    def handle(scope: Scope, respond: Respond) -> bool:
        proxies.set_client(scope)
        return fast_path.handle(scope, respond)

    app: ASGIApp = proxies
    if settings.access_log:
        app = AccessLogMiddleware(app)
    if key := os.environ.get(KEY_VARIABLE):
        app = FirstSteps(app, services, key)
    return App(app, None if settings.access_log else handle)


def _framework(services: Services) -> Starlette:
    settings = services.settings
    app = Starlette(
        routes=routes(services),
        middleware=[
            Middleware(SecurityHeadersMiddleware, https=settings.is_https),
            Middleware(ErrorMiddleware),
            Middleware(LimitsMiddleware),
            Middleware(ThrottleMiddleware),
            Middleware(CsrfMiddleware, origin=settings.public_url),
        ],
        exception_handlers={SealbreakError: sealbreak_error, HTTPException: http_error},
        lifespan=lambda _app: _lifespan(services),
    )
    app.router.redirect_slashes = False  # a redirect would go to the host of the Host header
    return app


@asynccontextmanager
async def _lifespan(services: Services) -> AsyncIterator[None]:
    await _open(services)
    intake = asyncio.create_task(services.intake.run())
    tasks = [asyncio.create_task(task(services)) for task in BACKGROUND_TASKS]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        services.intake.stop()
        await intake
        await asyncio.to_thread(services.storage.close)


async def _open(services: Services) -> None:
    """The server also starts without its database: it still answers pixels and links."""
    try:
        await services.storage.write(touch)
        address = services.settings.public_url
        await services.storage.write(note_public_address, address, services.clock())
    except UnavailableError as error:
        log.error("started without its database: %s", error.message)
