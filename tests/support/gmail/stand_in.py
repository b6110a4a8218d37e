"""An HTTPS server in place of mail.google.com, Google's image proxy and the tracker's address."""

import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from zlib import crc32

from support.desktop.processes import eventually
from support.gmail.certificate import server_context
from support.gmail.mails import Mail, messages, read_mails

PAGE = Path(__file__).parent / "page"
TRACKER = "https://track.example.com"
GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
SENT = ("^pfg", "^scheduled")
PLACES = ("/sync/", "/elsewhere/")
"""Where mail is sent to: as in Gmail, and as after a change of Gmail."""


@dataclass(frozen=True)
class Seen:
    host: str
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Thread:
    id: str
    thread: str
    html: str
    legacy: str = "183234eaadcf41e5"
    legacy_thread: str = "183234eaadcf41e6"
    sender: str = "ann@example.com"


@dataclass
class StandIn:
    threads: dict[str, Thread] = field(default_factory=dict)
    """What a tab can open, by name."""
    policy: str = "require-trusted-types-for 'script'"
    seen: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        context = server_context(Path(self._folder.name))
        self._server = _Server(self, context)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}
        )
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._folder.cleanup()

    @cached_property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def requests(self, host: str, start: str = "/") -> list[Seen]:
        return [one for one in list(self.seen) if one.host == host and one.path.startswith(start)]

    def posted(self) -> list[Mail]:
        """Everything that tabs posted, including drafts, in the order of arrival."""
        synced = [one for start in PLACES for one in self.requests("mail.google.com", start)]
        saved = [one for one in synced if "/i/fd?" not in one.path]
        return [mail for one in saved for mail in read_mails(one.body, one.path.split("/")[3])]

    def sent(self) -> list[Mail]:
        return [mail for mail in self.posted() if set(mail.labels) & set(SENT)]

    def drafts(self) -> list[Mail]:
        return [mail for mail in self.posted() if "^r" in mail.labels]

    def mails(self, count: int) -> list[Mail]:
        """Waits for this many sent mails."""
        return eventually(lambda: self._at_least(count), f"{count} mails")

    def _at_least(self, count: int) -> list[Mail]:
        found = self.sent()
        return found if len(found) >= count else []

    def forget(self) -> None:
        self.seen.clear()


def proxied(url: str) -> str:
    """The address under which Gmail shows a mail's image."""
    return f"https://ci3.googleusercontent.com/meips/ADKq_NY=s0-d-e1-ft#{url}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = False

    def __init__(self, stand_in: StandIn, context: Any) -> None:
        self.stand_in = stand_in
        self.context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the connection's own thread, so that a slow handshake blocks no other connection.
        request.settimeout(20)
        try:
            with self.context.wrap_socket(request, server_side=True) as secure:
                _Handler(secure, client_address, self)
        except OSError:
            return  # the browser closed the connection

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        return


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self._answer(self.rfile.read(length).decode())

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, body: str) -> None:
        host = self.headers.get("host", "").split(":")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.stand_in.seen.append(Seen(host, self.command, self.path, headers, body))
        kind, content = self._content(host, body)
        self.send_response(500 if "fails=1" in self.path else 200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.send_header("cache-control", "no-store")
        self.send_header("access-control-allow-origin", "*")
        if host == "mail.google.com":
            self.send_header("content-security-policy", self.server.stand_in.policy)
        self.end_headers()
        self.wfile.write(content)

    def _content(self, host: str, body: str) -> tuple[str, bytes]:
        if host != "mail.google.com":
            return (
                ("text/html", b"<title>target</title>")
                if "/l/" in self.path
                else ("image/gif", GIF)
            )
        url = urlsplit(self.path)
        if url.path.startswith("/sync/"):
            answer = _fetched(body) if "/i/fd?" in self.path else _reply(body)
            answer = [[]] if "noids=1" in self.path else answer
            return "application/json", json.dumps(answer).encode()
        if url.path.startswith("/thread/"):
            thread = self.server.stand_in.threads[unquote(url.path.rsplit("/", 1)[1])]
            return "application/json", json.dumps(thread.__dict__).encode()
        if url.path == "/echo":
            return "text/html", parse_qs(url.query)["html"][0].encode()
        name = url.path.removeprefix("/page/") if url.path.startswith("/page/") else "index.html"
        return TYPES[Path(name).suffix], (PAGE / name).read_bytes()


def legacy_id(draft: str, kind: str) -> str:
    """The id that lists show for a mail, as this stand-in generates it."""
    return f"18{kind}{crc32(draft.encode()):012x}"


def _reply(body: str) -> Any:
    """A reply in the layout of Gmail's replies, as far as it is known."""
    found = messages(json.loads(body))
    return [[[[10, 0, None, 1]]], [0, None, None, None, None, [[_thread(one) for one in found]]]]


def _fetched(body: str) -> Any:
    """The answer to a request for conversations, in a layout of its own."""
    return [None, [_conversation(draft, SENT[:1], None) for draft in json.loads(body)]]


def _thread(message: list[Any]) -> list[Any]:
    conversation = _conversation(message[0], message[10], message[6])
    return ["thread-a:r1", None, [None] * 6 + [[conversation]]]


def _conversation(draft: str, labels: Sequence[str], time: float | None) -> list[Any]:
    """A saved draft has another id than the mail that is sent."""
    answered: list[Any] = [None] * 56
    answered[0], answered[10] = draft, list(labels)
    answered[55] = legacy_id(draft, "20" if "^r" in labels else "10")
    outer: list[Any] = ["", None, time, "thread-a:r1", [answered], *[None] * 14]
    return [*outer, legacy_id(draft, "70")]
