"""Pixel and link: always answered, whatever happens behind."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.tokens import Keyring, Token
from sealbreak_server.security.urls import MAX_URL, is_web_address, location
from sealbreak_server.web.responses import PIXEL, Header, StaticResponse
from sealbreak_server.web.uvicorn.http import Finish

MAX_HEADERS = 40
MAX_NAME = 64
MAX_VALUE = 1024
MAX_KEPT = 4096
"""Characters of all headers of a hit: four times what browsers send. A reader who sends more, again
and again, would fill the disk forty times as fast."""
MAX_FIELDS = 10
MAX_TARGET = 3 * MAX_URL
TARGETS = 128
ALIKE = 1024
"""Most hits come through a few programs, which send the same headers again and again."""
MARK = b"x-sealbreak-sender"
SECRET = {
    b"authorization", b"cookie", b"proxy-authorization", MARK,
    b"forwarded", b"x-forwarded-for", b"x-real-ip", b"true-client-ip", b"cf-connecting-ip",
}  # fmt: skip
"""Not kept: what lets somebody in, and addresses that would outlive the settle time."""

GONE = b"This link is not one of ours, or it was changed on its way.\n"

Asked = tuple[Token, Kind, int | None]
"""Whose mail, what of it, and the number of the link."""

log = logging.getLogger(__name__)


class Beacon:
    def __init__(
        self,
        keyring: Keyring,
        intake: Intake,
        clock: Callable[[], float],
        security_headers: Sequence[Header] = (),
    ) -> None:
        """`security_headers`: headers that every answer carries."""
        self._keyring = keyring
        self._intake = intake
        self._clock = clock
        self._security_headers = security_headers

    def decide(self, scope: Scope) -> tuple[Asked | None, StaticResponse]:
        """What was asked for, where we made it, and what is answered once that is kept."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answers: asyncio.Queue[StaticResponse] = asyncio.Queue()
        self.begin(scope, answers.put_nowait)
        answer = await answers.get()
        await answer(scope, receive, send)

    def begin(self, scope: Scope, finish: Finish) -> None:
        """The same without a task to wait in."""
        asked, answer = self.decide(scope)
        if asked is not None:
            try:
                self._intake.take(self._hit(scope, *asked), partial(finish, answer))
                return
            except Exception:
                log.exception("a hit was answered but not kept")
        asyncio.get_running_loop().call_soon(finish, answer)

    def _hit(self, scope: Scope, token: Token, kind: Kind, link: int | None) -> Hit:
        headers = scope["headers"]
        marks = [value for name, value in headers if name == MARK]
        own = bool(marks) and self._keyring.mark_holds(token.owner, marks[0].decode("latin-1"))
        return Hit(
            kind, token.owner, token.message, token.copy, link, self._clock(),
            scope["method"][:16], scope["client"][0], kept_headers(headers), own,
        )  # fmt: skip


def kept_headers(headers: Iterable[Header]) -> tuple[tuple[str, str], ...]:
    kept = [
        _as_text(name[:MAX_NAME], value[:MAX_VALUE])
        for name, value in headers
        if name not in SECRET
    ][:MAX_HEADERS]
    while sum(len(name) + len(value) for name, value in kept) > MAX_KEPT:
        kept.pop()
    return tuple(kept)


@lru_cache(ALIKE)
def _as_text(*header: bytes) -> tuple[str, str]:
    name, value = (raw.decode("latin-1").replace("\0", "") for raw in header)
    return name, value


class Pixel(Beacon):
    """The same 43 bytes for all: whether a token is good is nobody's business."""

    def __init__(self, *needs: Any) -> None:
        super().__init__(*needs)
        self._answer = StaticResponse(
            200, PIXEL, [(b"content-type", b"image/gif"), *self._security_headers]
        )

    def decide(self, scope: Scope) -> tuple[Asked | None, StaticResponse]:
        params = scope["path_params"]
        token = self._keyring.read(params["owner"], params["token"])
        return (token, Kind.OPEN, None) if token else None, self._answer


class LinkRedirect(Beacon):
    """302 when the signature holds, without asking the database; else 404."""

    def __init__(self, *needs: Any) -> None:
        super().__init__(*needs)
        plain = (b"content-type", b"text/plain; charset=utf-8")
        self._gone = StaticResponse(404, GONE, [plain, *self._security_headers])
        self._found = StaticResponse(
            302, b"", [(b"x-robots-tag", b"noindex"), *self._security_headers]
        )

    def decide(self, scope: Scope) -> tuple[Asked | None, StaticResponse]:
        params = scope["path_params"]
        token = self._keyring.read(params["owner"], params["token"])
        number = _link_number(params["n"])
        quoted, signature = _target_and_signature(params.get("s"), scope["query_string"])
        url, where = _target(quoted[:MAX_TARGET])
        if token is not None and number is not None and where:
            signs = token.signs if params.get("s") is None else token.signs2
            if not signs(number, url, signature):
                return None, self._gone
            answer = self._found.with_header((b"location", where))
            return (token, Kind.CLICK, number), answer
        return None, self._gone


def _link_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def _target_and_signature(in_path: str | None, query: bytes) -> tuple[str, str]:
    """The quoted target and the signature. In form 2, which has its signature in the path,
    everything after `to=` is the target."""
    if in_path is None:
        fields = _fields(query)
        return fields.get("to", ""), fields.get("sig", "")
    _, _, target = query.decode("latin-1").partition("to=")
    return target, in_path


def _fields(query: bytes) -> dict[str, str]:
    """As they stand there: what our links hold beside the target needs no quoting."""
    pairs = (pair.partition("=") for pair in query.decode("latin-1").split("&", MAX_FIELDS))
    return {name: value for name, _, value in pairs}


@lru_cache(TARGETS)
def _target(quoted: str) -> tuple[str, bytes]:
    """The address, and as a header says it; empty when nobody may be sent there."""
    try:
        url = unquote(quoted.replace("+", " "), errors="strict")
    except UnicodeDecodeError:
        return "", b""
    return url, location(url) if is_web_address(url) else b""
