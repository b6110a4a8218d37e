"""Pixel and link: always answered, whatever happens behind."""

import logging
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sealbreak_server.hits import Hit, Kind
from sealbreak_server.intake import Intake
from sealbreak_server.security import is_web_address, location
from sealbreak_server.tokens import Keyring, Token
from sealbreak_server.web.responses import NO_STORE, PIXEL

MAX_HEADERS = 40
MAX_VALUE = 1024
MARK = b"x-sealbreak-sender"
SECRET = {
    b"authorization", b"cookie", b"proxy-authorization", MARK,
    b"forwarded", b"x-forwarded-for", b"x-real-ip", b"true-client-ip", b"cf-connecting-ip",
}  # fmt: skip
"""Not kept: what lets somebody in, and addresses that would outlive the settle time."""

log = logging.getLogger(__name__)


class Beacon:
    def __init__(self, keyring: Keyring, intake: Intake, clock: Callable[[], float]) -> None:
        self._keyring = keyring
        self._intake = intake
        self._clock = clock

    async def take(self, scope: Scope, token: Token, kind: Kind, link: int | None = None) -> None:
        try:
            await self._intake.receive(self._hit(scope, token, kind, link))
        except Exception:
            log.exception("a hit was answered but not kept")

    def _hit(self, scope: Scope, token: Token, kind: Kind, link: int | None) -> Hit:
        mark = next((value for name, value in scope["headers"] if name == MARK), None)
        own = mark is not None and self._keyring.mark_holds(token.owner, mark.decode("latin-1"))
        return Hit(
            kind, token.owner, token.message, token.copy, link, self._clock(),
            scope["method"][:16], scope["client"][0], kept_headers(scope), own,
        )  # fmt: skip


def kept_headers(scope: Scope) -> tuple[tuple[str, str], ...]:
    kept = [pair for pair in scope["headers"] if pair[0] not in SECRET][:MAX_HEADERS]
    return tuple((_text(name[:64]), _text(value[:MAX_VALUE])) for name, value in kept)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").replace("\0", "")


class Pixel(Beacon):
    """The same 43 bytes for all: whether a token is good is nobody's business."""

    answer = Response(PIXEL, media_type="image/gif", headers={"Cache-Control": NO_STORE})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        params = scope["path_params"]
        token = self._keyring.read(params["owner"], params["token"])
        if token is not None:
            await self.take(scope, token, Kind.OPEN)
        await self.answer(scope, receive, send)


class LinkRedirect(Beacon):
    """302 when the signature holds, without asking the database; else 404."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        params = scope["path_params"]
        token = self._keyring.read(params["owner"], params["token"])
        number = _link_number(params["n"])
        query = _query(scope["query_string"])
        url = query.get("to", "")
        if (
            token is None
            or number is None
            or not is_web_address(url)
            or not self._keyring.link_holds(token, number, url, query.get("sig", ""))
        ):
            await _gone(scope, receive, send)
        else:
            await self.take(scope, token, Kind.CLICK, number)
            await _redirect(url)(scope, receive, send)


def _link_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _query(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("ascii"), errors="strict", max_num_fields=10))
    except ValueError:
        return {}


def _redirect(url: str) -> Response:
    answer = Response(
        status_code=302, headers={"Cache-Control": NO_STORE, "X-Robots-Tag": "noindex"}
    )
    answer.raw_headers.append((b"location", location(url)))
    return answer


_gone = PlainTextResponse(
    "This link is not one of ours, or it was changed on its way.\n",
    404,
    headers={"Cache-Control": NO_STORE},
)
