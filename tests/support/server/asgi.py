"""Calls an ASGI app or middleware directly, without a server."""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def ok(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that reads the whole body and answers 200."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def http_scope(
    path: str = "/", method: str = "GET", headers: Headers | None = None, client: str = "192.0.2.1"
) -> dict[str, Any]:
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": headers or [], "client": (client, 1), "scheme": "http",
        "server": ("127.0.0.1", 80),
    }  # fmt: skip


def call(app: ASGIApp, scope: Scope, *chunks: bytes) -> Response:
    """The response to a request whose body comes in `chunks`."""
    sent: list[Message] = []
    pieces = list(chunks) or [b""]

    async def receive() -> Message:
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(_run(app, scope, receive, send))
    start = sent[0]
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Response(start["status"], dict(start["headers"]), body)


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
