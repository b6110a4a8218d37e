"""The files in `server/deploy`, each run by its own program in front of a real server."""

import json
import sqlite3
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from support.desktop.certificate import make_certificate
from support.server.doctor import examine, of, worst
from support.server.process import READER, Mail, Sender, Server, running
from support.server.proxies import FILES, deployed
from websockets.sync.client import connect

LONG_TARGET = "https://example.com/?q=" + "é" * 3900
"""Quoted it has three times its 7.8 KB of UTF-8: about as long as a wrapped link can be."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    pem = make_certificate(tmp_path_factory.mktemp("certificate"))
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("SSL_CERT_FILE", str(pem))
        environ.setattr("sealbreak_server.checks.public_address.LIVE_SECONDS", 0.5)
        yield pem


@pytest.fixture(scope="module", params=FILES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    return tmp_path_factory.mktemp(name)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with running(folder / "data") as started:
        yield started


@pytest.fixture(scope="module")
def sender(server: Server) -> Sender:
    return server.sender()


@pytest.fixture(scope="module")
def url(name: str, folder: Path, certificate: Path, server: Server) -> Iterator[str]:
    with deployed(name, folder / "proxy", certificate, server.url) as address:
        yield address


@pytest.fixture(scope="module")
def client(url: str, certificate: Path) -> Iterator[httpx2.Client]:
    context = ssl.create_default_context(cafile=certificate)
    with httpx2.Client(base_url=url, verify=context, headers=READER) as opened:
        yield opened


def test_doctor_finds_it_right(server: Server, url: str, sender: Sender) -> None:
    code, found = examine(server, url)
    assert (code, worst(found)) == (0, [])
    assert [of(found, topic)[0][0] for topic in ("readers", "pixels", "live")] == ["ok"] * 3


def test_pixels_and_links_come_over_http2_as_the_server_sent_them(
    url: str, certificate: Path, sender: Sender
) -> None:
    mail = sender.mail()
    curl = ["curl", "--silent", "--http2", "--cacert", str(certificate), "--dump-header", "-"]
    pixel = subprocess.run([*curl, url + mail.pixel()], capture_output=True, check=True).stdout
    head, _, body = pixel.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/2 200")
    assert b"no-store" in head
    assert (body[:6], len(body)) == (b"GIF89a", 43)
    link = url + mail.link2(1, "https://example.com/offer")
    head = subprocess.run([*curl, link], capture_output=True, check=True).stdout
    assert head.startswith(b"HTTP/2 302")
    assert b"location: https://example.com/offer\r\n" in head


def test_a_device_pairs_and_a_mail_is_registered(client: httpx2.Client, server: Server) -> None:
    paired = client.post("/api/v1/pair", json={"code": server.code(), "name": "x", "kind": "api"})
    assert paired.status_code == 201
    headers = {"authorization": f"Bearer {paired.json()['token']}"}
    assert client.post("/api/v1/ids", json={"count": 1}, headers=headers).status_code == 200


def test_events_come_over_the_live_connection(
    client: httpx2.Client, url: str, certificate: Path, sender: Sender
) -> None:
    mail = sender.mail()
    token = {"authorization": f"Bearer {sender.paired['token']}"}
    context = ssl.create_default_context(cafile=certificate)
    address = f"wss{url.removeprefix('https')}/api/v1/live?after=0"
    with connect(address, ssl=context, additional_headers=token, proxy=None) as live:
        assert json.loads(live.recv(5))["type"] == "hello"
        client.get(mail.link2(1, "https://example.com/offer"))
        frames = iter(lambda: json.loads(live.recv(15)), None)
        event = next(frame for frame in frames if frame["type"] == "event")
    assert event["event"]["message"]["id"] == mail.id


def test_the_readers_address_is_the_sockets_and_no_lie_is_believed(
    client: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    lies = {"x-forwarded-for": "203.0.113.7", "forwarded": "for=203.0.113.7"}
    assert client.get(mail.pixel(), headers=lies).status_code == 200
    sender.wait_for_counts(mail, opens=1)
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database:
        rows = database.execute("SELECT address FROM hit WHERE message = ?", (mail.id,)).fetchall()
    assert rows == [("127.0.0.1",)]


def test_each_request_for_a_pixel_reaches_the_server(client: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail()
    for agent in ("Opera/9.80", "Thunderbird/128.0"):
        client.get(mail.pixel(), headers={"user-agent": agent})
    assert sum(1 for _ in hits_of(sender, mail, 2)) == 2


def hits_of(sender: Sender, mail: Mail, number: int) -> Iterator[object]:
    sender.wait_for_counts(mail, opens=number)
    yield from sender.message(mail)["hits"]


def test_the_longest_links_are_followed(client: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail(links=[{"n": 1, "url": LONG_TARGET, "hidden": False}])
    link = mail.link2(1, LONG_TARGET)
    assert len(link) > 23_000
    answer = client.get(link, follow_redirects=False)
    assert (answer.status_code, len(answer.headers["location"]) > 23_000) == (302, True)


def test_no_token_is_in_any_log_even_while_the_server_is_down(
    client: httpx2.Client, server: Server, sender: Sender, folder: Path
) -> None:
    """The last test of the module: it stops the server."""
    mail = sender.mail()
    paths = (mail.pixel(), mail.link2(1, "https://example.com/offer"), mail.page())
    assert statuses(client, paths) == [200, 302, 200]
    server.stop()
    assert set(statuses(client, paths)) <= {502, 503}
    logs = [path for path in folder.rglob("*") if path.suffix == ".log"]
    assert len(logs) >= 2
    for path in logs:
        assert mail.token().encode() not in path.read_bytes()


def statuses(client: httpx2.Client, paths: Sequence[str]) -> list[int]:
    """Asked for all at once, as Caddy waits some seconds for a server that is down."""
    with ThreadPoolExecutor() as threads:
        return list(threads.map(lambda path: client.get(path, timeout=30).status_code, paths))
