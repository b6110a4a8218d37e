"""Limits for clients, addresses and devices. Pixels and links are always answered."""

import asyncio
import json
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.security.rate_limit import RateBucket
from support.desktop.processes import eventually
from support.server.process import GMAIL, Mail, Sender, Server, running
from support.server.stranger import join, token_of
from support.server.wire import ask, bearer, connection, exchange, read_answer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

OFFER = "https://example.com/offer"
STRANGER = ("X-Forwarded-For", "93.184.216.34")


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann") as sender:
        yield sender


# Sizes


def test_a_body_may_have_two_megabytes(ann: Sender) -> None:
    longest = b'{"count":1' + b" " * (2 * 1024 * 1024 - 11) + b"}"
    headers = [bearer(token_of(ann)), ("Content-Type", "application/json")]
    assert ask(ann.url, "POST", "/api/v1/ids", headers, longest).status == 200
    assert ask(ann.url, "POST", "/api/v1/ids", headers, longest + b" ").status == 413


def test_a_too_long_content_length_is_refused_at_once(ann: Sender) -> None:
    head = (
        f"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token_of(ann)}\r\n"
        "Content-Type: application/json\r\nContent-Length: 999999999\r\n\r\n"
    )
    with connection(ann.url) as there:
        there.sendall(head.encode())
        there.settimeout(3)
        assert read_answer(there, "POST").status == 413


def test_headers_beyond_32_kilobytes_are_refused(server: Server) -> None:
    for count, size, status in ((1, 30_000, 200), (1, 40_000, 431), (1000, 40, 431)):
        headers = [(f"X-{n}", "a" * size) for n in range(count)]
        assert ask(server.url, "GET", "/healthz", headers).status == status


def test_an_endless_header_is_cut_off(server: Server) -> None:
    with connection(server.url) as there:
        there.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ")
        there.settimeout(3)
        with pytest.raises(ConnectionError):
            there.sendall(b"a" * 100_000_000)


# Time


SMALL = """
import sys
from sealbreak_server.web import auth
from sealbreak_server.web.middleware import throttle
from sealbreak_server.web.uvicorn import http
http.HEAD_SECONDS = http.BODY_SECONDS = 1.0
auth.BURST = throttle.BURST = 20
auth.SECONDS_EACH = throttle.SECONDS_EACH = 60.0
from sealbreak_server.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits only one second and allows only twenty requests at once."""
    program = (sys.executable, "-W", "error", "-c", SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support.server.process.PROGRAM", program)
        with running(tmp_path_factory.mktemp("small") / "data") as server:
            yield server


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST /api/v1/pair HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /healthz HTTP/1.1\r\nX: ",
        b"GET /api/v1/live HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n" + UPGRADE,
    ],
    ids=["nothing", "headers", "body", "second request", "body of a handshake"],
)
def test_a_client_that_sends_too_slowly_is_cut_off(impatient: Server, start: bytes) -> None:
    began = time.monotonic()
    with connection(impatient.url) as there:
        there.sendall(start)
        there.settimeout(0.2)
        while time.monotonic() < began + 6 and not is_closed(there):
            if start:
                send_one_byte(there)
    assert time.monotonic() < began + 4


@pytest.mark.parametrize("body", [b"", b"Content-Length: 2\r\n"], ids=["no body", "a body"])
def test_an_empty_line_after_a_response_does_not_keep_the_connection(
    impatient: Server, body: bytes
) -> None:
    """With a body, the two bytes belong to it and come too late."""
    with connection(impatient.url) as there:
        there.sendall(b"GET /o/x/y.gif HTTP/1.1\r\nHost: a\r\n" + body + b"\r\n")
        assert read_answer(there).status == 200
        there.sendall(b"\r\n")
        there.settimeout(4)
        assert there.recv(65_536) == b""


def test_a_request_after_an_empty_line_is_answered(impatient: Server) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    with connection(impatient.url) as there:
        for _ in range(3):
            there.sendall(request + b"\r\n")
            assert read_answer(there).status == 200
        time.sleep(0.5)
        there.sendall(request)
        assert read_answer(there).status == 200
        there.settimeout(1.5)
        with pytest.raises(TimeoutError):
            there.recv(65_536)


def is_closed(there: socket.socket) -> bool:
    try:
        return not there.recv(65_536)
    except TimeoutError:
        return False
    except OSError:
        return True


def send_one_byte(there: socket.socket) -> None:
    try:
        there.sendall(b"a")
    except OSError:
        return


def test_slow_clients_do_not_delay_others(server: Server) -> None:
    slow = [connection(server.url) for _ in range(300)]
    try:
        for there in slow:
            there.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        began = time.monotonic()
        assert ask(server.url, "GET", "/healthz").status == 200
        assert time.monotonic() - began < 1
    finally:
        for there in slow:
            there.close()


