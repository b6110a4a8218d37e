"""The part of the server's HTTP API that the tray needs. It blocks: call it from a worker."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

from sealbreak_desktop.errors import (
    NotSealbreakError,
    RefusedError,
    SealbreakError,
    SignedOutError,
    UnreachableError,
)
from sealbreak_desktop.server.proxies import Proxy, proxy_for
from sealbreak_desktop.server.unreachable import refused_by_proxy, unreachable
from sealbreak_desktop.state.decoding import UnreadableError, read_event
from sealbreak_desktop.state.events import Event

TIMEOUT = 10.0
"""Seconds."""
MAX_ANSWER = 1 << 20
"""Bytes."""
REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d+)")


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

    def pair(self, code: str, name: str, zone: str = "") -> Paired:
        """`zone`: the name of this computer's time zone, if it is known.

        Raises `RefusedError` when the code is wrong, used or expired.
        """
        body: dict[str, object] = {"code": code, "name": name, "kind": "desktop"}
        body |= {"time_zone": zone} if zone else {}
        answer = self._call("POST", "pair", body)
        try:
            device, account = answer["device"], answer["account"]
            return Paired(answer["token"], device["id"], account["owner"], account["name"])
        except (KeyError, TypeError):
            raise _not_sealbreak(self.address) from None

    def newest_event(self) -> int:
        """The number. Raises `SignedOutError` when the token is not valid."""
        return int(self._call("GET", "events?after=0&limit=1").get("last") or 0)

    def event(self, number: int) -> Event | None:
        """The event with this number, if the server has it and it can be read."""
        for raw in self._call("GET", f"events?after={number - 1}&limit=1").get("events") or ():
            with suppress(UnreadableError):
                event = read_event(raw)
                return event if event.number == number else None
        return None

    def findings(self) -> list[dict[str, str]]:
        """What the server knows of its public address: `topic`, `status`, `summary`, `advice`."""
        found = self._call("GET", "self-test").get("findings") or ()
        texts = ("topic", "status", "summary", "advice")
        return [
            {text: str(one[text]) for text in texts}
            for one in found
            if isinstance(one, dict) and all(text in one for text in texts)
        ]

    def sign_in_link(self, path: str) -> str:
        link = self._call("POST", "sign-in", {"path": path}).get("url")
        if not isinstance(link, str) or not link.startswith(("https://", "http://")):
            raise _not_sealbreak(self.address)
        return link

    def mark_read(self, number: int) -> None:
        """Events up to this number were read."""
        self._call("POST", "read", {"up_to": number})

    def snooze(self, until: datetime | None) -> None:
        time = until and until.astimezone(UTC).isoformat(timespec="milliseconds")
        self._call("POST", "snooze", {"until": time})

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
        request = Request(  # noqa: S310 - `addresses.server_address` allows only http and https
            f"{self.address}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Content-Type": "application/json"},
        )
        if self.token:
            # Unredirected: a redirect to another address must not get the token.
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        proxy = proxy_for(self.address)
        opener = build_opener(ProxyHandler(_for_each_scheme(proxy)))
        try:
            with opener.open(request, timeout=TIMEOUT) as response:
                return _json(response.read(MAX_ANSWER), self.address)
        except HTTPError as error:
            with error:
                raise _refusal(error, self.address, proxy) from None
        except (OSError, HTTPException) as error:
            raise _unreachable(self.address, error, proxy) from None


def _for_each_scheme(proxy: Proxy | None) -> dict[str, str]:
    return {} if proxy is None else dict.fromkeys(("http", "https"), proxy.address)


def _unreachable(address: str, error: Exception, proxy: Proxy | None) -> UnreachableError:
    # The words of `http.client` are all that says why a proxy refused a tunnel.
    refused = REFUSED_TUNNEL.search(str(error))
    if proxy is not None and refused:
        return refused_by_proxy(proxy, int(refused[1]))
    return unreachable(address, error, proxy)


def is_token_refused(status: int, challenges: Iterable[str]) -> bool:
    """Whether our server refused it. The sign-in page of a hotel or a company is not meant."""
    return status == 401 and any(one.lower().startswith("bearer") for one in challenges)


def _refusal(error: HTTPError, address: str, proxy: Proxy | None) -> SealbreakError:
    if proxy is not None and error.code == 407:
        return refused_by_proxy(proxy, error.code)
    if is_token_refused(error.code, error.headers.get_all("WWW-Authenticate", [])):
        return SignedOutError()
    try:
        problem = _json(error.read(MAX_ANSWER), address)
    except NotSealbreakError as unexpected:
        return unexpected if error.code < 500 else _failing(address, error.code)
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


def _failing(address: str, status: int) -> UnreachableError:
    return UnreachableError(f"{address} answers with error {status}", advice="Try again later.")


def _not_sealbreak(address: str) -> NotSealbreakError:
    return NotSealbreakError(
        f"{address} does not look like a Sealbreak server",
        "Another program answers at this address.",
        "Use the address that `sealbreak-server pair` prints.",
    )
