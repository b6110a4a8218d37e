"""What an answer to a nonce says: this server, another one, or something else. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from html import unescape
from typing import Any

from sealbreak_server.security.nonces import Nonce

MAX_TITLE = 60
NOTHING_HERE = b"There is nothing at this address."
"""What a Sealbreak server says that does not know the keys of a nonce."""
_TITLE = re.compile(rb"<title[^>]*>([^<]*)", re.IGNORECASE)


class Failure(Enum):
    REFUSED = "no program listens there"
    SILENT = "nothing answers there"
    NO_ROUTE = "this machine has no way there"
    CERTIFICATE = "its certificate is not valid"
    NOT_TLS = "it answers without encryption"
    BROKEN = "it ends the connection"


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came over HTTP."""

    status: int
    headers: Mapping[str, str]
    """With names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Seen:
    """This server, or one with its keys, and how the request came to it."""

    now: float
    instance: str
    version: str
    public_url: str
    """What it puts into mails."""
    host: str
    peer: str
    trusted: bool
    forwarded_for: tuple[str, ...]
    client: str
    client_header: str = ""
    """What a trusted proxy may write the reader's address into, beside X-Forwarded-For."""
    client_named: tuple[str, ...] = ()
    """Its values."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A server with these keys, for whose clock the nonce is old."""

    now: float


@dataclass(frozen=True, slots=True)
class Stranger:
    """Something else."""

    status: int
    what: str
    location: str = ""
    is_sealbreak: bool = False


Answer = Seen | Stale | Stranger | Failed


def read_answer(nonce: Nonce, response: Response) -> Seen | Stale | Stranger:
    body = _json(response.body)
    if response.status != 200 or body.get("answer") != nonce.answer:
        return _stranger(response)
    if "instance" not in body:
        return Stale(body["now"])
    hops = ",".join(body["forwarded_for"]).split(",")
    return Seen(
        now=body["now"],
        instance=body["instance"],
        version=body["version"],
        public_url=body["public_url"],
        host=body["host"],
        peer=body["peer"],
        trusted=body["trusted"],
        forwarded_for=tuple(hop.strip() for hop in hops if hop.strip()),
        client=body["client"],
        client_header=body["client_header"],
        client_named=tuple(body["client_named"]),
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stranger(response: Response) -> Stranger:
    title = _TITLE.search(response.body)
    what = title[1].decode("utf-8", "replace") if title else response.headers.get("server", "")
    return Stranger(
        response.status,
        " ".join(unescape(what).split())[:MAX_TITLE],
        response.headers.get("location", ""),
        NOTHING_HERE in response.body,
    )