def test_a_live_connection_has_no_request_deadline(impatient: Server) -> None:
    async def follow(ann: Sender) -> None:
        url = f"ws{impatient.url.removeprefix('http')}/api/v1/live"
        headers = dict([bearer(token_of(ann))])
        async with connect(url, additional_headers=headers, proxy=None) as there:
            await there.recv()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(there.recv(), 2.5)

    with join(impatient, "Ann") as ann:
        asyncio.run(follow(ann))


def test_a_live_connection_after_a_response_has_no_request_deadline(impatient: Server) -> None:
    with connection(impatient.url) as there:
        there.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        assert read_answer(there).status == 200
        there.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: a\r\n" + UPGRADE)
        assert there.recv(65_536).startswith(b"HTTP/1.1 101 ")
        there.settimeout(2.5)
        with pytest.raises(TimeoutError):
            there.recv(65_536)


# Counts


def test_a_bucket_allows_its_capacity_and_then_its_rate() -> None:
    bucket = RateBucket(capacity=3, seconds=2.0)
    assert [bucket.wait("a", 10.0) for _ in range(4)] == [0, 0, 0, 2.0]
    assert bucket.wait("b", 10.0) == 0
    assert bucket.wait("a", 12.0) == 0
    assert bucket.wait("a", 12.0) == 2.0


def test_pages_and_api_are_rate_limited_and_pixels_and_links_are_not(
    impatient: Server,
) -> None:
    with (
        join(impatient, "Ann") as ann,
        httpx2.Client(base_url=impatient.url, headers=dict([STRANGER])) as stranger,
    ):
        mail = ann.mail()
        assert {stranger.get("/api/v1/messages").status_code for _ in range(60)} == {401, 429}
        for path in ("/history", "/api/v1/messages", "/readyz", mail.page()):
            slowed = stranger.get(path)
            assert slowed.status_code == 429
            assert int(slowed.headers["retry-after"]) >= 1
        for path, status in ((mail.pixel(), 200), (mail.link(1, OFFER), 302)):
            assert {stranger.get(path, headers=GMAIL).status_code for _ in range(60)} == {status}
        assert ann.http.get("/messages").status_code == 200


def test_many_pixels_at_once_from_one_proxy_are_all_answered_and_stored(server: Server) -> None:
    async def fetch(path: str) -> set[int]:
        headers = {**GMAIL, "x-forwarded-for": "66.249.84.1"}
        async with httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=30) as client:
            answers = await asyncio.gather(*(client.get(path) for _ in range(900)))
            return {answer.status_code for answer in answers}

    with join(server, "Ann") as ann:
        mail = ann.mail()
        assert asyncio.run(fetch(mail.pixel())) == {200}
    eventually(lambda: len(addresses(server, mail)) == 900)


def test_a_device_is_rate_limited_on_its_own(impatient: Server) -> None:
    with join(impatient, "Ann") as greedy, join(impatient, "Ann") as other:
        assert {greedy.http.get("/events").status_code for _ in range(60)} == {200, 429}
        assert int(greedy.http.get("/events").headers["retry-after"]) >= 1
        assert other.http.get("/events").status_code == 200


def live(server: Server) -> str:
    return f"ws{server.url.removeprefix('http')}/api/v1/live"


def test_live_connections_of_a_device_are_limited(server: Server, ann: Sender) -> None:
    async def crowd() -> int:
        headers = dict([bearer(token_of(ann))])
        async with AsyncExitStack() as stack:
            for count in range(200):
                there = connect(live(server), additional_headers=headers, proxy=None)
                try:
                    await (await stack.enter_async_context(there)).recv()
                except InvalidStatus:
                    return count
        return 200

    count = asyncio.run(crowd())
    assert 4 <= count < 200
    assert asyncio.run(crowd()) == count


def test_connections_without_a_token_are_limited(server: Server) -> None:
    async def crowd() -> int:
        async with AsyncExitStack() as stack:
            waiting = dict([STRANGER])
            for _ in range(60):
                there = connect(live(server), proxy=None, additional_headers=waiting)
                last = await stack.enter_async_context(there)
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(last.recv(), 3)
            return closed.value.rcvd.code if closed.value.rcvd else 0

    assert asyncio.run(crowd()) == 1013


def test_a_frame_of_many_kilobytes_ends_the_live_connection(server: Server) -> None:
    async def shout() -> int:
        async with connect(live(server), proxy=None) as there:
            await there.send("a" * 200_000)
            with pytest.raises(ConnectionClosed) as closed:
                await there.recv()
            return closed.value.rcvd.code if closed.value.rcvd else 0

    assert asyncio.run(shout()) in {1009, 4401}


