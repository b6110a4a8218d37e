"""Pixels and tracked links. They are always answered, whether or not the hit can be stored."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from starlette.types import Receive, Scope, Send

from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.links import read_link, shown_target, signed_target
from sealbreak_server.security.tokens import Keyring, Token
from sealbreak_server.security.urls import location
from sealbreak_server.web.responses import PIXEL, Header, Respond, StaticResponse

MAX_HEADERS = 40
MAX_HEADER_NAME = 64
MAX_HEADER_VALUE = 1024
MAX_HEADER_TEXT = 4096
"""Characters of all stored headers of a hit, four times what browsers send. Without this limit a
client that repeats large requests would fill the disk forty times as fast."""
CACHED_URLS = 128
CACHED_HEADERS = 1024
"""Most hits come from a few programs, which send the same headers each time."""
SENDER_HEADER = b"x-sealbreak-sender"
"""Our extension sends it when the sender looks at their own mail."""
DROPPED_HEADERS = {
    b"authorization", b"cookie", b"proxy-authorization", SENDER_HEADER,
    b"forwarded", b"x-forwarded-for", b"x-real-ip", b"true-client-ip", b"cf-connecting-ip",
}  # fmt: skip
"""Never stored: credentials, and addresses, which must not outlive the hit's own."""

log = logging.getLogger(__name__)


class TrackedItem(NamedTuple):
    """The pixel or a link of a tracked mail."""

    token: Token
    kind: Kind
    link: int | None


class Beacon:
    name = ""

    def __init__(
        self,
        keyring: Keyring,
        intake: Intake,
        clock: Callable[[], float],
        counts: Counter[tuple[str, bool]],
        security_headers: Sequence[Header] = (),
    ) -> None:
        """Every response carries `security_headers`."""
        self._keyring = keyring
        self._intake = intake
        self._clock = clock
        self._counts = counts
        self._security_headers = security_headers
        self._wrong_method = StaticResponse(405, b"", [(b"allow", b"GET, HEAD"), *security_headers])

    def resolve(self, scope: Scope) -> tuple[TrackedItem | None, StaticResponse]:
        """The item, if this server made its address, and the response to the request."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in {"GET", "HEAD"}:
            await self._wrong_method(scope, receive, send)
            return
        responses: asyncio.Queue[StaticResponse] = asyncio.Queue()
        self.handle(scope, responses.put_nowait)
        response = await responses.get()
        await response(scope, receive, send)

    def handle(self, scope: Scope, respond: Respond) -> None:
        """Calls `respond` once the hit is stored. Needs no task of its own, unlike `__call__`."""
        item, response = self.resolve(scope)
        self._counts[self.name, item is not None] += 1
        if item is not None:
            try:
                self._intake.take(self._hit(scope, item), partial(respond, response))
                return
            except Exception:
                log.exception("a hit was answered but not stored")
        asyncio.get_running_loop().call_soon(respond, response)

    def _hit(self, scope: Scope, item: TrackedItem) -> Hit:
        headers, token = scope["headers"], item.token
        marks = [value for name, value in headers if name == SENDER_HEADER]
        own = bool(marks) and self._keyring.mark_holds(token.owner, marks[0].decode("latin-1"))
        return Hit(
            item.kind, token.owner, token.message, token.copy, item.link, self._clock(),
            scope["method"][:16], scope["client"][0], stored_headers(headers), own,
        )  # fmt: skip


def stored_headers(headers: Iterable[Header]) -> tuple[tuple[str, str], ...]:
    stored = [
        _as_text(name[:MAX_HEADER_NAME], value[:MAX_HEADER_VALUE])
        for name, value in headers
        if name not in DROPPED_HEADERS
    ][:MAX_HEADERS]
    while sum(len(name) + len(value) for name, value in stored) > MAX_HEADER_TEXT:
        stored.pop()
    return tuple(stored)


@lru_cache(CACHED_HEADERS)
def _as_text(*header: bytes) -> tuple[str, str]:
    name, value = (raw.decode("latin-1").replace("\0", "") for raw in header)
    return name, value


class Pixel(Beacon):
    """Sends the same 43 bytes to everyone, so that nobody learns whether a token is valid."""

    name = "pixel"

    def __init__(self, *dependencies: Any) -> None:
        super().__init__(*dependencies)
        self._response = StaticResponse(
            200, PIXEL, [(b"content-type", b"image/gif"), *self._security_headers]
        )

    def resolve(self, scope: Scope) -> tuple[TrackedItem | None, StaticResponse]:
        params = scope["path_params"]
        token = self._keyring.read(params["owner"], params["token"])
        return TrackedItem(token, Kind.OPEN, None) if token else None, self._response


class LinkRedirect(Beacon):
    """Redirects if the signature is valid, which needs no database; else answers 404."""

    name = "link"

    def __init__(self, *dependencies: Any, dead_link: Callable[[str | None], bytes]) -> None:
        """`dead_link`: makes the page about an address that is not followed."""
        super().__init__(*dependencies)
        self._dead_link = dead_link
        self._redirect = StaticResponse(
            302, b"", [(b"x-robots-tag", b"noindex"), *self._security_headers]
        )

    def resolve(self, scope: Scope) -> tuple[TrackedItem | None, StaticResponse]:
        path: bytes = scope["raw_path"] + b"?" + scope["query_string"]
        address = read_link(path.decode("utf-8", "replace"))
        if address is None:
            return None, self._not_found(None)
        token = self._keyring.read(address.owner, address.token)
        url = signed_target(token, address) if token else None
        if token is None or url is None:
            return None, self._not_found(shown_target(address))
        response = self._redirect.with_header((b"location", _location(url)))
        return TrackedItem(token, Kind.CLICK, address.number), response

    def _not_found(self, target: str | None) -> StaticResponse:
        html = (b"content-type", b"text/html; charset=utf-8")
        return StaticResponse(404, self._dead_link(target), [html, *self._security_headers])


_location = lru_cache(CACHED_URLS)(location)
