"""No request and no chore may read through a whole table: the SQL that really runs is explained."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bench.server_ground import Ground
from sealbreak_server.app import make_app, make_services
from sealbreak_server.jobs.retention import erase_expired
from sealbreak_server.services import Services
from sealbreak_server.settings import read_settings
from sealbreak_server.storage import accounts, erasure, retention
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.hits import unsettled
from sealbreak_server.storage.lists import search
from sealbreak_server.web.requests import write_cursor
from sealbreak_server.web.routes import routes
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient
from support.server.process import GMAIL, HOOK, HOOKS, Mail, csrf_token_of, registration

OFFER = "https://example.com/offer"
HOUR = 3600
HERE = "http://127.0.0.1"
FEW = (
    "account", "webhook", "public_address", "self_test", "self_test_visit", "set_up",
    "sqlite_master",
)  # fmt: skip
"""Tables of a handful of rows: a server has one account, or a few."""
GROWING = ("message", "event", "total")
"""Tables whose rows of an account are as many as its mails, or more."""
NEEDED = (
    "device_token_hash", "event_created_at", "event_message", "hit_evidence", "hit_message_time",
    "hit_time", "verdict_by_gmail", "verdict_due", "verdict_message_counted_actor",
    "message_account_id_gmail_thread_id", "message_account_id_opens_sent_at_id",
    "message_account_id_gmail_account_sent_at_id",
    "message_account_id_sent_at_id", "message_account_id_thread_id", "message_activity",
    "message_clicked", "message_only_machines", "message_opened", "message_own", "message_sent_at",
    "message_unclear", "message_unread", "message_unknowable", "recipient_person_message_id",
    "session_device_id",
    "session_expires_at", "sign_in_device_id", "sign_in_expires_at", "sender_view_time",
)  # fmt: skip
EXPLAIN = "EXPLAIN QUERY PLAN "
NOTHING = "(0 = 1)"
"""What an empty list of IDs becomes: SQLite reads no row for it."""


class ClassifiedHit:
    """Which statements ran while it bore which name."""

    def __init__(self, services: Services) -> None:
        self.name = "start"
        self.services = services
        self.found: dict[str, set[str]] = {}
        database: Any = services.storage.database
        self._connect = database._connect
        database._connect = self._traced

    def _traced(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = self._connect()
        connection.set_trace_callback(self._note)
        return connection

    def _note(self, statement: str) -> None:
        self.found.setdefault(self.name, set()).add(statement)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "data"


@pytest.fixture(scope="module")
def record(data: Path) -> ClassifiedHit:
    """Every request and every background task once, on a filled database."""
    services = make_services(read_settings({"data": str(data), "public_url": HERE}, HOOKS))
    made = ClassifiedHit(services)
    with TestClient(make_app(services), base_url=HERE) as client:
        code = services.storage.transaction(accounts.new_pairing, None, "Ann", time.time())
        owner = services.storage.transaction(accounts.the_account, "Ann", time.time()).owner
        ground = Ground(data, 1, owner)
        ground.add_hits(3000)
        visit_all(client, made, code, ground)
        made.name = "background tasks"
        assert client.portal is not None
        client.portal.call(erase_expired, services)
        account = client.portal.call(
            services.storage.read, accounts.the_account, "Ann", time.time()
        )
        erase, now = partial(client.portal.call, services.storage.write), time.time()
        erase(erasure.erase_message, account.id, ground.add_messages(1)[0], now)
        erase(erasure.erase_recipient, account.id, "nobody@example.com", now)
        client.portal.call(
            services.storage.write, retention.delete_expired, time.time() - HOUR, time.time()
        )
        client.portal.call(services.storage.read, accounts.changes)
        client.portal.call(services.storage.read, reader.news_for, 1, "device", 0, 100)
        client.portal.call(
            services.storage.write, unsettled.settle, services.classify, time.time() + 60
        )
    return made


def visit_all(client: TestClient, record: ClassifiedHit, code: str, ground: Ground) -> None:
    def call(method: str, path: str, body: object = None, good: int = 200) -> dict[str, object]:
        record.name = f"{method} {path.partition('?')[0].replace(mail.id, '{id}')}"
        answer = client.request(method, path, json=body)
        assert answer.status_code == good, answer.text
        return dict(answer.json()) if answer.text.startswith("{") else {}

    client.headers.update(GMAIL | {"origin": HERE})
    client.follow_redirects = False
    mail = ground.mail(ground.add_messages(1)[0])
    body = {"code": code, "name": "Test", "kind": "api"}
    paired = call("POST", "/api/v1/pair", body, 201)
    client.headers["authorization"] = f"Bearer {paired['token']}"
    call("POST", "/api/v1/ids", {"count": 1})
    call("GET", mail.pixel())
    call("GET", mail.link(1, OFFER), good=302)
    call("PUT", f"/api/v1/messages/{mail.id}", registration(thread_id="t", gmail_thread_id="18aa"))
    call("GET", mail.pixel())
    first = call("GET", "/api/v1/messages?limit=1")
    call("GET", f"/api/v1/messages?limit=1&cursor={first['next']}")
    call("GET", "/api/v1/messages?q=ann")
    call("GET", "/api/v1/messages?gmail_thread_id=18aa000000000001")
    call("GET", f"/api/v1/messages/{mail.id}")
    call("POST", "/api/v1/views", {"messages": [mail.id]}, 204)
    call("GET", "/api/v1/events?after=1")
    call("GET", "/api/v1/devices")
    call("GET", "/readyz")
    call("PUT", f"/api/v1/messages/{mail.id}/mute", {"muted": True})
    call("PUT", f"/api/v1/messages/{mail.id}/withdrawn", {"withdrawn": False})
    call("PUT", "/api/v1/settings", {"alerts": {"digest": True}})
    call("PUT", "/api/v1/mutes/ben@example.com", good=204)
    call("DELETE", "/api/v1/mutes/ben@example.com", good=204)
    call("POST", "/api/v1/snooze", {"until": None})
    call("POST", "/api/v1/read", {"up_to": 1})
    webhook = call("POST", "/api/v1/webhooks", {"url": HOOK}, 201)
    call("DELETE", f"/api/v1/webhooks/{webhook['id']}", good=204)
    see_pages(client, call("POST", "/api/v1/sign-in", {}, 201), record, mail)
    call("POST", f"/api/v1/messages/{mail.id}/stop")
    record.name = "sign out"
    assert client.delete("/api/v1/devices/me").status_code == 204


def see_pages(
    client: TestClient, signed: dict[str, object], record: ClassifiedHit, mail: Mail
) -> None:
    def see(method: str, path: str, good: int = 200, **form: str) -> str:
        record.name = f"{method} {path.partition('?')[0]}"
        answer = client.request(method, path, data=form or None)
        assert answer.status_code == good, f"{path}: {answer.text}"
        return answer.text

    asked = see("GET", str(signed["url"]))
    see("POST", str(signed["url"]), 303, csrf_token=csrf_token_of(asked))
    page = see("GET", "/history")
    see("GET", "/history?q=ann")
    see_lists(see, mail)
    with pytest.MonkeyPatch.context() as bounds:
        bounds.setattr(search, "FEW", 0)  # as where there are many, which are read in another way
        see_lists(see, mail)
    see("GET", "/history/events")
    see("GET", "/history/events?before=5")
    see("GET", "/history/overview?days=365")
    see("GET", "/history/digest")
    see("GET", f"/history/digest/{datetime.now(UTC).date()}")
    see("GET", "/history/people/ann@example.com")
    see("GET", "/history/people/ann@example.com?cursor=" + write_cursor(((1.0,), mail.id)))
    see("GET", "/history/export.csv")
    see("GET", "/history/settings")
    see("GET", f"/history/{mail.id}")
    see("GET", mail.page())
    see("POST", mail.page())
    see_the_rest(client, record, mail)
    see("POST", "/history/sign-out", csrf_token=csrf_token_of(page))


def see_lists(see: Callable[[str, str], str], mail: Mail) -> None:
    for show in search.Show:
        for order in search.Order:
            see("GET", f"/history?show={show}&order={order}")
            see("GET", f"/history?show={show}&order={order}&from=ann@example.com")
    for order in search.Order:
        place = write_cursor(((1.0,) * search.keys_of(search.Wanted(order=order)), mail.id))
        see("GET", f"/history?order={order}&cursor={place}")
    see("GET", "/history/people")
    see("GET", "/history/people?q=ann&after=a")


def see_the_rest(client: TestClient, record: ClassifiedHit, mail: Mail) -> None:
    """Whatever else can be got, so that a new page is looked at without being listed here."""
    values = {"owner": mail.owner, "token": mail.token(), "id": mail.id, "n": "1"}
    for path in got(routes(record.services)):
        record.name = f"GET {path}"
        filled = re.sub(r"{(\w+)(:\w+)?}", lambda found: values.get(found[1], "1"), path)
        assert client.get(filled).status_code < 500, filled


def got(there: Sequence[BaseRoute], before: str = "") -> Iterator[str]:
    for route in there:
        if isinstance(route, Mount):
            yield from got(route.routes, before + route.path)
        elif isinstance(route, Route) and "GET" in (route.methods or ()):
            yield before + route.path


@dataclass(frozen=True)
class Plan:
    name: str
    statement: str
    lines: tuple[str, ...]

    def tables(self, pattern: str) -> list[str]:
        """Those whose line begins so."""
        aliases = {
            alias: table for table, alias in re.findall(r'"(\w+)" AS "(\w+)"', self.statement)
        }
        found = [re.match(pattern, line) for line in self.lines]
        return [aliases.get(str(one[1]), str(one[1])) for one in found if one]

    def scanned(self) -> list[str]:
        found = self.tables(r"SCAN (?:main\.)?(?!CONSTANT|\d)(\w+)")
        return [name for name in found if name not in FEW]

    def read_whole(self) -> list[str]:
        """All rows of the account: to be sorted, or because no index knows which are wanted."""
        in_order = "USE TEMP B-TREE FOR ORDER BY" not in self.lines and " LIMIT " in self.statement
        found = self.tables(r"SEARCH (\w+) .*\(account_id=\?\)$")
        return [] if in_order else [name for name in found if name in GROWING]

    def indexes(self) -> set[str]:
        return {name for line in self.lines for name in re.findall(r" INDEX (\w+)", line)}


@pytest.fixture(scope="module")
def plans(record: ClassifiedHit, data: Path) -> list[Plan]:
    work = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
    with closing(sqlite3.connect(data / "sealbreak.sqlite3", timeout=60)) as database:
        return [
            Plan(name, statement, tuple(line for *_, line in database.execute(EXPLAIN + statement)))
            for name, statements in record.found.items()
            for statement in statements
            if statement.startswith(work) and NOTHING not in statement
        ]


def test_no_statement_of_a_request_or_a_chore_scans_a_table(plans: list[Plan]) -> None:
    found = [f"{p.name}: {p.scanned()} in {p.statement}" for p in plans if p.scanned()]
    assert not found, "\n".join(found)


def test_no_request_reads_all_that_an_account_has(plans: list[Plan]) -> None:
    asked = [plan for plan in plans if plan.name.startswith(("GET", "POST", "PUT", "DELETE"))]
    found = [f"{p.name}: {p.read_whole()} in {p.statement}" for p in asked if p.read_whole()]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("index", NEEDED)
def test_each_list_is_read_along_its_own_index(plans: list[Plan], index: str) -> None:
    """Without it SQLite would walk along another one, and pass over what is not wanted."""
    assert any(index in plan.indexes() for plan in plans)


def test_every_request_and_chore_was_seen(record: ClassifiedHit) -> None:
    names = set(record.found)
    assert {"background tasks", "sign out", "GET /history", "POST /api/v1/views"} <= names
    assert any('INSERT INTO "hit"' in s for found in record.found.values() for s in found)
