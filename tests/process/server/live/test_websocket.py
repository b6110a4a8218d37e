"""Limits on WebSocket frames before authentication and while a client reads nothing."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from support.server.process import Server

HANDSHAKE = (
    b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
TEXT, PING, UNFINISHED, MORE = 0x81, 0x89, 0x01, 0x00
SECONDS = 8
"""Shorter than the time limit for the first frame."""


def frame(kind: int, payload: bytes = b"") -> bytes:
    """A client frame. Its mask is zero, which changes nothing."""
    return bytes([kind, 0x80 | len(payload)]) + bytes(4) + payload


def live(server: Server) -> socket.socket:
    """An open connection without a token, with small buffers and without delay in sending."""
    url, there = urlsplit(server.url), socket.socket()
    there.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    there.settimeout(SECONDS)
    there.connect((url.hostname, url.port))
    there.sendall(HANDSHAKE)
    assert there.recv(12) == b"HTTP/1.1 101"
    return there


def is_cut_off(there: socket.socket, piece: bytes, pause: float = 0.0) -> bool:
    """Whether the server closes the connection while the client sends `piece` and reads nothing."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            there.sendall(piece)
        except ConnectionError:
            return True
        time.sleep(pause)
    return False


PINGS = pytest.param(b"", frame(PING, b"x" * 125), id="pings")
MESSAGES = pytest.param(b"", frame(TEXT), id="messages")
PARTS = pytest.param(frame(UNFINISHED), frame(MORE), id="parts of a message")


@pytest.mark.parametrize(("start", "again"), [PINGS, MESSAGES, PARTS])
def test_endless_frames_are_cut_off(server: Server, start: bytes, again: bytes) -> None:
    with live(server) as there:
        there.sendall(start)
        assert is_cut_off(there, again * 4000)


@pytest.mark.parametrize(("start", "again"), [PINGS, PARTS])
def test_endless_frames_in_small_pieces_are_cut_off(
    server: Server, start: bytes, again: bytes
) -> None:
    with live(server) as there:
        there.sendall(start)
        assert is_cut_off(there, again * 20, pause=0.001)


def test_a_client_that_reads_its_pongs_may_continue_to_ping(server: Server) -> None:
    with live(server) as there:
        reader = there.makefile("rb")
        while reader.readline() != b"\r\n":
            pass
        for number in range(1000):
            there.sendall(frame(PING, b"%03d" % number))
            assert reader.read(5) == b"\x8a\x03%03d" % number
