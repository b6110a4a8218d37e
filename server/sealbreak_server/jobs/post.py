"""One HTTP POST to an address from outside: checked, pinned, limited and without redirects."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from sealbreak_server.errors import SealbreakError
from sealbreak_server.model.webhook import Network, may_reach

TIMEOUT_SECONDS = 10.0
"""For the whole request, so that a receiver that answers byte by byte delays nobody."""
MAX_LINE = 4096
"""Bytes of the status line."""


class PostError(SealbreakError):
    """The message says why, without the address."""

    title = "Not delivered"


async def post(
    url: str, headers: Mapping[str, str], body: bytes, allowed: Sequence[Network] = ()
) -> int:
    """Returns the status of the answer. Raises `PostError` when there is none."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _post(url, headers, body, allowed)
    except TimeoutError:
        raise PostError(f"no answer within {TIMEOUT_SECONDS:.0f} s") from None
    except ssl.SSLError as error:
        raise PostError(f"no secure connection: {error.reason or 'TLS failed'}") from None
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
        raise PostError(f"no answer: {type(error).__name__}") from None


async def _post(
    url: str, headers: Mapping[str, str], body: bytes, allowed: Sequence[Network]
) -> int:
    parts = urlsplit(url)
    host, https = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if https else 80)
    address = await _resolved(host, port, allowed)
    reader, writer = await asyncio.open_connection(
        address,
        port,
        ssl=ssl.create_default_context() if https else None,
        server_hostname=host if https else None,
        limit=MAX_LINE,
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {
            "Host": parts.netloc,
            **headers,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode("ascii") + body)
        await writer.drain()
        return _status(await reader.readuntil(b"\n"))
    finally:
        writer.transport.abort()  # closing would wait for the receiver


async def _resolved(host: str, port: int, allowed: Sequence[Network]) -> str:
    """An allowed address. The connection uses it, as another look-up could give another address."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if may_reach(str(address[0]), allowed):
            return str(address[0])
    raise PostError("the address is private; --webhook-networks allows it")


def _status(line: bytes) -> int:
    words = line.split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or len(words[1]) != 3:
        raise PostError("the answer is not HTTP")
    return int(words[1])
