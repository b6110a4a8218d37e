"""Two accounts on one server: neither can see, change, stop or erase data of the other.

The operations come from the OpenAPI document. A new one fails until it is tested here.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from support.server.process import (
    HOOK,
    READER,
    Mail,
    Sender,
    Server,
    csrf_token_of,
    registration,
    visit,
)
from support.server.stranger import (
    FORM,
    cookie,
    device_of,
    enter,
    given_cookie,
    history_paths,
    join,
    sign_in_path,
    token_of,
)
from support.server.wire import Answer, ask, bearer
from websockets.asyncio.client import connect

SUBJECT = "Marked subject of Ann"
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


@dataclass(frozen=True)
class Ground:
    """Ann has a mail that was opened. Ben tries to see and to change it."""

    server: Server
    ann: Sender
    ben: Sender
    mail: Mail
    webhook: str

    def as_ben(self, method: str, path: str, body: object = None) -> Answer:
        headers = [bearer(token_of(self.ben)), ("Content-Type", "application/json")]
        text = b"" if body is None else json.dumps(body).encode()
        return ask(self.server.url, method, f"/api/v1{path}", headers, text)

    def secrets(self) -> tuple[str, ...]:
        owner, device = self.ann.paired["account"]["owner"], device_of(self.ann)
        told = (SUBJECT, "ann@example.com", "cleo@example.com", HOOK, "Ann")
        return (*told, self.mail.id, self.webhook, owner, device, token_of(self.ann))

    def state(self) -> object:
        """All of Ann's data that could be changed."""
        read = self.ann.http.get
        devices = [(d["id"], d["revoked_at"]) for d in read("/devices").json()["devices"]]
        webhooks = [(h["url"], h["disabled_at"]) for h in read("/webhooks").json()["webhooks"]]
        lists = [read(path).json() for path in ("/settings", "/mutes")] + [webhooks]
        events = self.ann.events_of(self.mail)
        return read(f"/messages/{self.mail.id}").json(), events, lists, devices


@pytest.fixture(scope="module")
def ground(server: Server) -> Iterator[Ground]:
    with join(server, "Ann") as ann, join(server, "Ben") as ben:
        mail = ann.mail(subject=SUBJECT)
        visit(server, mail.pixel(), READER)
        ann.wait_for_events(mail, 1)
        ann.http.put("/mutes/cleo@example.com")
        webhook = ann.http.post("/webhooks", json={"url": HOOK}).json()["id"]
        yield Ground(server, ann, ben, mail, webhook)


def silent(ground: Ground, answer: Answer, status: int) -> None:
    assert answer.status == status, answer
    assert not [secret for secret in ground.secrets() if secret in answer.text]


def pairing(ground: Ground) -> None:
    body = {"code": ground.server.code(), "name": "Ben's", "kind": "api"}
    first = ground.as_ben("POST", "/pair", body)
    assert json.loads(first.body)["account"]["owner"] != ground.ben.paired["account"]["owner"]
    silent(ground, ground.as_ben("POST", "/pair", body), 403)


def ids(ground: Ground) -> None:
    answer = ground.as_ben("POST", "/ids", {"count": 1})
    silent(ground, answer, 200)
    theirs = json.loads(answer.body)
    assert theirs["owner"] == ground.ben.paired["account"]["owner"]
    assert theirs["sender_mark"] != ground.ann.paired["sender_mark"]


def list_messages(ground: Ground) -> None:
    for query in ("", "?q=Marked", "?q=", "?q=%25", "?limit=200", "?q=ann@example.com"):
        answer = ground.as_ben("GET", f"/messages{query}")
        silent(ground, answer, 200)
        assert json.loads(answer.body)["messages"] == []


def get_message(ground: Ground) -> None:
    silent(ground, ground.as_ben("GET", f"/messages/{ground.mail.id}"), 404)


def put_message(ground: Ground) -> None:
    answer = ground.as_ben("PUT", f"/messages/{ground.mail.id}", registration(subject="Ben's"))
    silent(ground, answer, 404)


