"""The JSON API for extension, tray and scripts: one function a route."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from math import isfinite
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError, TooManyError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.rate_limit import RateBucket, rate_limit_key
from sealbreak_server.security.tokens import base64url, is_id
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.lists import messages, search
from sealbreak_server.storage.lists.search import Place, Wanted
from sealbreak_server.storage.preferences import read_up_to
from sealbreak_server.storage.registration import NO_SUCH_ID, register, stop
from sealbreak_server.web.api.bodies import account_body, device_body, hit_body, message_body
from sealbreak_server.web.api.openapi import document
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.requests import body_of, message_id, query_number
from sealbreak_server.web.responses import JsonResponse

DEVICE_KINDS = ("extension", "desktop", "api")
MAX_IDS = 200
MAX_VIEWED = 200
MAX_EVENTS = 500
MAX_PAGE = 200
MAX_NAME = 100
MAX_THREADS = 50
GMAIL_ID = re.compile(r"[0-9a-f]{8,16}")
HISTORY_PAGES = (
    "/history", "/history/digest", "/history/events", "/history/overview", "/history/people",
    "/history/settings",
)  # fmt: skip
DIGEST = re.compile(r"/history/digest/\d{4}-\d\d-\d\d", re.ASCII)
EMPTY = Response(status_code=204)


class Api:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._pair_attempts = RateBucket(capacity=10, seconds=6.0)

    async def pair(self, request: Request) -> Response:
        now = self._services.clock()
        address = rate_limit_key(request.client.host if request.client else "")
        wait = self._pair_attempts.wait(address, now)
        if wait:
            raise TooManyError("Too many attempts to pair.", retry_after=int(wait) + 1)
        fields = Fields(await body_of(request))
        code = fields.text("code", 40, shortest=1)
        name = fields.text("name", MAX_NAME, shortest=1)
        kind = fields.choice("kind", DEVICE_KINDS)
        token, principal = await self._services.storage.write(accounts.pair, code, name, kind, now)
        self._pair_attempts.give_back(address)
        await self._authenticator.touch_device(principal, request)
        body = {
            "token": token,
            "device": {"id": principal.device, "name": name, "kind": kind},
            "account": account_body(principal),
            **self._address(principal.owner, with_owner=False),
        }
        return JsonResponse(body, 201)

    async def ids(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        count = Fields(await body_of(request)).number("count", 1, MAX_IDS, default=50)
        keyring, owner = self._services.keyring, principal.owner
        made = [keyring.new_id(owner) for _ in range(count)]
        lot = [{"id": x, "key": base64url(keyring.message_key(owner, x))} for x in made]
        return JsonResponse({**self._address(owner), "ids": lot})

    def _address(self, owner: str, *, with_owner: bool = True) -> dict[str, Any]:
        body = {
            "base_url": self._services.settings.public_url,
            "sender_mark": self._services.keyring.sender_mark(owner),
        }
        return {"owner": owner, **body} if with_owner else body

    async def put_message(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        message = message_id(request)
        registration = read_registration(await body_of(request))
        await self._check_owner(principal, message)
        is_new, result, view = await self._services.storage.write(
            register,
            self._services.classify,
            principal.account,
            message,
            registration,
            self._services.clock(),
        )
        self._services.intake.after_commit(result)
        return JsonResponse(message_body(view), 201 if is_new else 200)

    async def _check_owner(self, principal: Principal, message: str) -> None:
        """Else whoever reads the ID of a mail could take it before its sender registers it.

        IDs of before they told whose they are hold where they are registered already.
        """
        if self._services.keyring.certifies(principal.owner, message):
            return
        if not await self._services.storage.read(messages.is_of, principal.account, message):
            raise NotFoundError(NO_SUCH_ID)

    async def list_messages(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        limit = query_number(request, "limit", 50, 1, MAX_PAGE)
        wanted = Wanted(read_search(request), threads=read_threads(request))
        after = read_cursor(request.query_params.get("cursor"))
        page = await self._services.storage.read(
            search.page, principal.account, limit, wanted, after
        )
        found = [message_body(view) for view in page.found]
        body = {"messages": found, "next": page.next and write_cursor(page.next)}
        return JsonResponse(body)

    async def get_message(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        view = await self._services.storage.read(
            messages.view, principal.account, message_id(request)
        )
        hits = await self._services.storage.read(messages.hits, principal.owner, view.id)
        body = {**message_body(view), "hits": [hit_body(hit, view.message) for hit in hits]}
        return JsonResponse(body)

    async def stop_message(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        message = message_id(request)
        view = await self._services.storage.write(stop, principal.account, message)
        return JsonResponse(message_body(view))

    async def views(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        viewed = Fields(await body_of(request)).texts("messages", MAX_VIEWED)
        keyring, owner = self._services.keyring, principal.owner
        issued = [name for name in viewed if is_id(name) and keyring.certifies(owner, name)]
        result = await self._services.storage.write(
            unsettled.note_views,
            self._services.classify, principal.account, viewed, self._services.clock(), issued,
        )  # fmt: skip
        self._services.intake.after_commit(result)
        return EMPTY

    async def events(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        after = query_number(request, "after", 0, 0, 2**53)
        limit = query_number(request, "limit", 100, 1, MAX_EVENTS)
        read = self._services.storage.read
        last = await read(reader.last_event, principal.account)
        seen = await read(read_up_to, principal.account)
        rows = await read(reader.events_after, principal.account, after, limit)
        events = [orjson.Fragment(body) for _, body in rows]
        return JsonResponse({"events": events, "last": last, "read": seen})

    async def sign_in(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        path = Fields(await body_of(request)).text("path", 200, default="/history")
        if not is_history_path(path):
            raise BadRequestError("path must be /history or a page under it.")
        now = self._services.clock()
        code = await self._services.storage.write(accounts.new_sign_in, principal.device, path, now)
        return JsonResponse({"url": f"{self._services.settings.public_url}/sign-in/{code}"}, 201)

    async def list_devices(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        found = await self._services.storage.read(accounts.devices, principal.account)
        return JsonResponse({"devices": [device_body(device, principal) for device in found]})

    async def delete_device(self, request: Request) -> Response:
        principal = await self._authenticator.of_request(request)
        device = request.path_params["id"]
        device = principal.device if device == "me" else device
        now = self._services.clock()
        if not await self._services.storage.write(accounts.revoke, principal.account, device, now):
            raise NotFoundError("There is no such device, or it was revoked before.")
        self._services.feed.wake([principal.owner])
        return EMPTY

    async def describe(self, _request: Request) -> Response:
        return JsonResponse(document(self._services.settings.public_url))


def read_search(request: Request) -> str:
    return request.query_params.get("q", "").replace("\0", "").strip()[:MAX_NAME]


def read_threads(request: Request) -> tuple[str, ...]:
    threads = request.query_params.getlist("gmail_thread_id")
    if len(threads) > MAX_THREADS or not all(GMAIL_ID.fullmatch(thread) for thread in threads):
        raise BadRequestError(f"gmail_thread_id must be an id of Gmail, at most {MAX_THREADS}.")
    return tuple(threads)


def is_history_path(path: str) -> bool:
    """Only our own pages: a sign-in link sends nobody elsewhere."""
    if path in HISTORY_PAGES or DIGEST.fullmatch(path):
        return True
    base, _, message = path.rpartition("/")
    return base == "/history" and is_id(message)


def write_cursor(place: Place) -> str:
    numbers, message = place
    text = " ".join([*map(repr, numbers), message])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str | None, keys: int = 1) -> Place | None:
    """`keys`: how many numbers the order has."""
    if not text:
        return None
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        *values, message = decoded.split(" ")
        numbers = tuple(map(float, values))
        if not (len(numbers) == keys and all(map(isfinite, numbers)) and is_id(message)):
            raise ValueError
    except ValueError:
        raise BadRequestError("cursor must be one that an earlier answer gave as `next`.") from None
    return numbers, message
