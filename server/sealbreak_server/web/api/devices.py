"""Pairing, the account's devices, and links that sign a browser in."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError, TooManyError
from sealbreak_server.model.fields import Fields
from sealbreak_server.security.rate_limit import RateBucket, rate_limit_key
from sealbreak_server.security.tokens import is_id
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.preferences import adopt_time_zone
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.bodies import account_body, device_body, tracking_body
from sealbreak_server.web.requests import json_body
from sealbreak_server.web.responses import JsonResponse, no_content

DEVICE_KINDS = ("extension", "desktop", "api")
MAX_NAME = 100
MAX_CONTACT = 200
MAX_ZONE = 64
ATTEMPTS = 10
"""Wrong pairing codes that an address may send at once."""
SECONDS_EACH = 6.0
"""After that, an address may try one code in this time."""
HISTORY_PAGES = (
    "/history", "/history/digest", "/history/events", "/history/first-steps", "/history/overview",
    "/history/people", "/history/settings",
)  # fmt: skip
DIGEST_PAGE = re.compile(r"/history/digest/\d{4}-\d\d-\d\d", re.ASCII)


class Devices(Resource):
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        super().__init__(services, authenticator)
        self._attempts = RateBucket(ATTEMPTS, SECONDS_EACH)

    async def pair(self, request: Request) -> Response:
        now = self._services.clock()
        address = rate_limit_key(request.client.host if request.client else "")
        wait = self._attempts.wait(address, now)
        if wait:
            raise TooManyError("Too many attempts to pair.", retry_after=int(wait) + 1)
        fields = Fields(await json_body(request))
        code = fields.text("code", 40, shortest=1)
        name = fields.text("name", MAX_NAME, shortest=1)
        kind = fields.choice("kind", DEVICE_KINDS)
        owner = fields.optional_text("owner_name", MAX_NAME)
        contact = fields.optional_text("contact", MAX_CONTACT)
        zone = fields.optional_text("time_zone", MAX_ZONE)
        token, principal = await self._storage.write(
            accounts.pair, code, name, kind, now, owner, contact
        )
        if zone:
            await self._storage.write(adopt_time_zone, principal.account, zone)
        self._attempts.give_back(address)
        await self._authenticator.touch_device(principal, request)
        self._services.feed.wake([principal.owner])
        body = {
            "token": token,
            "device": {"id": principal.device, "name": name, "kind": kind},
            "account": account_body(principal),
            **await tracking_body(self._services, principal.owner),
        }
        return JsonResponse(body, 201)

    async def sign_in(self, request: Request) -> Response:
        principal = await self._principal(request)
        path = Fields(await json_body(request)).text("path", 200, default="/history")
        if not is_history_path(path):
            raise BadRequestError("path must be /history or a page under it.")
        now = self._services.clock()
        code = await self._storage.write(accounts.new_sign_in, principal.device, path, now)
        return JsonResponse({"url": f"{self._services.settings.public_url}/sign-in/{code}"}, 201)

    async def list(self, request: Request) -> Response:
        principal = await self._principal(request)
        found = await self._storage.read(accounts.devices, principal.account)
        return JsonResponse({"devices": [device_body(device, principal) for device in found]})

    async def delete(self, request: Request) -> Response:
        principal = await self._principal(request)
        device = request.path_params["id"]
        device = principal.device if device == "me" else device
        now = self._services.clock()
        if not await self._storage.write(accounts.revoke, principal.account, device, now):
            raise NotFoundError("There is no such device, or it was already revoked.")
        self._services.feed.wake([principal.owner])
        return no_content()


def is_history_path(path: str) -> bool:
    """Only pages of ours, so that a sign-in link cannot redirect elsewhere."""
    if path in HISTORY_PAGES or DIGEST_PAGE.fullmatch(path):
        return True
    base, _, message = path.rpartition("/")
    return base == "/history" and is_id(message)
