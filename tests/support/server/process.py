"""A real server process, a sender who is paired with it, and the commands beside it."""

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
from sealbreak_server.cli.account.pair import new_code
from sealbreak_server.cli.main import main
from sealbreak_server.security.tokens import make_token, sign_link, sign_link2
from sealbreak_server.settings import read_settings

PROGRAM = (sys.executable, "-W", "error", "-m", "sealbreak_server")
GMAIL = {
    "user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
    "(via ggpht.com GoogleImageProxy)"
}
READER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "image/avif,image/webp,*/*;q=0.8",
    "accept-language": "en",
    "x-forwarded-for": "84.130.20.7",
}
"""A browser at home: the servers of these tests trust loopback as a proxy."""
HOOK = "https://127.9.9.9/hook"
"""Where nothing listens: what a test has posted there stays on this machine."""
HOOKS = {"SEALBREAK_WEBHOOK_NETWORKS": "127.9.9.9/32"}
CURL = {"user-agent": "curl/8.5.0", "x-forwarded-for": "84.130.20.8"}


Done = subprocess.CompletedProcess[str]


def program(data: Path, *arguments: str) -> Done:
    """A command in a process of its own."""
    name, *rest = arguments
    return subprocess.run(
        [*PROGRAM, name, "--data", str(data), *rest], capture_output=True, text=True, timeout=60
    )


def command(data: Path, *arguments: str) -> Done:
    """A command in this process. Only one can run at a time."""
    name, *rest = arguments
    return run_main(name, "--data", str(data), *rest)


def run_main(*arguments: str) -> Done:
    """What the program returns and prints with these arguments, in this process."""
    out, err = StringIO(), StringIO()
    with _redirecting, redirect_stdout(out), redirect_stderr(err), _kept_sigterm_handler():
        try:
            status = main(arguments)
        except SystemExit as ended:  # of argparse
            status = int(ended.code or 0)
    return Done(arguments, status, out.getvalue(), err.getvalue())


_redirecting = threading.Lock()


@contextmanager
def _kept_sigterm_handler() -> Iterator[None]:
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)


@dataclass
class Server:
    process: subprocess.Popen[str]
    url: str
    data: Path
    log: Path
    senders: list["Sender"] = field(default_factory=list)

    def code(self) -> str:
        return new_code(read_settings({"data": str(self.data)}, os.environ), time.time())

    def sender(self) -> "Sender":
        body = {"code": self.code(), "name": "Test", "kind": "api"}
        answer = httpx2.post(f"{self.url}/api/v1/pair", json=body)
        assert answer.status_code == 201, answer.text
        self.senders.append(Sender(self.url, answer.json()))
        return self.senders[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


@contextmanager
def running(data: Path, *flags: str, program: Sequence[str] = ()) -> Iterator[Server]:
    log = data.with_name(f"{data.name}.log")
    arguments = ("serve", "--port", "0", "--trusted-proxies", "127.0.0.0/8", *flags)
    with log.open("a") as errors:
        process = subprocess.Popen(
            [*(program or PROGRAM), arguments[0], "--data", str(data), *arguments[1:]],
            stdout=subprocess.PIPE, stderr=errors, text=True,
            env={**HOOKS, **os.environ, "TZ": "UTC"},
        )  # fmt: skip
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), log.read_text()
        server = Server(process, line.removeprefix("listening on ").strip(), data, log)
        yield server
        for sender in server.senders:
            sender.http.close()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


@dataclass
class Mail:
    id: str
    key: bytes
    owner: str

    def pixel(self, copy: int = 0) -> str:
        return f"/o/{self.owner}/{self.token(copy)}.gif"

    def link(self, n: int, url: str, copy: int = 0) -> str:
        signature = sign_link(self.key, n, url)
        to = quote(url, safe="")
        return f"/l/{self.owner}/{self.token(copy)}/{n}?to={to}&sig={signature}"

    def link2(self, n: int, url: str, copy: int = 0) -> str:
        """A link of form 2."""
        signature = sign_link2(self.key, n, url)
        return f"/l/{self.owner}/{self.token(copy)}/{n}/{signature}?to={quote(url, safe='')}"

    def page(self, copy: int = 0) -> str:
        return f"/r/{self.owner}/{self.token(copy)}"

    def token(self, copy: int = 0) -> str:
        return make_token(self.key, self.id, copy)


