"""Requests as a stranger may write them: byte by byte, over a socket of their own."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20.0
SecurityHeadersMiddleware = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    """In the order and case of the wire."""
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    def without_date(self) -> "Answer":
        kept = tuple(pair for pair in self.headers if pair[0].lower() != "date")
        return Answer(self.status, kept, self.body)


def connection(address: str) -> socket.socket:
    url = urlsplit(address)
    return socket.create_connection((url.hostname or "", url.port or 80), TIMEOUT_SECONDS)


def ask(
    address: str,
    method: str,
    target: str,
    headers: SecurityHeadersMiddleware = (),
    body: bytes = b"",
) -> Answer:
    """`target` goes out as it is, in Latin-1; so do the headers."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {urlsplit(address).netloc}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return exchange(address, "\r\n".join(lines).encode("latin-1") + body, method)


def exchange(address: str, request: bytes, method: str = "GET") -> Answer:
    with connection(address) as there:
        there.sendall(request)
        return read_answer(there, method)


def read_answer(there: socket.socket, method: str = "GET") -> Answer:
    with HTTPResponse(there, method=method) as response:
        response.begin()
        return Answer(response.status, tuple(response.getheaders()), response.read())


def bearer(token: str) -> tuple[str, str]:
    return ("Authorization", f"Bearer {token}")
