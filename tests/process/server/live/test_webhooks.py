"""Webhooks: a real server posts to a real receiver on loopback."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sealbreak_server.model.webhook import DEAD_FAILURES, DEAD_SECONDS
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.tables import Webhook, WebhookDelivery
from support.server.process import Sender, Server, command, running, visit

LOOPBACK = ("--webhook-networks", "127.0.0.0/8")


@dataclass
class Receiver:
    """Answers with `status`, and keeps the posts that it accepted."""

    status: int = 204
    open: threading.Event = field(default_factory=threading.Event)
    """Until it is set, nothing is answered."""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    tries: int = 0
    url: str = ""

    def numbers(self) -> list[int]:
        return [json.loads(body)["number"] for _, body in self.taken]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.tries += 1
        self.open.wait(30)
        if self.status < 300:
            self.taken.append((dict(handler.headers), body))
        handler.send_response(self.status)
        if self.status == 302:
            handler.send_header("Location", "/elsewhere")
        handler.end_headers()


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.answer(self)

        def log_message(self, *args: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
        receiver.open.set()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            yield receiver
        finally:
            server.shutdown()


def eventually(fact: Callable[[], bool], what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("hooks") / "data", *LOOPBACK) as running_server:
        yield running_server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


@pytest.fixture
def sender(server: Server) -> Iterator[Sender]:
    paired = server.sender()
    yield paired
    for webhook in paired.http.get("/webhooks").json()["webhooks"]:
        paired.http.delete(f"/webhooks/{webhook['id']}")
    paired.http.close()


def hook_of(sender: Sender) -> dict[str, Any]:
    (webhook,) = sender.http.get("/webhooks").json()["webhooks"]
    return dict(webhook)


def add(sender: Sender, receiver: Receiver) -> dict[str, Any]:
    answer = sender.http.post("/webhooks", json={"url": receiver.url})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def an_open(server: Server, sender: Sender) -> int:
    mail = sender.mail()
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    return int(event["number"])


def test_an_event_is_posted_and_signed(server: Server, sender: Sender, receiver: Receiver) -> None:
    secret = add(sender, receiver)["secret"]
    number = an_open(server, sender)
    eventually(lambda: len(receiver.taken) == 1, "the post")
    headers, body = receiver.taken[0]
    assert json.loads(body) == sender.events(number - 1)[0]
    stamp, _, mac = headers["Sealbreak-Signature"].removeprefix("t=").partition(",v1=")
    assert abs(int(stamp) - time.time()) < 30
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
    assert hmac.compare_digest(mac, signed.hexdigest())
    assert headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("template", "field"), [("slack", "text"), ("discord", "content"), ("mattermost", "text")]
)
def test_a_chat_gets_a_sentence(
    server: Server, sender: Sender, receiver: Receiver, template: str, field: str
) -> None:
    answer = sender.http.post("/webhooks", json={"url": receiver.url, "template": template})
    assert (answer.status_code, answer.json()["template"]) == (201, template)
    an_open(server, sender)
    eventually(lambda: len(receiver.taken) == 1, "the post")
    text = json.loads(receiver.taken[0][1])[field]
    assert text.startswith("“Offer 12” to Ann: Opened")
    eventually(lambda: hook_of(sender)["waiting"] == 0, "an empty outbox")


def test_an_unknown_template_is_refused(sender: Sender, receiver: Receiver) -> None:
    answer = sender.http.post("/webhooks", json={"url": receiver.url, "template": "pager"})
    assert answer.status_code == 400
    assert "json, slack, discord, mattermost" in answer.json()["detail"]


def test_an_event_that_is_not_for_a_chat_holds_up_no_other(
    server: Server, sender: Sender, receiver: Receiver
) -> None:
    sender.http.post("/webhooks", json={"url": receiver.url, "template": "slack"})
    muted = sender.mail()
    sender.http.put(f"/messages/{muted.id}/mute", json={"muted": True})
    visit(server, muted.pixel())
    (quiet,) = sender.wait_for_events(muted, 1)
    assert quiet["quiet"]
    an_open(server, sender)
    eventually(lambda: hook_of(sender)["waiting"] == 0, "an empty outbox")
    assert len(receiver.taken) == 1


def test_a_failing_receiver_gets_all_events_in_order_later(
    server: Server, sender: Sender, receiver: Receiver
) -> None:
    add(sender, receiver)
    receiver.status = 500
    numbers = [an_open(server, sender) for _ in range(3)]
    eventually(lambda: receiver.tries >= 2, "another try")
    assert "500" in hook_of(sender)["problem"]
    receiver.status = 204
    eventually(lambda: len(receiver.taken) >= 3, "the posts")
    assert receiver.numbers() == numbers
    eventually(lambda: hook_of(sender)["waiting"] == 0, "an empty outbox")
    assert hook_of(sender)["problem"] is None


def test_a_slow_receiver_delays_no_other(
    server: Server, sender: Sender, receiver: Receiver
) -> None:
    with receiving(Receiver()) as slow:
        slow.open.clear()
        add(sender, slow)
        add(sender, receiver)
        numbers = [an_open(server, sender) for _ in range(2)]
        eventually(lambda: receiver.numbers() == numbers, "the quick one")
        assert slow.taken == []
        slow.open.set()
        eventually(lambda: slow.numbers() == numbers, "the slow one")


def test_a_redirect_is_not_followed(server: Server, sender: Sender, receiver: Receiver) -> None:
    add(sender, receiver)
    receiver.status = 302
    an_open(server, sender)
    eventually(lambda: hook_of(sender)["failures"] >= 1, "a failure")
    assert "302" in hook_of(sender)["problem"]
    assert receiver.taken == []


def test_a_receiver_that_is_gone_is_disabled_and_can_be_enabled_again(
    server: Server, sender: Sender, receiver: Receiver
) -> None:
    webhook = add(sender, receiver)
    receiver.status = 410
    an_open(server, sender)
    eventually(lambda: hook_of(sender)["disabled_at"] is not None, "the end")
    an_open(server, sender)
    assert hook_of(sender)["waiting"] == 0
    receiver.status = 204
    assert sender.http.post(f"/webhooks/{webhook['id']}/enable").json()["disabled_at"] is None
    number = an_open(server, sender)
    eventually(lambda: receiver.numbers() == [number], "the post")


def test_waiting_events_are_posted_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    data = tmp_path / "data"
    receiver.status = 503
    with running(data, *LOOPBACK) as server:
        sender = server.sender()
        add(sender, receiver)
        numbers = [an_open(server, sender) for _ in range(2)]
        eventually(lambda: receiver.tries >= 1, "a try")
        server.process.kill()
    receiver.status = 204
    with running(data, *LOOPBACK):
        eventually(lambda: receiver.numbers() == numbers, "the posts", 40)
    sender.http.close()


def test_a_server_without_permission_does_not_reach_a_private_address(
    tmp_path: Path, receiver: Receiver
) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        added = command(server.data, "webhooks", "--add", receiver.url, *LOOPBACK)
        assert added.returncode == 0
        an_open(server, sender)
        eventually(lambda: hook_of(sender)["failures"] >= 1, "a failure")
        assert "--webhook-networks" in hook_of(sender)["problem"]
        sender.http.close()
    assert receiver.tries == 0


def test_the_command_adds_lists_and_removes(server: Server, sender: Sender) -> None:
    url = "https://example.com/hook"
    added = json.loads(command(server.data, "webhooks", "--add", url, "--json").stdout)
    assert hook_of(sender)["secret"] == added["secret"]
    listed = command(server.data, "webhooks").stdout
    assert f"{added['id']}  {url}  (json, up to date)" in listed
    assert command(server.data, "webhooks", "--remove", added["id"]).returncode == 0
    assert command(server.data, "webhooks", "--remove", added["id"]).returncode == 1


def test_a_webhook_that_fails_for_days_is_disabled(storage: Storage) -> None:
    account = storage.transaction(accounts.the_account, "Ann", 0.0)
    webhook = storage.transaction(
        webhook_deliveries.add, account.id, "https://example.com/", (), 0.0
    )
    storage.transaction(lambda: WebhookDelivery.create(webhook=webhook.id, number=1))
    for _ in range(DEAD_FAILURES - 1):
        assert not storage.transaction(webhook_deliveries.failed, webhook, "no answer", None, 10.0)
    assert storage.transaction(
        webhook_deliveries.failed, webhook, "no answer", None, 10.0 + DEAD_SECONDS
    )
    (kept,) = storage.query(webhook_deliveries.webhooks, account.id)
    assert (kept.waiting, kept.problem) == (0, "no answer")
    assert kept.disabled_at == 10.0 + DEAD_SECONDS


def test_only_one_server_posts_at_a_time(storage: Storage) -> None:
    account = storage.transaction(accounts.the_account, "Ann", 0.0)
    webhook = storage.transaction(
        webhook_deliveries.add, account.id, "https://example.com/", (), 0.0
    )
    storage.transaction(lambda: WebhookDelivery.create(webhook=webhook.id, number=1))
    assert storage.transaction(webhook_deliveries.claim, webhook.id, 5.0, 20.0) is None
    assert Webhook.get().try_at == 0.0
