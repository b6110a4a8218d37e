"""The server's HTTP interface, as far as the tray needs it. Blocking: call it from a worker."""

import json
import ssl
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from sealbreak_desktop.errors import (
    NotSealbreakError,
    RefusedError,
    SealbreakError,
    SignedOutError,
    UnreachableError,
)
from sealbreak_desktop.state.events import Event, UnreadableError, read_event

LIMIT = 10.0
"""Seconds."""
MOST = 1 << 20
"""Bytes of an answer."""


@dataclass(frozen=True, slots=True)
class Paired:
    token: str
    device: str
    owner: str
    account: str


@dataclass(frozen=True, slots=True)
class Api:
    address: str
    token: str = ""

    def pair(self, code: str, name: str) -> Paired:
        """Raises `RefusedError` when the code is wrong, used or too old."""
        answer = self._call("POST", "pair", {"code": code, "name": name, "kind": "desktop"})
        try:
            device, account = answer["device"], answer["account"]
            return Paired(answer["token"], device["id"], account["owner"], account["name"])
        except (KeyError, TypeError):
            raise _not_sealbreak(self.address) from None

    def newest_event(self) -> int:
        """Its number. Raises `SignedOutError` when the token is not valid."""
        return int(self._call("GET", "events?after=0&limit=1").get("last") or 0)

    def event(self, number: int) -> Event | None:
        """The one with this number, if the server has it and its words make sense."""
        for raw in self._call("GET", f"events?after={number - 1}&limit=1").get("events") or ():
            with suppress(UnreadableError):
                event = read_event(raw)
                return event if event.number == number else None
        return None

    def sign_in_link(self, path: str) -> str:
        link = self._call("POST", "sign-in", {"path": path}).get("url")
        if not isinstance(link, str) or not link.startswith(("https://", "http://")):
            raise _not_sealbreak(self.address)
        return link

    def mark_read(self, number: int) -> None:
        """Events up to this number were looked at."""
        self._call("POST", "read", {"up_to": number})

    def snooze(self, until: datetime | None) -> None:
        moment = until and until.astimezone(UTC).isoformat(timespec="milliseconds")
        self._call("POST", "snooze", {"until": moment})

    def mute_message(self, message: str, muted: bool) -> None:
        self._call("PUT", f"messages/{quote(message, safe='')}/mute", {"muted": muted})

    def mute_person(self, address: str, muted: bool) -> None:
        method = "PUT" if muted else "DELETE"
        self._call(method, f"mutes/{quote(address, safe='')}")

    def sign_out(self) -> None:
        self._call("DELETE", "devices/me")

    def _call(
        self, method: str, path: str, body: dict[str, object] | None = None
    ) -> dict[str, Any]:
        request = Request(  # noqa: S310 - `settings.server_address` lets http and https through
            f"{self.address}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        if self.token:
            # Unredirected: should the address point elsewhere, the token does not go there.
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        try:
            with urlopen(request, timeout=LIMIT) as response:  # noqa: S310
                return _json(response.read(MOST), self.address)
        except HTTPError as error:
            with error:
                raise _refusal(error, self.address) from None
        except (OSError, HTTPException) as error:
            raise unreachable(self.address, error) from None


def turns_token_down(status: int, challenges: Iterable[str]) -> bool:
    """By the server's own words; a hotel's or a company's sign-in page in between goes by."""
    return status == 401 and any(one.lower().startswith("bearer") for one in challenges)


def _refusal(error: HTTPError, address: str) -> SealbreakError:
    if turns_token_down(error.code, error.headers.get_all("WWW-Authenticate", [])):
        return SignedOutError()
    try:
        problem = _json(error.read(MOST), address)
    except NotSealbreakError as strange:
        return strange if error.code < 500 else _ill(address, error.code)
    if not isinstance(title := problem.get("title"), str):
        return _not_sealbreak(address)
    wait = error.headers.get("Retry-After")
    advice = f"Try again in {wait} seconds." if error.code == 429 and wait else ""
    return RefusedError(title, str(problem.get("detail") or ""), advice)


def _json(text: bytes, address: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise _not_sealbreak(address)
    return value


def unreachable(address: str, error: Exception) -> UnreachableError:
    reason = getattr(error, "reason", None) or error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return UnreachableError(
            f"The certificate of {address} is not valid",
            f"{reason.verify_message}.",
            "Somebody may be reading along; or the server's certificate has to be renewed.",
        )
    told = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    return UnreachableError(
        f"No answer from {address}",
        f"{told}.".replace("..", "."),
        "Is the server running (`sealbreak-server serve`), and is the address right?",
    )


def _ill(address: str, status: int) -> UnreachableError:
    return UnreachableError(
        f"{address} answers with error {status}", advice="Try again in a while."
    )


def _not_sealbreak(address: str) -> NotSealbreakError:
    return NotSealbreakError(
        f"{address} does not look like a Sealbreak server",
        "Something answers there, but not as Sealbreak does.",
        "Give the address that `sealbreak-server pair` prints.",
    )
