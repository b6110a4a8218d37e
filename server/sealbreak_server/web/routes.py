"""Every address of the server."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.hits.commits import touch
from sealbreak_server.web.api.devices import Devices
from sealbreak_server.web.api.events import Events
from sealbreak_server.web.api.messages import Messages
from sealbreak_server.web.api.openapi.document import document
from sealbreak_server.web.api.preferences import Preferences
from sealbreak_server.web.api.self_tests import SelfTestResource
from sealbreak_server.web.api.webhooks import Webhooks
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.beacon import LinkRedirect, Pixel
from sealbreak_server.web.check import Check, CheckPixel
from sealbreak_server.web.live import Live
from sealbreak_server.web.middleware.headers import security_headers
from sealbreak_server.web.pages import Pages
from sealbreak_server.web.pages.base import Handler
from sealbreak_server.web.pages.dead_link import DeadLinkPage
from sealbreak_server.web.requests import API_PREFIX
from sealbreak_server.web.responses import JsonResponse
from sealbreak_server.web.self_tests import SelfTests

STATIC = Path(__file__).parent / "pages" / "static"

Endpoint = Callable[[Request], Awaitable[Response]]


def beacons(services: Services) -> list[Route]:
    dependencies = (
        services.keyring,
        services.intake,
        services.clock,
        services.counts.beacons,
        security_headers(https=services.settings.is_https),
    )
    check_pixel = CheckPixel(*dependencies, self_tests=SelfTests(services))
    link = LinkRedirect(*dependencies, dead_link=DeadLinkPage().render)
    return [
        Route("/o/check/{nonce}.gif", check_pixel, name="check_pixel"),
        Route("/o/{owner}/{token}.gif", Pixel(*dependencies), name="pixel"),
        Route("/l/{address:path}", link, name="link"),
    ]


def routes(services: Services) -> list[BaseRoute]:
    authenticator = Authenticator(services)
    pages, live = Pages(services, authenticator), Live(services, authenticator)
    api = api_routes(services, authenticator, live)
    check = Check(services, SelfTests(services))
    return [
        Route("/", pages.about, name="about"),
        Route("/healthz", _healthz, name="healthz"),
        Route("/readyz", _readyz(services), name="readyz"),
        Route("/check/{nonce}", check.show, name="check"),
        WebSocketRoute("/check/{nonce}", check.follow, name="check_live"),
        Mount(API_PREFIX, _without_redirects(api)),
        Route("/r/{owner}/{token}", pages.recipient.show, name="recipient"),
        Route("/r/{owner}/{token}", pages.recipient.opt_out, methods=["POST"], name="opt_out"),
        Route("/sign-in/{code}", pages.sign_in.show, name="sign_in"),
        Route("/sign-in/{code}", pages.sign_in.enter, methods=["POST"], name="enter"),
        *_history_routes(pages),
        WebSocketRoute("/history/live", live.notify, name="history_live"),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def _without_redirects(routes: list[BaseRoute]) -> Router:
    """A redirect for a superfluous slash would go to the host of the Host header."""
    return Router(routes, redirect_slashes=False)


def _history_routes(pages: Pages) -> list[BaseRoute]:
    def page(path: str, handler: Handler, name: str, method: str = "GET") -> Route:
        endpoint = pages.signed_in(handler)
        return Route(f"/history{path}", endpoint, methods=[method], name=f"history{name}")

    return [
        page("", pages.messages.list, ""),
        page("/sign-out", pages.sign_in.leave, "_sign_out", "POST"),
        page("/events", pages.events.list, "_events"),
        page("/digest", pages.digest.newest, "_digest"),
        page("/digest/{day}", pages.digest.of_day, "_digest_of_day"),
        page("/people", pages.people.list, "_people"),
        page("/people/mute", pages.people.mute, "_mute_person", "POST"),
        page("/people/erase", pages.people.erase, "_erase_person", "POST"),
        page("/people/{address:path}", pages.people.one, "_person"),
        page("/overview", pages.overview.show, "_overview"),
        page("/export.csv", pages.export.as_csv, "_csv"),
        page("/export.json", pages.export.as_json, "_json"),
        page("/first-steps", pages.first_steps.show, "_first_steps"),
        page("/first-steps", pages.first_steps.act, "_first_steps_act", "POST"),
        page("/settings", pages.settings.show, "_settings"),
        page("/settings/alerts", pages.settings.save_preferences, "_alerts", "POST"),
        page("/settings/owner", pages.settings.save_owner, "_owner", "POST"),
        page("/settings/snooze", pages.settings.snooze, "_snooze", "POST"),
        page("/settings/mute", pages.settings.mute, "_mute_address", "POST"),
        page("/settings/unmute", pages.settings.unmute, "_unmute", "POST"),
        page("/settings/revoke", pages.settings.revoke, "_revoke", "POST"),
        page("/settings/webhooks", pages.settings.add_webhook, "_add_webhook", "POST"),
        page("/settings/webhooks/enable", pages.settings.enable_webhook, "_enable_webhook", "POST"),
        page("/settings/webhooks/remove", pages.settings.remove_webhook, "_remove_webhook", "POST"),
        page("/{id}", pages.messages.one, "_message"),
        page("/{id}/record", pages.record.show, "_record"),
        page("/{id}/record.csv", pages.record.as_csv, "_record_csv"),
        page("/{id}/record.json", pages.record.as_json, "_record_json"),
        page("/{id}/mute", pages.messages.mute, "_mute", "POST"),
        page("/{id}/stop", pages.messages.stop, "_stop", "POST"),
        page("/{id}/erase", pages.messages.erase, "_erase", "POST"),
    ]


def api_routes(services: Services, authenticator: Authenticator, live: Live) -> list[BaseRoute]:
    """A route's name is the `operationId` of its operation in the OpenAPI document."""

    def route(method: str, path: str, endpoint: Endpoint, name: str) -> Route:
        return Route(path, endpoint, methods=[method], name=name)

    messages = Messages(services, authenticator)
    events = Events(services, authenticator)
    devices = Devices(services, authenticator)
    preferences = Preferences(services, authenticator)
    webhooks = Webhooks(services, authenticator)
    self_tests = SelfTestResource(services, authenticator, SelfTests(services))
    return [
        route("POST", "/pair", devices.pair, "pair"),
        route("POST", "/ids", messages.ids, "ids"),
        route("GET", "/messages", messages.list, "list_messages"),
        route("GET", "/messages/{id}", messages.get, "get_message"),
        route("PUT", "/messages/{id}", messages.put, "put_message"),
        route("PUT", "/messages/{id}/mute", messages.mute, "mute_message"),
        route("PUT", "/messages/{id}/withdrawn", messages.withdraw, "withdraw_message"),
        route("POST", "/messages/{id}/stop", messages.stop, "stop_message"),
        route("POST", "/views", messages.views, "views"),
        route("GET", "/settings", preferences.get, "get_settings"),
        route("PUT", "/settings", preferences.put, "put_settings"),
        route("GET", "/mutes", preferences.list_mutes, "list_mutes"),
        route("PUT", "/mutes/{id:path}", preferences.put_mute, "put_mute"),
        route("DELETE", "/mutes/{id:path}", preferences.delete_mute, "delete_mute"),
        route("POST", "/snooze", preferences.snooze, "snooze"),
        route("GET", "/events", events.list, "events"),
        route("POST", "/read", events.mark_read, "read"),
        route("POST", "/alerts", events.claim, "claim_alerts"),
        route("GET", "/webhooks", webhooks.list, "list_webhooks"),
        route("POST", "/webhooks", webhooks.add, "add_webhook"),
        route("DELETE", "/webhooks/{id}", webhooks.delete, "delete_webhook"),
        route("POST", "/webhooks/{id}/enable", webhooks.enable, "enable_webhook"),
        route("GET", "/self-test", self_tests.show, "get_self_test"),
        route("POST", "/self-test", self_tests.make, "make_self_test"),
        route("POST", "/sign-in", devices.sign_in, "make_sign_in"),
        route("GET", "/devices", devices.list, "list_devices"),
        route("DELETE", "/devices/{id}", devices.delete, "delete_device"),
        route("GET", "/openapi.json", _openapi(services), "openapi"),
        WebSocketRoute("/live", live.follow, name="live"),
    ]


async def _healthz(_request: Request) -> Response:
    return PlainTextResponse("alive\n")


def _readyz(services: Services) -> Endpoint:
    async def readyz(_request: Request) -> Response:
        """200 if hits can be committed, which a write transaction proves."""
        await services.storage.write(touch)
        if not services.intake.commits:
            raise UnavailableError("Hits go to the spool.")
        return PlainTextResponse("ready\n")

    return readyz


def _openapi(services: Services) -> Endpoint:
    async def openapi(_request: Request) -> Response:
        return JsonResponse(document(services.settings.public_url))

    return openapi
