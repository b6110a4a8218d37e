"""Tracking ids, and the messages that are registered under them."""

import re

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.registration import is_mail_address, read_registration
from sealbreak_server.security.tokens import base64url, is_id
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.lists import messages, search
from sealbreak_server.storage.lists.search import Wanted
from sealbreak_server.storage.preferences import mute_message
from sealbreak_server.storage.registration import register, stop, withdraw
from sealbreak_server.storage.tombstones import NO_SUCH_ID
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.bodies import hit_body, message_body, tracking_body
from sealbreak_server.web.requests import (
    json_body,
    message_id,
    query_number,
    read_cursor,
    search_text,
    write_cursor,
)
from sealbreak_server.web.responses import JsonResponse, no_content

MAX_IDS = 200
MAX_VIEWED = 200
MAX_PAGE = 200
MAX_THREADS = 50
GMAIL_ID = re.compile(r"[0-9a-f]{8,16}")


class Messages(Resource):
    async def ids(self, request: Request) -> Response:
        principal = await self._principal(request)
        count = Fields(await json_body(request)).number("count", 1, MAX_IDS, default=50)
        keyring, owner = self._services.keyring, principal.owner
        ids = [keyring.new_id(owner) for _ in range(count)]
        pairs = [{"id": x, "key": base64url(keyring.message_key(owner, x))} for x in ids]
        tracking = await tracking_body(self._services, owner)
        return JsonResponse({"owner": owner, **tracking, "ids": pairs})

    async def put(self, request: Request) -> Response:
        principal = await self._principal(request)
        message = message_id(request)
        registration = read_registration(await json_body(request))
        await self._check_owner(principal, message)
        is_new, result, view = await self._storage.write(
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
        """Otherwise somebody who sees the id of a mail could register it before its sender.

        Old ids do not name their owner. They are accepted if this account has registered them.
        """
        if self._services.keyring.certifies(principal.owner, message):
            return
        if not await self._storage.read(messages.is_of, principal.account, message):
            raise NotFoundError(NO_SUCH_ID)

    async def list(self, request: Request) -> Response:
        principal = await self._principal(request)
        limit = query_number(request, "limit", 50, 1, MAX_PAGE)
        wanted = Wanted(
            search_text(request), threads=_threads(request), sent_from=_sent_from(request)
        )
        after = read_cursor(request.query_params.get("cursor"))
        page = await self._storage.read(search.page, principal.account, limit, wanted, after)
        found = [message_body(view) for view in page.found]
        return JsonResponse({"messages": found, "next": page.next and write_cursor(page.next)})

    async def get(self, request: Request) -> Response:
        principal = await self._principal(request)
        view = await self._storage.read(messages.view, principal.account, message_id(request))
        hits = await self._storage.read(messages.hits, principal.owner, view.id)
        bodies = [hit_body(hit, view.message) for hit in hits]
        return JsonResponse({**message_body(view), "hits": bodies})

    async def mute(self, request: Request) -> Response:
        principal = await self._principal(request)
        message = message_id(request)
        muted = _switch(await json_body(request), "muted")
        await self._storage.write(mute_message, principal.account, message, muted)
        view = await self._storage.read(messages.view, principal.account, message)
        return JsonResponse(message_body(view))

    async def withdraw(self, request: Request) -> Response:
        principal = await self._principal(request)
        message = message_id(request)
        withdrawn = _switch(await json_body(request), "withdrawn")
        view = await self._storage.write(withdraw, principal.account, message, withdrawn)
        return JsonResponse(message_body(view))

    async def stop(self, request: Request) -> Response:
        principal = await self._principal(request)
        message = message_id(request)
        view = await self._storage.write(stop, principal.account, message)
        return JsonResponse(message_body(view))

    async def views(self, request: Request) -> Response:
        principal = await self._principal(request)
        viewed = Fields(await json_body(request)).texts("messages", MAX_VIEWED)
        keyring, owner = self._services.keyring, principal.owner
        issued = [name for name in viewed if is_id(name) and keyring.certifies(owner, name)]
        result = await self._storage.write(
            unsettled.note_views,
            self._services.classify, principal.account, viewed, self._services.clock(), issued,
        )  # fmt: skip
        self._services.intake.after_commit(result)
        return no_content()


def _threads(request: Request) -> tuple[str, ...]:
    threads = request.query_params.getlist("gmail_thread_id")
    if len(threads) > MAX_THREADS or not all(GMAIL_ID.fullmatch(thread) for thread in threads):
        raise BadRequestError(
            f"gmail_thread_id must be a Gmail thread id, given at most {MAX_THREADS} times."
        )
    return tuple(threads)


def _sent_from(request: Request) -> str:
    text = request.query_params.get("gmail_account", "")
    if text and not is_mail_address(text):
        raise BadRequestError("gmail_account must be a mail address.")
    return text


def _switch(body: object, name: str) -> bool:
    """The field is required, so that an empty body switches nothing off."""
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, bool):
        raise BadRequestError(f"{name} must be true or false.")
    return value