# Addresses


FORGED = [
    ("X-Forwarded-For", "192.0.2.1"),
    ("X-Forwarded-For", "192.0.2.1, 192.0.2.2"),
    ("Forwarded", "for=192.0.2.1"),
    ("X-Real-IP", "192.0.2.1"),
    ("CF-Connecting-IP", "192.0.2.1"),
    ("True-Client-IP", "192.0.2.1"),
    ("X-Client-IP", "192.0.2.1"),
]


def addresses_of(server: Server, ann: Sender, headers: list[tuple[str, str]]) -> list[str]:
    mail = ann.mail()
    ask(server.url, "GET", mail.pixel(), headers)
    return addresses(server, mail)


def addresses(server: Server, mail: Mail) -> list[str]:
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database:
        rows = database.execute("SELECT address FROM hit WHERE message = ?", (mail.id,))
        return [address for (address,) in rows]


def test_without_trusted_proxies_no_header_changes_the_address(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--trusted-proxies", "") as bare, join(bare, "Ann") as ann:
        for header in FORGED:
            assert addresses_of(bare, ann, [header]) == ["127.0.0.1"], header


@pytest.mark.parametrize("header", FORGED[2:])
def test_only_x_forwarded_for_of_a_trusted_proxy_is_used(
    server: Server, ann: Sender, header: tuple[str, str]
) -> None:
    assert addresses_of(server, ann, [STRANGER, header]) == [STRANGER[1]]
    assert addresses_of(server, ann, [header]) == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        (["192.0.2.1, 93.184.216.34"], "93.184.216.34"),
        (["192.0.2.1", "93.184.216.34"], "93.184.216.34"),
        (["93.184.216.34", "192.0.2.1"], "192.0.2.1"),
        (["192.0.2.1, 93.184.216.34, 127.0.0.2"], "93.184.216.34"),
        (["93.184.216.34, garbage"], "127.0.0.1"),
        (["93.184.216.34, <script>"], "127.0.0.1"),
        (["93.184.216.34,"], "127.0.0.1"),
        (["93.184.216.34, \xff"], "127.0.0.1"),
        (["93.184.216.34:4711"], "93.184.216.34"),
        (["[2001:db8::1]:4711"], "2001:db8::1"),
        (["::ffff:93.184.216.34"], "93.184.216.34"),
        (["::ffff:5db8:d822"], "93.184.216.34"),
        (["2001:DB8:0:0:0:0:0:1"], "2001:db8::1"),
        (["127.0.0.1, 127.0.0.1"], "127.0.0.1"),
        ([", ".join(["192.0.2.1"] * 1500 + ["93.184.216.34"])], "93.184.216.34"),
        (["١٩٢.0.2.1".encode().decode("latin-1")], "127.0.0.1"),
        (["0x7f.1"], "127.0.0.1"),
    ],
)  # fmt: skip
def test_the_address_is_the_one_that_the_last_trusted_proxy_saw(
    server: Server, ann: Sender, lines: list[str], address: str
) -> None:
    headers = [("X-Forwarded-For", line) for line in lines]
    assert addresses_of(server, ann, headers) == [address]


CHUNKED = (
    "Host: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
    "X-Forwarded-For: 93.184.216.34\r\n"
)


def test_a_trailer_cannot_forge_the_address(server: Server, ann: Sender) -> None:
    mail, forged = ann.mail(), "X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n"
    request = f"GET {mail.pixel()} HTTP/1.1\r\n{CHUNKED}\r\n0\r\n{forged}\r\n"
    assert exchange(server.url, request.encode()).status == 200
    assert addresses(server, mail) == ["93.184.216.34"]


def test_a_trailer_cannot_evade_the_limit_on_codes(server: Server) -> None:
    head = f"POST /api/v1/pair HTTP/1.1\r\n{CHUNKED}Content-Type: application/json\r\n\r\n"
    body = b'{"code":"AAAA-AAAA","name":"a","kind":"api"}'

    def guess(n: int) -> int:
        chunks = b"%x\r\n%b\r\n0\r\nX-Forwarded-For: 192.0.2.%d\r\n\r\n" % (len(body), body, n)
        return exchange(server.url, head.encode() + chunks, "POST").status

    assert [guess(n) for n in range(30)].count(403) <= 11


def test_no_response_contains_the_address_of_the_client(server: Server) -> None:
    answer = ask(server.url, "GET", "/api/v1/messages", [STRANGER])
    assert STRANGER[1] not in json.dumps([answer.headers, answer.text])
