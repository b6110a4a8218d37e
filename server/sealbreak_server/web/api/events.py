"""The account's events, and up to which one they were read."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.model.fields import Fields
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.preferences import mark_read, read_up_to
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.requests import json_body, query_number
from sealbreak_server.web.responses import JsonResponse

MAX_EVENTS = 500
MAX_NUMBER = 2**53
"""JavaScript has all whole numbers up to this one."""


class Events(Resource):
    async def list(self, request: Request) -> Response:
        principal = await self._principal(request)
        after = query_number(request, "after", 0, 0, MAX_NUMBER)
        limit = query_number(request, "limit", 100, 1, MAX_EVENTS)
        read = self._storage.read
        marks = await read(reader.marks, principal.account)
        up_to = await read(read_up_to, principal.account)
        rows = await read(reader.events_after, principal.account, after, limit)
        events = [orjson.Fragment(body) for _, body in rows]
        return JsonResponse(
            {"events": events, "last": marks.last, "read": up_to, "erasures": marks.erasures}
        )

    async def mark_read(self, request: Request) -> Response:
        principal = await self._principal(request)
        number = Fields(await json_body(request)).number("up_to", 0, MAX_NUMBER)
        up_to = await self._storage.write(mark_read, principal.account, number)
        self._services.feed.wake([principal.owner])
        return JsonResponse({"read": up_to})
