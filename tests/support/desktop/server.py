"""A real server. Messages and hits are made over HTTP only."""

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sealbreak_server.cli.account.pair import new_code
from sealbreak_server.settings import read_settings
from support.desktop.processes import Program, eventually, start

COMMAND = Path(sys.executable).with_name("sealbreak-server")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BROWSER = {
    "User-Agent": FIREFOX,
    "Accept": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "Accept-Language": "en-US,en;q=0.5",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "cross-site",
    "Accept-Encoding": "gzip, deflate, br",
}


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_http = build_opener(_Stay())


@dataclass
class Message:
    id: str
    owner: str
    key: bytes
    subject: str
    base: str

    @property
    def token(self) -> str:
        copy = (0).to_bytes(2, "big")
        check = hmac.digest(self.key, b"copy" + copy, "sha256")[:8]
        return base64.b32encode(_raw(self.id) + copy + check).decode().lower()

    @property
    def pixel(self) -> str:
        return f"{self.base}/o/{self.owner}/{self.token}.gif"

    def link(self, number: int, url: str) -> str:
        digest = hmac.digest(self.key, str(number).encode() + url.encode(), hashlib.sha256)
        sign = base64.urlsafe_b64encode(digest).decode()[:22]
        target = quote(url, safe="")
        return f"{self.base}/l/{self.owner}/{self.token}/{number}?to={target}&sig={sign}"


@dataclass
class Server:
    folder: Path
    env: dict[str, str]
    program: Program
    address: str
    account: str | None = None
    """Whose mails and devices these are; without a name, the only account's."""
    _api: str = ""

    def of(self, account: str) -> "Server":
        """The same server, as another account sees it."""
        return replace(self, account=account, _api="")

    def pairing_code(self) -> str:
        return new_code(read_settings({}, self.env), time.time(), account=self.account)

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        """Call the API, as an API client of the account or with a token."""
        headers = {"Content-Type": "application/json"}
        if path != "pair":
            headers["Authorization"] = f"Bearer {token or self._token()}"
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.address}/api/v1/{path}"
        with _http.open(Request(url, data, headers, method=method), timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _token(self) -> str:
        if not self._api:
            device = {"code": self.pairing_code(), "name": "Test", "kind": "api"}
            self._api = self.call("POST", "pair", device)["token"]
        return self._api

    def message(
        self,
        subject: str = "Offer 12",
        recipients: Sequence[tuple[str, str | None]] = (("ann@example.com", "Ann"),),
        links: Sequence[str] = (),
        sent_ago: float = 3600,
        thread: str | None = None,
    ) -> Message:
        """Register one, sent so many seconds ago that no verdict waits for more evidence."""
        lot = self.call("POST", "ids", {"count": 1})
        first = lot["ids"][0]
        key = base64.urlsafe_b64decode(first["key"] + "=")
        sent = datetime.now(UTC) - timedelta(seconds=sent_ago)
        self.call(
            "PUT",
            f"messages/{first['id']}",
            {
                "subject": subject,
                "recipients": [
                    {"address": address, "name": name, "kind": "to", "copy": 0}
                    for address, name in recipients
                ],
                "links": [
                    {"n": number, "url": url, "hidden": False}
                    for number, url in enumerate(links, 1)
                ],
                "sent_at": sent.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "scheduled_for": None,
                "level": "full",
                "draft_id": None,
                "thread_id": None,
                "gmail_message_id": None,
                "gmail_thread_id": thread,
                "gmail_account": None,
            },
        )
        return Message(first["id"], lot["owner"], key, subject, self.address)

    def stop(self) -> None:
        self.program.stop()

    def run(self, *words: str) -> None:
        """A command on the data of this server."""
        command = [str(COMMAND), *words]
        subprocess.run(command, env=self.env, capture_output=True, timeout=60, check=True)

    def back_up(self, file: Path) -> None:
        self.run("backup", str(file))

    def restore(self, file: Path) -> None:
        """As the README describes it."""
        self.stop()
        database = Path(self.env["SEALBREAK_DATA"]) / "sealbreak.sqlite3"
        for tail in ("-wal", "-shm"):
            database.with_name(database.name + tail).unlink(missing_ok=True)
        shutil.copy(file, database)
        self.start_again()

    def start_again(self) -> None:
        """On the same data and the same port."""
        port = str(urlsplit(self.address).port)
        self.program, _ = _serve(self.folder, self.env, port)


def fetch(url: str, headers: dict[str, str] | None = None) -> int:
    """Like a reader's mail program. Returns the status, and follows no redirect."""
    try:
        with _http.open(Request(url, headers=headers or BROWSER), timeout=20) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def landing(url: str) -> str:
    """Where a sign-in link leads after the page it opens is confirmed."""
    with _http.open(Request(url), timeout=20) as asks:
        proof = re.search(r'name="csrf_token" value="([^"]+)"', asks.read().decode())
        cookie = asks.headers["Set-Cookie"].partition(";")[0]
    assert proof
    yes = urlencode({"csrf_token": proof[1]}).encode()
    try:
        _http.open(Request(url, yes, {"Cookie": cookie}), timeout=20).close()
    except HTTPError as error:
        with error:
            return error.headers.get("Location", "")
    return ""


@contextmanager
def server(folder: Path, **environment: str) -> Iterator[Server]:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "SEALBREAK_DATA": str(folder / "data"),
        **environment,
    }
    program, address = _serve(folder, env, "0")
    running = Server(folder, env, program, address)
    try:
        yield running
    finally:
        running.stop()


def _serve(folder: Path, env: dict[str, str], port: str) -> tuple[Program, str]:
    folder.mkdir(parents=True, exist_ok=True)
    program = start((COMMAND, "serve", "--port", port), env, folder / "server.out")

    def listening() -> str:
        assert program.process.poll() is None, program.said()
        found = re.search(r"listening on (http://\S+)", program.said())
        return found[1] if found else ""

    return program, eventually(listening, "a server")


def _raw(identifier: str) -> bytes:
    return base64.b32decode(identifier.upper())
