"""The API for what an account wants to hear: settings, mutes, snooze, what is read, webhooks."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import MAX_ADDRESS
from sealbreak_server.services import Services
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.preferences import (
    mark_read,
    mute_message,
    mute_recipient,
    muted_recipients,
    preferences_of,
    put_preferences,
    snooze,
    unmute_recipient,
)
from sealbreak_server.web.api.bodies import account_preferences_body, message_body, webhook_body
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.requests import body_of, message_id
from sealbreak_server.web.responses import JsonResponse

EMPTY = Response(status_code=204)

_ADDRESS = re.compile(r"[^\s@<>,;\x00-\x1f\x7f]+@[^\s@<>,;\x00-\x1f\x7f]+")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")


class PreferencesApi:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator

    async def get_settings(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        found = await self._services.storage.read(preferences_of, principal.account)
        return JsonResponse(account_preferences_body(found))

    async def put_settings(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        body = await body_of(request)
        wanted = body.get("alerts") if isinstance(body, dict) else None
        found = await self._services.storage.write(
            put_preferences, principal.account, wanted, self._services.clock()
        )
        return JsonResponse(account_preferences_body(found))

    async def snooze(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        until = Fields(await body_of(request)).optional_time("until")
        await self._services.storage.write(snooze, principal.account, until)
        found = await self._services.storage.read(preferences_of, principal.account)
        return JsonResponse(account_preferences_body(found))

    async def read(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        number = Fields(await body_of(request)).number("up_to", 0, 2**53)
        seen = await self._services.storage.write(mark_read, principal.account, number)
        self._services.feed.wake([principal.owner])
        return JsonResponse({"read": seen})

    async def mute_message(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        message = message_id(request)
        muted = _switch(await body_of(request), "muted")
        write, read = self._services.storage.write, self._services.storage.read
        await write(mute_message, principal.account, message, muted)
        return JsonResponse(message_body(await read(messages.view, principal.account, message)))

    async def list_mutes(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        muted = await self._services.storage.read(muted_recipients, principal.account)
        return JsonResponse({"recipients": muted})

    async def put_mute(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        address = _address(request)
        await self._services.storage.write(mute_recipient, principal.account, address)
        return EMPTY

    async def delete_mute(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        address = _address(request)
        if not await self._services.storage.write(unmute_recipient, principal.account, address):
            raise NotFoundError("This recipient is not muted.")
        return EMPTY

    async def list_webhooks(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        webhooks = await self._services.storage.read(webhook_deliveries.webhooks, principal.account)
        return JsonResponse({"webhooks": [webhook_body(webhook) for webhook in webhooks]})

    async def add_webhook(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        url = Fields(await body_of(request)).text("url", 2000, shortest=1)
        allowed, now = self._services.settings.webhook_networks, self._services.clock()
        webhook = await self._services.storage.write(
            webhook_deliveries.add, principal.account, url, allowed, now
        )
        return JsonResponse(webhook_body(webhook), 201)

    async def enable_webhook(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        identifier = request.path_params["id"]
        webhook = await self._services.storage.write(
            webhook_deliveries.enable, principal.account, identifier
        )
        return JsonResponse(webhook_body(webhook))

    async def delete_webhook(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        identifier = request.path_params["id"]
        if not await self._services.storage.write(
            webhook_deliveries.remove, principal.account, identifier
        ):
            raise NotFoundError("There is no such webhook.")
        return EMPTY


def _switch(body: object, name: str) -> bool:
    """One that must be there: an empty body must not unmute."""
    if not isinstance(body, dict) or not isinstance(body.get(name), bool):
        raise BadRequestError(f"{name} must be true or false.")
    return bool(body[name])


def _address(request: Request) -> str:
    """Also out of `Name <address>`."""
    address = str(request.path_params["id"]).strip()
    if named := _NAMED.fullmatch(address):
        address = named[1]
    if not 3 <= len(address) <= MAX_ADDRESS or not _ADDRESS.fullmatch(address):
        shown = "".join(c for c in address if c.isprintable())[:MAX_ADDRESS]
        raise BadRequestError(f"The path must end in a mail address: {shown!r} is none.")
    return address
