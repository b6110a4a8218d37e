"""A small story for the demo, told through the same HTTP surface that everybody uses."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from websockets.asyncio.client import ClientConnection, connect

from sealbreak_server.errors import SealbreakError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.security.tokens import make_token, sign_link

Say = Callable[[str], None]

SENT_AGO = 300.0
"""Seconds: right after the sending, a fetch would prove little."""
TIMEOUT_SECONDS = 10.0
"""Seconds to wait for something that must come."""
QUIET = 5.0
"""Seconds without an event after which none comes: more than a verdict waits for its company."""
LINKS = ("https://example.com/tea", "https://example.com/map")


class StoryError(SealbreakError):
    title = "The story could not be told"


@dataclass(frozen=True, slots=True)
class Visitor:
    address: str
    headers: Mapping[str, str]


GMAIL = Visitor(
    "66.249.84.1",
    {
        "User-Agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"
        " (via ggpht.com GoogleImageProxy)"
    },
)
SCANNER = Visitor("209.222.82.10", {"User-Agent": "Barracuda Sentinel (EE)", "Accept": "*/*"})
READER = Visitor(
    "79.200.17.2",
    {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "de,en-US;q=0.7,en;q=0.3",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Upgrade-Insecure-Requests": "1",
        "Sec-Fetch-Dest": "document",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Site": "none",
        "Sec-Fetch-User": "?1",
    },
)


@dataclass(frozen=True, slots=True)
class Server:
    """The server at a loopback address; it must believe X-Forwarded-For from there."""

    address: str
    token: str = ""

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """An API call. Raises `StoryError` when the answer is a problem."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        text = None if body is None else json.dumps(body)
        status, answer = await asyncio.to_thread(
            self._request, method, f"/api/v1/{path}", headers, text
        )
        if status >= 400:
            raise StoryError(f"{method} {path} was answered with {status}.")
        return json.loads(answer) if answer else None

    async def visit(self, path: str, visitor: Visitor) -> None:
        headers = {**visitor.headers, "X-Forwarded-For": visitor.address}
        status, _ = await asyncio.to_thread(self._request, "GET", path, headers, None)
        if status not in {200, 302}:
            raise StoryError(f"A recipient's request was answered with {status}.")

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None
    ) -> tuple[int, bytes]:
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def live(self) -> connect:
        return connect(
            f"ws{self.address.removeprefix('http')}/api/v1/live",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            proxy=None,
        )


@dataclass(frozen=True, slots=True)
class Mail:
    id: str
    owner: str
    key: bytes

    @property
    def pixel(self) -> str:
        return f"/o/{self.owner}/{make_token(self.key, self.id, 0)}.gif"

    def link(self, number: int) -> str:
        url = LINKS[number - 1]
        token = make_token(self.key, self.id, 0)
        signature = sign_link(self.key, number, url)
        return f"/l/{self.owner}/{token}/{number}?to={quote(url, safe='')}&sig={signature}"

    def registration(self, now: float) -> dict[str, object]:
        return {
            "subject": "Tea on Friday?",
            "recipients": [{"address": "ann@example.com", "name": "Ann", "kind": "to", "copy": 0}],
            "links": [{"n": n, "url": url, "hidden": False} for n, url in enumerate(LINKS, 1)],
            "sent_at": wire_time(now - SENT_AGO),
            "level": "full",
        }


async def tell(address: str, code: str, say: Say) -> str:
    """Play the story and return a link that opens its mail's history in a browser."""
    paired = await Server(address).call(
        "POST", "pair", {"code": code, "name": "The story", "kind": "api"}
    )
    server = Server(address, paired["token"])
    mail = await _send(server, say)
    async with server.live() as live:
        await _heard(live, TIMEOUT_SECONDS)
        await _open(server, live, mail, say)
        await _scan(server, live, mail, say)
        await _click(server, live, mail, say)
    link = await server.call("POST", "sign-in", {"path": f"/history/{mail.id}"})
    return str(link["url"])


async def _send(server: Server, say: Say) -> Mail:
    lot = await server.call("POST", "ids", {"count": 1})
    given = lot["ids"][0]
    mail = Mail(given["id"], lot["owner"], base64.urlsafe_b64decode(given["key"] + "=="))
    await server.call("PUT", f"messages/{mail.id}", mail.registration(time.time()))
    say('A mail to Ann <ann@example.com>, "Tea on Friday?", was sent five minutes ago.')
    return mail


async def _open(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("Ann opens it in Gmail: Google's image proxy fetches the pixel.")
    await server.visit(mail.pixel, GMAIL)
    say(f"  live: {await _sentence(live)}")


async def _scan(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("A mail filter follows both links, to see where they lead.")
    await asyncio.gather(*(server.visit(mail.link(n), SCANNER) for n in (1, 2)))
    if event := await _heard(live, QUIET):
        say(f"  live: {event['verdict']['sentence']}")
        return
    message = await server.call("GET", f"messages/{mail.id}")
    said = [hit["verdict"]["sentence"] for hit in message["hits"] if hit["kind"] == "click"]
    say(f"  live: nothing, as nobody read anything. In the history: {said[0]}")


async def _click(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("Ann follows a link in Firefox on Linux, at home.")
    await server.visit(mail.link(1), READER)
    say(f"  live: {await _sentence(live)}")


async def _sentence(live: ClientConnection) -> str:
    event = await _heard(live, TIMEOUT_SECONDS)
    if event is None:
        raise StoryError(f"The live connection was silent for {TIMEOUT_SECONDS:.0f} seconds.")
    return str(event["verdict"]["sentence"])


async def _heard(live: ClientConnection, limit: float) -> dict[str, Any] | None:
    """The next event (for the first frame, the greeting), or nothing within `limit` seconds."""
    try:
        frame = json.loads(await asyncio.wait_for(live.recv(), limit))
    except TimeoutError:
        return None
    event: dict[str, Any] = frame.get("event", frame)
    return event
