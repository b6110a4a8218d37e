import re
import socket
import struct
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx2
import pytest
from bench.server_ground import memory
from support.server import process
from support.server.process import Sender, Server, running


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def sent_until_cut(server: Server, start: bytes, piece: bytes) -> int:
    """The number of bytes that the server read before it closed the connection."""
    sent = 0
    with connected(server) as stream:
        stream.sendall(start)
        try:
            while sent < 50_000_000:
                sent += stream.send(piece)
        except OSError:
            return sent
    return sent


def test_endless_headers_are_cut_off(server: Server) -> None:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    assert sent_until_cut(server, start, b"X-A: " + b"a" * 60_000 + b"\r\n") < 10_000_000


def test_one_endless_header_is_cut_off(server: Server) -> None:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: "
    assert sent_until_cut(server, start, b"a" * 60_000) < 10_000_000


def test_an_endless_address_is_cut_off(server: Server) -> None:
    assert sent_until_cut(server, b"GET /", b"a" * 60_000) < 10_000_000


@pytest.mark.parametrize("piece", [b"a:b\r\n" * 12_000, b"a" * 60_000], ids=["many", "one"])
def test_endless_trailers_are_cut_off(server: Server, piece: bytes) -> None:
    start = (
        b"POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    )
    assert sent_until_cut(server, start, piece) < 10_000_000


def test_long_headers_are_refused(server: Server) -> None:
    answer = httpx2.get(f"{server.url}/healthz", headers={"x-long": "a" * 40_000})
    assert answer.status_code == 431


def test_a_long_address_is_refused(server: Server) -> None:
    assert httpx2.get(f"{server.url}/healthz?{'a' * 40_000}").status_code == 414


def test_many_requests_on_one_connection_are_answered(server: Server) -> None:
    with httpx2.Client(base_url=server.url, headers={"x-long": "a" * 9000}) as client:
        assert [client.get("/healthz").status_code for _ in range(20)] == [200] * 20


def asked(server: Server, *requests: str) -> bytes:
    """The whole response to requests sent at once. The last one must close the connection."""
    with connected(server) as stream:
        stream.sendall("".join(f"{request}\r\nHost: x\r\n\r\n" for request in requests).encode())
        return b"".join(iter(lambda: stream.recv(65_536), b""))


PIXEL = "GET /o/x/y.gif HTTP/1.1"
CLOSING = f"{PIXEL}\r\nConnection: close"


def test_pipelined_pixels_are_answered_one_after_the_other(server: Server) -> None:
    answers = asked(server, *[PIXEL] * 4, CLOSING).split(b"HTTP/1.1 200 OK")
    assert [answer.count(b"GIF89a") for answer in answers] == [0, 1, 1, 1, 1, 1]


def test_a_pixel_is_the_same_whether_the_connection_is_kept_or_not(server: Server) -> None:
    with connected(server) as stream:
        stream.sendall(f"{PIXEL}\r\nHost: x\r\n\r\n".encode())
        kept = stream.recv(65_536).splitlines()
    closed = asked(server, CLOSING).splitlines()
    assert [line for line in closed if line != b"connection: close"][2:] == kept[2:]


def test_a_pixel_without_its_body_has_the_same_head(server: Server) -> None:
    head = asked(server, CLOSING.replace("GET", "HEAD"))
    assert asked(server, CLOSING).startswith(head[:15])
    assert head.endswith(b"\r\n\r\n")
    assert b"content-length: 43\r\n" in head


def test_an_old_client_gets_the_pixel_and_the_end_of_the_connection(server: Server) -> None:
    assert asked(server, PIXEL.replace("1.1", "1.0")).count(b"GIF89a") == 1


HANDSHAKE = (
    "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?" + "a" * 10_000, ""), ("", f"X: {'a' * 10_000}\r\n"), ("", "X: a\r\n" * 200)],
    ids=["an address", "a header", "many headers"],
)
def test_a_long_handshake_is_refused(server: Server, query: str, headers: str) -> None:
    with connected(server) as stream:
        path = f"/api/v1/live{query}"
        stream.sendall(f"GET {path} HTTP/1.1\r\n{HANDSHAKE}{headers}\r\n".encode())
        answer = b"".join(iter(lambda: stream.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 431 ")


def test_many_pipelined_pixels_after_another_request_are_answered_in_order(
    server: Server,
) -> None:
    """Each response starts the next request. A direct call would overflow the stack."""
    answers = asked(server, "GET /healthz HTTP/1.1", *[PIXEL] * 1000, CLOSING)
    assert answers.count(b"HTTP/1.1 200 OK") == 1002
    assert answers.count(b"GIF89a") == 1001
    assert "Traceback" not in server.log.read_text()


def test_many_pipelined_requests_of_every_kind_are_answered_in_order(server: Server) -> None:
    guess = '{"code":"AAAA-AAAA","name":"a","kind":"api","more":"' + "a" * 100_000 + '"}'
    post = (
        "POST /api/v1/pair HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 93.184.216.36\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(guess)}\r\n\r\n{guess}"
    )
    rows = "".join(f"{line}\r\nHost: x\r\n\r\n" for line in [PIXEL, "GET /healthz HTTP/1.1"] * 150)
    last = f"{CLOSING}\r\nHost: x\r\n\r\n"
    with connected(server) as stream:
        stream.sendall(f"{rows}{post}{rows}{last}".encode())
        answers = b"".join(iter(lambda: stream.recv(65_536), b""))
    status = [int(code) for code in re.findall(rb"HTTP/1.1 (\d+)", answers)]
    assert status == [200] * 300 + [403] + [200] * 301


def test_bytes_after_an_unsupported_upgrade_are_not_parsed(server: Server) -> None:
    other = f"{PIXEL}\r\nUpgrade: h2c\r\nConnection: Upgrade"
    assert asked(server, other, *[PIXEL] * 200).count(b"HTTP/1.1 ") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of another process")
def test_pipelines_of_clients_that_read_nothing_take_little_memory(server: Server) -> None:
    row = b"GET /static/style.css HTTP/1.1\r\nHost: x\r\n\r\n" * 1800
    before = memory(server)
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(connected(server)).sendall(row)
        assert httpx2.get(f"{server.url}/healthz", timeout=30).status_code == 200
        time.sleep(1)
        assert memory(server) - before < 60


HOST = "Host: x\r\n"


def answers_to(server: Server, request: str) -> str:
    with connected(server) as stream:
        stream.sendall(request.encode("latin-1"))
        return b"".join(iter(lambda: stream.recv(65_536), b"")).decode("latin-1").lower()


@pytest.mark.parametrize("start", ["/o/x/y.gif", "/l/x/y/1", "/l/x/y/1/z?to=a", "/o/", "/l/"])
@pytest.mark.parametrize(
    ("method", "headers", "end"),
    [
        ("GET", HOST, ""),
        ("HEAD", HOST, ""),
        ("POST", HOST, ""),
        ("GET", f"{HOST}{HOST}", ""),
        ("GET", "", ""),
        ("GET", f"{HOST}Bad Name: x\r\n", ""),
        ("GET", f"{HOST}X: {'a' * 70_000}\r\n", ""),
        ("GET", HANDSHAKE.replace("13", "12"), "upgrade"),
        ("GET", HANDSHAKE, "upgrade"),
    ],
    ids=["plain", "head", "method", "two hosts", "no host", "bad", "long", "upgrade", "handshake"],
)
def test_no_cache_may_store_an_answer_to_a_pixel_or_link(
    server: Server, start: str, method: str, headers: str, end: str
) -> None:
    closing = "" if end else "Connection: close\r\n"
    answer = answers_to(server, f"{method} {start} HTTP/1.1\r\n{headers}{closing}\r\n")
    assert answer.startswith("http/1.1 ")
    assert re.search(r"\r\ncache-control: no-store[,\r]", answer), answer


@pytest.mark.parametrize("path", ["/healthz", "/o/x/y.gif", "/l/x/y/1"])
@pytest.mark.parametrize(
    ("version", "hosts", "is_refused"),
    [("1.1", 0, True), ("1.1", 1, False), ("1.1", 2, True), ("1.0", 0, False), ("1.0", 2, True)],
)
def test_a_request_names_one_host(
    server: Server, path: str, version: str, hosts: int, is_refused: bool
) -> None:
    headers = HOST * hosts + "Connection: close\r\n"
    answer = answers_to(server, f"GET {path} HTTP/{version}\r\n{headers}\r\n")
    assert answer.startswith("http/1.1 400 ") is is_refused, answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_pixels_and_links_are_only_read(server: Server, sender: Sender, method: str) -> None:
    mail = sender.mail()
    for path in (mail.pixel(), mail.link2(1, "https://example.com/")):
        answer = httpx2.request(method, server.url + path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert sender.message(mail)["hits"] == []


def test_a_pixel_that_is_asked_for_with_an_upgrade_is_a_pixel(
    server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    answer = answers_to(server, f"GET {mail.pixel()} HTTP/1.1\r\n{HANDSHAKE}\r\n")
    assert answer.startswith("http/1.1 200 ")
    assert answer.count("gif89a") == 1
    sender.wait_for_hits(mail, 1)


def frame(text: bytes) -> bytes:
    """A text frame as clients send it: masked, with zeros."""
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


def test_bad_frames_write_one_line(tmp_path: Path) -> None:
    masked = bytes(4)
    bad = [
        frame(b"\xff"), frame(b"[]"), b"\x81\x01a",
        *(start + masked for start in (b"\xf1\x80", b"\x83\x80", b"\x80\x80")),
        b"\x88\x81" + masked + b"a",
    ]  # fmt: skip
    with running(tmp_path / "data") as server:
        before = server.log.read_text()
        for sent in bad * 3:
            with connected(server) as stream:
                stream.sendall(f"GET /api/v1/live HTTP/1.1\r\n{HANDSHAKE}\r\n".encode())
                assert stream.recv(4096).startswith(b"HTTP/1.1 101 ")
                stream.sendall(sent)
                assert stream.recv(4096).startswith(b"\x88")
        assert httpx2.get(f"{server.url}/healthz").status_code == 200
        written = server.log.read_text().removeprefix(before)
    assert "Invalid UTF-8" in written
    assert written.count("\n") == 1, written


@pytest.mark.skipif(sys.platform != "linux", reason="needs the limits of another process")
def test_pixels_work_while_strangers_use_up_the_open_files(tmp_path: Path) -> None:
    narrow = ("prlimit", "--nofile=128:128", sys.executable, "-W", "error", "-m")
    narrowed = patch.object(process, "PROGRAM", (*narrow, "sealbreak_server"))
    with narrowed, running(tmp_path / "data") as server, ExitStack() as stack:
        sender = server.sender()
        mail = sender.mail()
        for _ in range(300):
            stack.enter_context(connected(server))
        for _ in range(5):
            assert answers_to(server, f"GET {mail.pixel()} HTTP/1.0\r\n\r\n").count("gif89a") == 1
        sender.wait_for_hits(mail, 5)
        assert "as many as the limit on open files allows" in server.log.read_text()


def test_a_client_that_leaves_a_long_pipeline_causes_no_log_entry(server: Server) -> None:
    row = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 150
    for _ in range(4):
        with connected(server) as there:
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            there.sendall(row)
            time.sleep(0.1)
    assert httpx2.get(f"{server.url}/healthz").status_code == 200
    assert "unexpected error" not in server.log.read_text()
