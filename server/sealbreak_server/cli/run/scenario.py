"""The scenario of the demo, played through the public HTTP interface."""

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

SENT_SECONDS_AGO = 300.0
"""Right after the sending, a request would say little about who opened the mail."""
TIMEOUT_SECONDS = 10.0
"""How long to wait for an event that must come."""
QUIET_SECONDS = 5.0
"""No event comes after this time: it is longer than a verdict waits for related hits."""
LINKS = ("https://example.com/tea", "https://example.com/map")


class ScenarioError(SealbreakError):
    title = "The scenario could not be played"


@dataclass(frozen=True, slots=True)
class Client:
    address: str
    headers: Mapping[str, str]


GMAIL = Client(
    "66.249.84.1",
    {
        "User-Agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"
        " (via ggpht.com GoogleImageProxy)"
    },
)
SCANNER = Client("209.222.82.10", {"User-Agent": "Barracuda Sentinel (EE)", "Accept": "*/*"})
READER = Client(
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
    """The server at a loopback address, from which it must trust X-Forwarded-For."""

    address: str
    token: str = ""

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """Calls the API. Raises `ScenarioError` when the answer is an error."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        text = None if body is None else json.dumps(body)
        status, answer = await asyncio.to_thread(
            self._request, method, f"/api/v1/{path}", headers, text
        )
        if status >= 400:
            raise ScenarioError(f"{method} {path} was answered with {status}.")
        return json.loads(answer) if answer else None

    async def request(self, path: str, client: Client) -> None:
        headers = {**client.headers, "X-Forwarded-For": client.address}
        status, _ = await asyncio.to_thread(self._request, "GET", path, headers, None)
        if status not in {200, 302}:
            raise ScenarioError(f"A recipient's request was answered with {status}.")

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
            "sent_at": wire_time(now - SENT_SECONDS_AGO),
            "level": "full",
        }


async def play(address: str, code: str, say: Say) -> str:
    """Returns a link that opens the history of the scenario's mail in a browser."""
    paired = await Server(address).call(
        "POST", "pair", {"code": code, "name": "The demo", "kind": "api"}
    )
    server = Server(address, paired["token"])
    mail = await _send(server, say)
    async with server.live() as live:
        await _next_event(live, TIMEOUT_SECONDS)
        await _open(server, live, mail, say)
        await _scan(server, live, mail, say)
        await _click(server, live, mail, say)
    link = await server.call("POST", "sign-in", {"path": f"/history/{mail.id}"})
    return str(link["url"])


async def _send(server: Server, say: Say) -> Mail:
    batch = await server.call("POST", "ids", {"count": 1})
    made = batch["ids"][0]
    mail = Mail(made["id"], batch["owner"], base64.urlsafe_b64decode(made["key"] + "=="))
    await server.call("PUT", f"messages/{mail.id}", mail.registration(time.time()))
    say('A mail to Ann <ann@example.com>, "Tea on Friday?", was sent five minutes ago.')
    return mail


async def _open(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("Ann opens it in Gmail: Google's image proxy fetches the pixel.")
    await server.request(mail.pixel, GMAIL)
    say(f"  live: {await _sentence(live)}")


async def _scan(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("A mail filter follows both links to check their targets.")
    await asyncio.gather(*(server.request(mail.link(n), SCANNER) for n in (1, 2)))
    if event := await _next_event(live, QUIET_SECONDS):
        say(f"  live: {event['verdict']['sentence']}")
        return
    message = await server.call("GET", f"messages/{mail.id}")
    clicks = [hit["verdict"]["sentence"] for hit in message["hits"] if hit["kind"] == "click"]
    say(f"  live: nothing, because nobody read the mail. In the history: {clicks[0]}")


async def _click(server: Server, live: ClientConnection, mail: Mail, say: Say) -> None:
    say("Ann follows a link at home, in Firefox on Linux.")
    await server.request(mail.link(1), READER)
    say(f"  live: {await _sentence(live)}")


async def _sentence(live: ClientConnection) -> str:
    event = await _next_event(live, TIMEOUT_SECONDS)
    if event is None:
        raise ScenarioError(f"The live connection was silent for {TIMEOUT_SECONDS:.0f} seconds.")
    return str(event["verdict"]["sentence"])


async def _next_event(live: ClientConnection, limit: float) -> dict[str, Any] | None:
    """The next event, or none within `limit` seconds. The first frame is the greeting."""
    try:
        frame = json.loads(await asyncio.wait_for(live.recv(), limit))
    except TimeoutError:
        return None
    event: dict[str, Any] = frame.get("event", frame)
    return event
