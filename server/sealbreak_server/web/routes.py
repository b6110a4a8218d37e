"""Every address of the server, on one screen."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.hits.recording import touch
from sealbreak_server.web.api.api import Api
from sealbreak_server.web.api.preferences import PreferencesApi
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.beacon import LinkRedirect, Pixel
from sealbreak_server.web.live import Live
from sealbreak_server.web.middleware import security_headers
from sealbreak_server.web.pages import Pages
from sealbreak_server.web.pages.base import Handler

STATIC = Path(__file__).parent / "pages" / "static"


def beacons(services: Services) -> list[Route]:
    needs = (
        services.keyring,
        services.intake,
        services.clock,
        security_headers(https=services.settings.is_https),
    )
    return [
        Route("/o/{owner}/{token}.gif", Pixel(*needs), name="pixel"),
        Route("/l/{owner}/{token}/{n}", LinkRedirect(*needs), name="link"),
        Route("/l/{owner}/{token}/{n}/{s}", LinkRedirect(*needs), name="link2"),
    ]


def routes(services: Services) -> list[BaseRoute]:
    authenticator = Authenticator(services)
    api, pages, live = (
        Api(services, authenticator),
        Pages(services, authenticator),
        Live(services, authenticator),
    )
    return [
        Route("/healthz", _alive, name="healthz"),
        Route("/readyz", _readiness(services), name="readyz"),
        Mount(
            "/api/v1",
            _without_redirects(_api_routes(api, PreferencesApi(services, authenticator), live)),
        ),
        Route("/r/{owner}/{token}", pages.recipient.tell, name="recipient"),
        Route("/r/{owner}/{token}", pages.recipient.opt_out, methods=["POST"], name="opt_out"),
        Route("/sign-in/{code}", pages.sign_in.show, name="sign_in"),
        Route("/sign-in/{code}", pages.sign_in.enter, methods=["POST"], name="enter"),
        *_history_routes(pages),
        WebSocketRoute("/history/live", live.notify, name="history_live"),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]


def _without_redirects(routes: list[BaseRoute]) -> Router:
    """One for a slash too many would lead to whatever the Host header says."""
    return Router(routes, redirect_slashes=False)


def _history_routes(pages: Pages) -> list[BaseRoute]:
    def page(path: str, handler: Handler, name: str, method: str = "GET") -> Route:
        endpoint = pages.signed_in(handler)
        return Route(f"/history{path}", endpoint, methods=[method], name=f"history{name}")

    return [
        page("", pages.messages.list, ""),
        page("/sign-out", pages.sign_in.leave, "_sign_out", "POST"),
        page("/events", pages.events.feed, "_events"),
        page("/digest", pages.digest.newest, "_digest"),
        page("/digest/{day}", pages.digest.of_day, "_digest_of_day"),
        page("/people", pages.people.list, "_people"),
        page("/people/mute", pages.people.mute, "_mute_person", "POST"),
        page("/people/erase", pages.people.erase, "_erase_person", "POST"),
        page("/people/{address:path}", pages.people.one, "_person"),
        page("/overview", pages.overview.show, "_overview"),
        page("/export.csv", pages.export.as_csv, "_csv"),
        page("/export.json", pages.export.as_json, "_json"),
        page("/settings", pages.settings.show, "_settings"),
        page("/settings/alerts", pages.settings.save_preferences, "_alerts", "POST"),
        page("/settings/snooze", pages.settings.snooze, "_snooze", "POST"),
        page("/settings/mute", pages.settings.mute, "_mute_address", "POST"),
        page("/settings/unmute", pages.settings.unmute, "_unmute", "POST"),
        page("/settings/revoke", pages.settings.revoke, "_revoke", "POST"),
        page("/settings/webhooks", pages.settings.add_hook, "_add_hook", "POST"),
        page("/settings/webhooks/enable", pages.settings.enable_hook, "_enable_hook", "POST"),
        page("/settings/webhooks/remove", pages.settings.remove_hook, "_remove_hook", "POST"),
        page("/{id}", pages.messages.one, "_message"),
        page("/{id}/record", pages.record.show, "_record"),
        page("/{id}/record.csv", pages.record.as_csv, "_record_csv"),
        page("/{id}/record.json", pages.record.as_json, "_record_json"),
        page("/{id}/mute", pages.messages.mute, "_mute", "POST"),
        page("/{id}/stop", pages.messages.stop, "_stop", "POST"),
    ]


def _api_routes(api: Api, account_preferences: PreferencesApi, live: Live) -> list[BaseRoute]:
    return [
        Route("/pair", api.pair, methods=["POST"], name="pair"),
        Route("/ids", api.ids, methods=["POST"], name="ids"),
        Route("/messages", api.list_messages, methods=["GET"], name="list_messages"),
        Route("/messages/{id}", api.get_message, methods=["GET"], name="get_message"),
        Route("/messages/{id}", api.put_message, methods=["PUT"], name="put_message"),
        Route(
            "/messages/{id}/mute",
            account_preferences.mute_message,
            methods=["PUT"],
            name="mute_message",
        ),
        Route("/messages/{id}/stop", api.stop_message, methods=["POST"], name="stop_message"),
        Route("/settings", account_preferences.get_settings, methods=["GET"], name="get_settings"),
        Route("/settings", account_preferences.put_settings, methods=["PUT"], name="put_settings"),
        Route("/mutes", account_preferences.list_mutes, methods=["GET"], name="list_mutes"),
        Route("/mutes/{id}", account_preferences.put_mute, methods=["PUT"], name="put_mute"),
        Route(
            "/mutes/{id}", account_preferences.delete_mute, methods=["DELETE"], name="delete_mute"
        ),
        Route("/snooze", account_preferences.snooze, methods=["POST"], name="snooze"),
        Route("/read", account_preferences.read, methods=["POST"], name="read"),
        Route(
            "/webhooks", account_preferences.list_webhooks, methods=["GET"], name="list_webhooks"
        ),
        Route("/webhooks", account_preferences.add_webhook, methods=["POST"], name="add_webhook"),
        Route(
            "/webhooks/{id}",
            account_preferences.delete_webhook,
            methods=["DELETE"],
            name="delete_webhook",
        ),
        Route(
            "/webhooks/{id}/enable",
            account_preferences.enable_webhook,
            methods=["POST"],
            name="enable_webhook",
        ),
        Route("/views", api.views, methods=["POST"], name="views"),
        Route("/events", api.events, methods=["GET"], name="events"),
        Route("/sign-in", api.sign_in, methods=["POST"], name="make_sign_in"),
        Route("/devices", api.list_devices, methods=["GET"], name="list_devices"),
        Route("/devices/{id}", api.delete_device, methods=["DELETE"], name="delete_device"),
        Route("/openapi.json", api.describe, methods=["GET"], name="openapi"),
        WebSocketRoute("/live", live.serve, name="live"),
    ]


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive\n")


def _readiness(services: Services) -> Callable[[Request], Awaitable[Response]]:
    async def ready(_request: Request) -> Response:
        """200 when hits can be committed: proven by a transaction that writes."""
        await services.storage.write(touch)
        if not services.intake.commits:
            raise UnavailableError("Hits go to the spool.")
        return PlainTextResponse("ready\n")

    return ready