def mute_message(ground: Ground) -> None:
    answer = ground.as_ben("PUT", f"/messages/{ground.mail.id}/mute", {"muted": True})
    silent(ground, answer, 404)


def withdraw_message(ground: Ground) -> None:
    answer = ground.as_ben("PUT", f"/messages/{ground.mail.id}/withdrawn", {"withdrawn": True})
    silent(ground, answer, 404)


def stop_message(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", f"/messages/{ground.mail.id}/stop"), 404)


def get_settings(ground: Ground) -> None:
    silent(ground, ground.as_ben("GET", "/settings"), 200)


def put_settings(ground: Ground) -> None:
    silent(ground, ground.as_ben("PUT", "/settings", {"alerts": {"reminder_days": 9}}), 200)


def list_mutes(ground: Ground) -> None:
    answer = ground.as_ben("GET", "/mutes")
    silent(ground, answer, 200)
    assert json.loads(answer.body) == {"recipients": []}


def put_mute(ground: Ground) -> None:
    assert ground.as_ben("PUT", "/mutes/ben@example.com").status == 204


def delete_mute(ground: Ground) -> None:
    assert ground.as_ben("DELETE", "/mutes/cleo@example.com").status == 404


def snooze(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", "/snooze", {"until": "2027-01-01T00:00:00Z"}), 200)


def read(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", "/read", {"up_to": 1000}), 200)


def claim_alerts(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", "/alerts", {"after": 0, "up_to": 1000}), 200)


def list_webhooks(ground: Ground) -> None:
    answer = ground.as_ben("GET", "/webhooks")
    silent(ground, answer, 200)
    assert json.loads(answer.body) == {"webhooks": []}


def add_webhook(ground: Ground) -> None:
    answer = ground.as_ben("POST", "/webhooks", {"url": HOOK.replace("hook", "ben")})
    silent(ground, answer, 201)
    ground.as_ben("DELETE", f"/webhooks/{json.loads(answer.body)['id']}")


def enable_webhook(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", f"/webhooks/{ground.webhook}/enable"), 404)


def delete_webhook(ground: Ground) -> None:
    silent(ground, ground.as_ben("DELETE", f"/webhooks/{ground.webhook}"), 404)


def get_self_test(ground: Ground) -> None:
    silent(ground, ground.as_ben("GET", "/self-test"), 200)


def make_self_test(ground: Ground) -> None:
    """Gmail cannot reach this server."""
    silent(ground, ground.as_ben("POST", "/self-test"), 400)


def views(ground: Ground) -> None:
    silent(ground, ground.as_ben("POST", "/views", {"messages": [ground.mail.id]}), 204)


def events(ground: Ground) -> None:
    for query in ("", "?after=0&limit=500&erasures=0"):
        answer = ground.as_ben("GET", f"/events{query}")
        silent(ground, answer, 200)
        assert json.loads(answer.body) == {"events": [], "last": 0, "read": 0, "erasures": 0}


def sign_in(ground: Ground) -> None:
    path = f"/history/{ground.mail.id}"
    landing = enter(ground.ben, sign_in_path(ground.ben, path))
    assert landing.header("location") == path
    silent(ground, ask(ground.server.url, "GET", path, [given_cookie(landing)]), 404)


def list_devices(ground: Ground) -> None:
    silent(ground, ground.as_ben("GET", "/devices"), 200)


def delete_device(ground: Ground) -> None:
    silent(ground, ground.as_ben("DELETE", f"/devices/{device_of(ground.ann)}"), 404)


def live(ground: Ground) -> None:
    """Ben's live connection does not get Ann's event: the next event is his own."""
    own = ground.ben.mail(subject="Ben's")

    async def follow() -> list[dict[str, object]]:
        url = f"ws{ground.server.url.removeprefix('http')}/api/v1/live?after=0"
        headers = dict([bearer(token_of(ground.ben))])
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            frames = [json.loads(await socket.recv())]
            another = await asyncio.to_thread(ground.ann.mail, subject=SUBJECT)
            await asyncio.to_thread(visit, ground.server, another.pixel(), READER)
            await asyncio.to_thread(visit, ground.server, own.pixel(), READER)
            return [*frames, json.loads(await asyncio.wait_for(socket.recv(), 10))]

    hello, event = asyncio.run(follow())
    assert hello["account"] == ground.ben.paired["account"]
    assert own.id in json.dumps(event)
    assert not [secret for secret in ground.secrets() if secret in json.dumps([hello, event])
                and secret not in {"ann@example.com", "Ann"}]  # fmt: skip


def openapi(ground: Ground) -> None:
    silent(ground, ground.as_ben("GET", "/openapi.json"), 200)


TRIES: dict[tuple[str, str], Callable[[Ground], None]] = {
    ("post", "/pair"): pairing,
    ("post", "/ids"): ids,
    ("get", "/messages"): list_messages,
    ("get", "/messages/{id}"): get_message,
    ("put", "/messages/{id}"): put_message,
    ("put", "/messages/{id}/mute"): mute_message,
    ("put", "/messages/{id}/withdrawn"): withdraw_message,
    ("post", "/messages/{id}/stop"): stop_message,
    ("get", "/settings"): get_settings,
    ("put", "/settings"): put_settings,
    ("get", "/mutes"): list_mutes,
    ("put", "/mutes/{id}"): put_mute,
    ("delete", "/mutes/{id}"): delete_mute,
    ("post", "/snooze"): snooze,
    ("post", "/read"): read,
    ("post", "/alerts"): claim_alerts,
    ("get", "/webhooks"): list_webhooks,
    ("post", "/webhooks"): add_webhook,
    ("delete", "/webhooks/{id}"): delete_webhook,
    ("post", "/webhooks/{id}/enable"): enable_webhook,
    ("get", "/self-test"): get_self_test,
    ("post", "/self-test"): make_self_test,
    ("post", "/views"): views,
    ("get", "/events"): events,
    ("post", "/sign-in"): sign_in,
    ("get", "/devices"): list_devices,
    ("delete", "/devices/{id}"): delete_device,
    ("get", "/live"): live,
    ("get", "/openapi.json"): openapi,
}


def operations(server: Server) -> set[tuple[str, str]]:
    document = json.loads(ask(server.url, "GET", "/api/v1/openapi.json").body)
    return {
        (method, path)
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }


def test_every_operation_of_the_document_is_tested_here(server: Server) -> None:
    assert operations(server) == set(TRIES)


@pytest.mark.parametrize("operation", TRIES, ids=lambda o: " ".join(o))
def test_no_operation_reaches_another_account(ground: Ground, operation: tuple[str, str]) -> None:
    before = None if operation in {("get", "/live"), ("post", "/pair")} else ground.state()
    TRIES[operation](ground)
    assert before is None or ground.state() == before


def test_every_operation_that_is_not_public_needs_a_token(ground: Ground) -> None:
    document = json.loads(ask(ground.server.url, "GET", "/api/v1/openapi.json").body)
    for method, path in operations(ground.server):
        if document["paths"][path][method].get("security") == [] or path == "/live":
            continue
        target = f"/api/v1{path.replace('{id}', ground.mail.id)}"
        for token in ("", "x", ground.ann.paired["sender_mark"]):
            answer = ask(
                ground.server.url, method.upper(), target, [bearer(token)] if token else []
            )
            assert answer.status == 401, (method, path)


def test_pages_show_only_their_own_account(ground: Ground, tmp_path: Path) -> None:
    header = cookie(ground.ben)
    pages = history_paths(tmp_path, "GET", ground.mail.id)
    assert f"/history/{ground.mail.id}/record.csv" in pages
    for path in (*pages, "/history?q=Marked", "/history/people?q=cleo"):
        answer = ask(ground.server.url, "GET", path, [header])
        assert answer.status in {200, 404}, path
        assert SUBJECT not in answer.text, path
        assert ground.webhook not in answer.text, path
        assert device_of(ground.ann) not in answer.text, path
        assert ground.mail.id not in answer.text.replace(path, ""), path


def test_no_form_reaches_another_account(ground: Ground, tmp_path: Path) -> None:
    """Dora sends every form with everything that she could know about Ann's data."""
    before, device = ground.state(), device_of(ground.ann)
    told = {
        "address": "cleo@example.com", "message": ground.mail.id, "device": device,
        "webhook": ground.webhook, "muted": "yes", "hours": "1", "reminder_days": "9", "url": HOOK,
    }  # fmt: skip
    paths = history_paths(tmp_path, "POST", ground.mail.id)
    assert "/history/people/erase" in paths
    with join(ground.server, "Dora") as dora:
        for path, address in product(paths, (told["address"], "ann@example.com")):
            header = cookie(dora)  # a new session, as one of the forms signs out
            shown = ask(ground.server.url, "GET", "/history", [header]).text
            body = urlencode(
                {**told, "address": address, "csrf_token": csrf_token_of(shown)}
            ).encode()
            answer = ask(ground.server.url, "POST", path, [FORM, header], body)
            assert answer.status in {200, 303, 400, 404}, path
            assert ground.state() == before, path


def test_a_key_makes_no_token_of_another_account(ground: Ground) -> None:
    before = ground.state()
    key, owner = ground.ben.blank().key, ground.ann.paired["account"]["owner"]
    for forged in (
        Mail(ground.mail.id, key, owner),
        Mail(ground.mail.id, key, ground.ben.paired["account"]["owner"]),
        Mail(ground.mail.id, ground.mail.key, ground.ben.paired["account"]["owner"]),
    ):
        visit(ground.server, forged.pixel())
        assert visit(ground.server, forged.link(1, "https://example.com/offer")).status_code == 404
        assert ask(ground.server.url, "POST", forged.page()).status == 404
    assert ground.state() == before


def test_another_account_cannot_register_a_mail_first(ground: Ground) -> None:
    """A recipient can read the ID, and the sender's browser may be offline for days."""
    mail = ground.ann.blank()
    visit(ground.server, mail.pixel(), READER)
    taken = ground.as_ben("PUT", f"/messages/{mail.id}", registration(subject="Ben's"))
    silent(ground, taken, 404)
    assert "take IDs from POST ids" in taken.text
    assert ground.ann.register(mail).status_code == 201
    assert len(ground.ann.wait_for_events(mail, 1)) == 1
    assert ground.as_ben("GET", f"/messages/{mail.id}").status == 404


def test_another_account_cannot_view_mute_or_stop_an_unregistered_mail(ground: Ground) -> None:
    mail = ground.ann.blank()
    ground.as_ben("POST", "/views", {"messages": [mail.id]})
    assert ground.as_ben("PUT", f"/messages/{mail.id}/mute", {"muted": True}).status == 404
    assert ground.as_ben("POST", f"/messages/{mail.id}/stop").status == 404
    ground.ann.register(mail)
    visit(ground.server, mail.pixel(), READER)
    assert len(ground.ann.wait_for_events(mail, 1)) == 1
    shown = ground.ann.message(mail)
    assert (shown["muted"], shown["level"]) == (False, "full")
    assert shown["hits"][0]["verdict"]["actor"] == "human"


def test_a_sender_mark_hides_no_click_of_another_account(ground: Ground) -> None:
    mail = ground.ann.mail()
    mark = {"x-sealbreak-sender": ground.ben.paired["sender_mark"]}
    visit(ground.server, mail.link(1, "https://example.com/offer"), READER | mark)
    (hit,) = ground.ann.message(mail)["hits"]
    assert hit["verdict"]["actor"] != "sender"


def test_a_devices_address_hides_no_open_of_another_account(server: Server) -> None:
    """A colleague who opens a mail is a reader, although the server knows their address."""
    with join(server, "Ann") as ann, join(server, "Cleo") as cleo:
        cleo.http.get("/messages", headers={"x-forwarded-for": "84.130.20.77"})
        mail = ann.mail()
        visit(server, mail.pixel(), READER | {"x-forwarded-for": "84.130.20.77"})
        (hit,) = ann.message(mail)["hits"]
        assert hit["verdict"]["actor"] == "human"