@dataclass
class Sender:
    url: str
    paired: dict[str, Any]
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        bearer = {"authorization": f"Bearer {self.paired['token']}"}
        self.http = httpx2.Client(base_url=f"{self.url}/api/v1", headers=bearer)

    def sign_in(self, browser: httpx2.Client, path: str = "/history") -> httpx2.Response:
        """Follows a sign-in link, and says yes to the page that asks."""
        url = self.http.post("/sign-in", json={"path": path}).json()["url"]
        return browser.post(url, data={"csrf_token": csrf_token_of(browser.get(url).text)})

    def blank(self) -> Mail:
        """A mail that was sent and is not registered yet."""
        lot = self.http.post("/ids", json={"count": 1}).json()
        made = lot["ids"][0]
        return Mail(made["id"], base64.urlsafe_b64decode(made["key"] + "="), lot["owner"])

    def mail(self, **changes: Any) -> Mail:
        mail = self.blank()
        answer = self.register(mail, **changes)
        assert answer.status_code == 201, answer.text
        return mail

    def register(self, mail: Mail, **changes: Any) -> httpx2.Response:
        return self.http.put(f"/messages/{mail.id}", json=registration(**changes))

    def message(self, mail: Mail) -> dict[str, Any]:
        body: dict[str, Any] = self.http.get(f"/messages/{mail.id}").json()
        return body

    def wait_for_counts(self, mail: Mail, seconds: float = 12, **counts: int) -> None:
        """A slow disk sends hits through the spool: they are answered before they are counted."""
        end = time.monotonic() + seconds
        while (shown := self.message(mail)) | counts != shown and time.monotonic() < end:
            time.sleep(0.05)

    def wait_for_hits(self, mail: Mail, count: int, seconds: float = 12) -> None:
        end = time.monotonic() + seconds
        while len(self.message(mail)["hits"]) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.message(mail)["hits"]) == count

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        body: list[dict[str, Any]] = self.http.get("/events", params={"after": after}).json()[
            "events"
        ]
        return body

    def events_of(self, mail: Mail) -> list[dict[str, Any]]:
        return [e for e in self.events() if e.get("message", {}).get("id") == mail.id]

    def wait_for_events(self, mail: Mail, count: int, seconds: float = 12) -> list[dict[str, Any]]:
        end = time.monotonic() + seconds
        while len(found := self.events_of(mail)) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found


def csrf_token_of(page: str) -> str:
    """What its forms carry."""
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def registration(**changes: Any) -> dict[str, Any]:
    body = {
        "subject": "Offer 12",
        "recipients": [{"address": "ann@example.com", "name": "Ann", "kind": "to", "copy": 0}],
        "links": [{"n": 1, "url": "https://example.com/offer", "hidden": False}],
        "sent_at": "2026-11-01T09:30:00.250Z",
        "scheduled_for": None,
        "level": "full",
        "draft_id": None,
        "thread_id": None,
        "gmail_message_id": None,
        "gmail_thread_id": None,
        "gmail_account": None,
    }
    return {**body, **changes}


def put_event(server: Server, body: dict[str, Any]) -> None:
    """Puts another event in the place of the one with its number. For servers on SQLite."""
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3", timeout=10)) as database:
        text = json.dumps(body, separators=(",", ":"))
        done = database.execute(
            "UPDATE event SET body = ? WHERE number = ?", (text, body["number"])
        )
        assert done.rowcount == 1
        database.commit()


def visit(server: Server, path: str, headers: dict[str, str] = READER) -> httpx2.Response:
    return httpx2.get(server.url + path, headers=headers, follow_redirects=False)
