"""Two servers on one PostgreSQL database, and what happens while it is down."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.security.tokens import new_id
from sealbreak_server.web.live import REVOKED, TRY_AGAIN
from soak import crash
from support.server.postgresql import Cluster
from support.server.process import GMAIL, Mail, Sender, Server, command, running, visit
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

PROXY = {**GMAIL, "x-forwarded-for": "66.249.84.1"}
OFFER = "https://example.com/offer"
LONG_AGO = "2026-01-05T09:30:00.000Z"
TIMEOUT_SECONDS = 20.0
"""Less than the 30 seconds after which a server looks for itself."""


@pytest.fixture
def url(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with cluster.database() as made:
        monkeypatch.setenv("SEALBREAK_DATABASE_URL", made)
        yield made


@pytest.fixture
def data(url: str, tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture(scope="module")
def servers(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """On one data folder, as the keys must be the same."""
    data = tmp_path_factory.mktemp("postgresql") / "data"
    with cluster.database() as made, pytest.MonkeyPatch.context() as environ:
        environ.setenv("SEALBREAK_DATABASE_URL", made)
        with running(data) as one, running(data) as two:
            yield one, two


@pytest.fixture(scope="module")
def sender(servers: tuple[Server, Server]) -> Sender:
    return servers[0].sender()


@contextmanager
def down(cluster: Cluster) -> Iterator[None]:
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


@contextmanager
def live(sender: Sender, after: int = 0) -> Iterator[ClientConnection]:
    """Past the hello."""
    address = f"{sender.url.replace('http', 'ws')}/api/v1/live?after={after}"
    bearer = {"Authorization": f"Bearer {sender.paired['token']}"}
    with connect(address, additional_headers=bearer) as socket:
        assert frame(socket)["type"] == "hello"
        yield socket


def frame(socket: ClientConnection) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(socket.recv(timeout=TIMEOUT_SECONDS))
    return body


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + TIMEOUT_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def status(server: Server, path: str) -> int:
    return httpx2.get(server.url + path, headers=PROXY, timeout=TIMEOUT_SECONDS).status_code


def assert_answers(server: Server, mail: Mail) -> None:
    """Two hits."""
    assert status(server, mail.pixel()) == 200
    assert status(server, mail.link(1, OFFER)) == 302
    assert status(server, "/healthz") == 200


def kept(mail: Mail, url: str) -> int:
    with psycopg.connect(url) as connection:
        query = "SELECT count(*) FROM hit WHERE message = %s"
        found = connection.execute(query, (mail.id,)).fetchone()
    return int(found[0]) if found else 0


def open_all(servers: Sequence[Server], mails: Sequence[Mail]) -> None:
    """The first open of each mail, at both servers at once."""

    def visit_one(at: int) -> None:
        assert visit(servers[at % 2], mails[at].pixel(), PROXY).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit_one, range(len(mails))))


def test_hits_at_two_servers_give_events_without_gaps(
    servers: tuple[Server, Server], sender: Sender
) -> None:
    mails = [sender.mail(sent_at=LONG_AGO) for _ in range(40)]
    first = len(sender.events())
    open_all(servers, mails)
    until(lambda: len(sender.events()) == first + 40)
    assert [event["number"] for event in sender.events()] == list(range(1, first + 41))
    assert [len(sender.message(mail)["hits"]) for mail in mails] == [1] * 40


def test_a_live_client_hears_of_what_the_other_server_wrote(
    servers: tuple[Server, Server], sender: Sender
) -> None:
    mail = sender.mail(sent_at=LONG_AGO)
    last = len(sender.events())
    with live(sender, last) as socket:
        visit(servers[1], mail.pixel(), PROXY)
        assert frame(socket)["event"]["message"]["id"] == mail.id
        headers = {"authorization": f"Bearer {sender.paired['token']}"}
        httpx2.post(f"{servers[1].url}/api/v1/read", json={"up_to": last + 1}, headers=headers)
        assert frame(socket) == {"type": "read", "up_to": last + 1}


def test_a_live_client_whose_device_a_command_revokes_is_cut_off(
    servers: tuple[Server, Server],
) -> None:
    other = servers[0].sender()
    with live(other) as socket:
        command(servers[0].data, "devices", "--revoke", other.paired["device"]["id"])
        with pytest.raises(ConnectionClosed):
            hear_all(socket)
        assert socket.close_code == REVOKED


def hear_all(socket: ClientConnection) -> None:
    while True:
        frame(socket)


@pytest.mark.parametrize("out", [down, Cluster.hung])
def test_hits_of_an_outage_are_told_when_it_is_over(
    out: Callable[[Cluster], AbstractContextManager[None]], cluster: Cluster, url: str, data: Path
) -> None:
    with running(data) as server:
        sender = server.sender()
        mail = sender.mail(sent_at=LONG_AGO)
        with live(sender) as socket:
            with out(cluster):
                assert status(server, "/readyz") == 503
                assert_answers(server, mail)
                assert sender.http.get("/messages", timeout=TIMEOUT_SECONDS).status_code == 503
                until(lambda: list((data / "spool").glob("*.jsonl")))
            assert hear(socket, sender)["message"]["id"] == mail.id
        assert status(server, "/readyz") == 200
        until(lambda: kept(mail, url) == 2)
        assert server.stop() == 0


def hear(socket: ClientConnection, sender: Sender) -> dict[str, Any]:
    """The next event, from this connection or, if it was sent away while it read, from another."""
    try:
        while (heard := frame(socket))["type"] != "event":
            pass
    except ConnectionClosed:
        assert socket.close_code == TRY_AGAIN
        until(lambda: sender.http.get("/messages").is_success)
        with live(sender) as again:
            return hear(again, sender)
    return dict(heard["event"])


def test_a_server_that_starts_before_its_database_needs_no_restart(
    cluster: Cluster, url: str, data: Path
) -> None:
    message, keyring = new_id(), load_or_make_keys(data / "keys")
    with ExitStack() as until_the_end:
        with down(cluster):
            server = until_the_end.enter_context(running(data))
            stranger = Mail(message, keyring.message_key("aaaabbbb", message), "aaaabbbb")
            assert_answers(server, stranger)
            assert status(server, "/readyz") == 503
        until(lambda: status(server, "/readyz") == 200)
        until(lambda: kept(stranger, url) == 2)
        assert server.sender().http.get("/messages").status_code == 200


def test_nothing_that_was_answered_is_lost_by_kills_under_load(data: Path) -> None:
    tally = crash.run(data, kills=1)
    assert len(tally.answered) > len(tally.opened) > 0


def test_a_backup_names_the_tools_of_postgresql(data: Path) -> None:
    done = command(data, "backup", str(data.with_name("copy")))
    assert done.returncode == 1
    assert "pg_dump" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_to_back_up_and_when_the_database_is_down(
    cluster: Cluster, data: Path
) -> None:
    assert "pg_dump" in command(data, "doctor").stdout
    with down(cluster):
        done = command(data, "doctor")
    assert done.returncode == 1
    assert "problem      database    The database answered:" in done.stdout
