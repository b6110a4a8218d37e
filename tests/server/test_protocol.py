import socket
from urllib.parse import urlsplit

import httpx2
from harness_server import Server


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def sent_until_cut(server: Server, start: bytes, piece: bytes) -> int:
    """How many bytes the server took before it hung up."""
    sent = 0
    with connected(server) as stream:
        stream.sendall(start)
        try:
            while sent < 50_000_000:
                sent += stream.send(piece)
        except OSError:
            return sent
    return sent


def test_headers_without_end_are_cut_off(server: Server) -> None:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
    assert sent_until_cut(server, start, b"X-A: " + b"a" * 60_000 + b"\r\n") < 10_000_000


def test_one_header_without_end_is_cut_off(server: Server) -> None:
    start = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: "
    assert sent_until_cut(server, start, b"a" * 60_000) < 10_000_000


def test_an_address_without_end_is_cut_off(server: Server) -> None:
    assert sent_until_cut(server, b"GET /", b"a" * 60_000) < 10_000_000


def test_headers_that_are_long_are_refused(server: Server) -> None:
    answer = httpx2.get(f"{server.url}/healthz", headers={"x-long": "a" * 40_000})
    assert answer.status_code == 431


def test_an_address_that_is_long_is_refused(server: Server) -> None:
    assert httpx2.get(f"{server.url}/healthz?{'a' * 40_000}").status_code == 414


def test_many_requests_on_one_connection_are_answered(server: Server) -> None:
    with httpx2.Client(base_url=server.url, headers={"x-long": "a" * 9000}) as client:
        assert [client.get("/healthz").status_code for _ in range(20)] == [200] * 20
