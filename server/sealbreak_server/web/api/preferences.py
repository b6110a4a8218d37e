"""Notification preferences, snooze and muted recipients."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import MAX_ADDRESS, is_mail_address
from sealbreak_server.storage.preferences import (
    mute_recipient,
    muted_recipients,
    preferences_of,
    put_preferences,
    snooze,
    unmute_recipient,
)
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.bodies import account_preferences_body
from sealbreak_server.web.requests import json_body
from sealbreak_server.web.responses import JsonResponse, no_content

_ADDRESS = re.compile(r"[^\s@<>,;\x00-\x1f\x7f]+@[^\s@<>,;\x00-\x1f\x7f]+")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")


class Preferences(Resource):
    async def get(self, request: Request) -> Response:
        principal = await self._principal(request)
        found = await self._storage.read(preferences_of, principal.account)
        return JsonResponse(account_preferences_body(found))

    async def put(self, request: Request) -> Response:
        principal = await self._principal(request)
        body = await json_body(request)
        changes = body.get("alerts") if isinstance(body, dict) else None
        now = self._services.clock()
        found = await self._storage.write(put_preferences, principal.account, changes, now)
        return JsonResponse(account_preferences_body(found))

    async def snooze(self, request: Request) -> Response:
        principal = await self._principal(request)
        until = Fields(await json_body(request)).optional_time("until")
        await self._storage.write(snooze, principal.account, until)
        found = await self._storage.read(preferences_of, principal.account)
        return JsonResponse(account_preferences_body(found))

    async def list_mutes(self, request: Request) -> Response:
        principal = await self._principal(request)
        muted = await self._storage.read(muted_recipients, principal.account)
        return JsonResponse({"recipients": muted})

    async def put_mute(self, request: Request) -> Response:
        principal = await self._principal(request)
        address = _address(request)
        await self._storage.write(mute_recipient, principal.account, address)
        return no_content()

    async def delete_mute(self, request: Request) -> Response:
        principal = await self._principal(request)
        address = _address(request)
        if not await self._storage.write(unmute_recipient, principal.account, address):
            raise NotFoundError("This recipient is not muted.")
        return no_content()


def _address(request: Request) -> str:
    """Also out of `Name <address>`."""
    address = str(request.path_params["id"]).strip()
    if named := _NAMED.fullmatch(address):
        address = named[1]
    if not is_mail_address(address) or not _ADDRESS.fullmatch(address):
        shown = "".join(c for c in address if c.isprintable())[:MAX_ADDRESS]
        raise BadRequestError(f"The path must end in a mail address: {shown!r} is none.")
    return address
