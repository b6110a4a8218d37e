"""Names, and requests to one address, with no proxy of the environment and no redirect followed."""

import http.client
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from sealbreak_server.checks.judgements.address import Look, Resolved
from sealbreak_server.checks.judgements.answers import (
    Answer,
    Failed,
    Failure,
    Response,
    read_answer,
)
from sealbreak_server.checks.judgements.traffic import Live
from sealbreak_server.security.nonces import Nonce

ANSWER_SECONDS = 5.0
MAX_BODY = 64 * 1024
DAY = 24 * 3600
_FAILURES: tuple[tuple[type[Exception], Failure], ...] = (
    (ssl.SSLCertVerificationError, Failure.CERTIFICATE),
    (ssl.SSLError, Failure.NOT_TLS),
    (ConnectionRefusedError, Failure.REFUSED),
    (TimeoutError, Failure.SILENT),
    (ConnectionError, Failure.BROKEN),
    (http.client.HTTPException, Failure.BROKEN),
    (OSError, Failure.NO_ROUTE),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A web address, and the machine that is asked."""

    url: str
    """Without a slash at the end."""
    address: str

    @property
    def host(self) -> str:
        """As it stands in a request."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def port(self) -> int:
        parts = urlsplit(self.url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    def path(self, rest: str) -> str:
        return f"{urlsplit(self.url).path}/{rest}"


def resolve(public_url: str) -> Resolved:
    host = urlsplit(public_url).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        is_temporary = error.errno == socket.EAI_AGAIN
        return Resolved(host, (), error.strerror or str(error), is_temporary)
    except UnicodeError as error:
        return Resolved(host, (), str(error))
    return Resolved(host, list(dict.fromkeys(str(place[4][0]) for place in found)))


def look(target: Target, nonce: Nonce, headers: dict[str, str] | None = None) -> Look:
    """Asks for the answer to a nonce."""
    is_own = _is_own(target.address)
    try:
        with _connected(target) as connected:
            response = _get(connected, target, f"check/{nonce.text}", headers)
            own_address, days = connected.getsockname()[0], _days_left(connected)
    except (OSError, http.client.HTTPException) as error:
        return Look(target.address, _failed(error), is_own=is_own)
    answer = read_answer(nonce, response)
    return Look(target.address, answer, own_address, is_own, days)


def pixels(target: Target, nonce: Nonce) -> list[Response]:
    """Two answers to requests for the same pixel."""
    answers = []
    with suppress(OSError, http.client.HTTPException):
        for _ in range(2):
            with _connected(target) as connected:
                answers.append(_get(connected, target, f"o/check/{nonce.text}.gif"))
    return answers


def live(target: Target, nonce: Nonce, seconds: float) -> Live:
    """Opens a live connection, and holds it for this time."""
    uri = f"ws{target.url.removeprefix('http')}/check/{nonce.text}"
    try:
        with (
            _connected(target, secure=False) as connected,
            connect(uri, sock=connected, proxy=None, open_timeout=ANSWER_SECONDS) as websocket,
        ):
            body = websocket.recv(ANSWER_SECONDS)
            answer = read_answer(nonce, Response(200, {}, _octets(body)))
            start = time.monotonic()
            try:
                websocket.recv(seconds)
            except ConnectionClosed:
                return Live(answer, time.monotonic() - start, is_lost=True)
            except TimeoutError:
                return Live(answer, seconds)
            return Live(answer, time.monotonic() - start, is_lost=True)
    except InvalidStatus as error:
        head = error.response
        status = head.status_code
        return Live(read_answer(nonce, Response(status, {}, b"")))
    except (OSError, InvalidHandshake, ConnectionClosed) as error:
        return Live(Failed(Failure.BROKEN, str(error).rstrip(".") or type(error).__name__))


def _octets(body: str | bytes) -> bytes:
    return body.encode() if isinstance(body, str) else body


def _connected(target: Target, *, secure: bool = True) -> socket.socket:
    """`secure`: with TLS where the address says https, trusting what the system trusts."""
    made = socket.create_connection((target.address, target.port), ANSWER_SECONDS)
    if not (secure and target.url.startswith("https://")):
        return made
    try:
        name = urlsplit(target.url).hostname
        return ssl.create_default_context().wrap_socket(made, server_hostname=name)
    except BaseException:
        made.close()
        raise


def _get(
    connected: socket.socket, target: Target, path: str, headers: dict[str, str] | None = None
) -> Response:
    connection = http.client.HTTPConnection(target.address)
    connection.sock = connected
    connection.request("GET", target.path(path), headers={"Host": target.host, **(headers or {})})
    got = connection.getresponse()
    names = {name.lower(): value for name, value in got.getheaders()}
    return Response(got.status, names, got.read(MAX_BODY))


def _days_left(connected: socket.socket) -> float | None:
    if not isinstance(connected, ssl.SSLSocket):
        return None
    ends = (connected.getpeercert() or {}).get("notAfter")
    return (ssl.cert_time_to_seconds(str(ends)) - time.time()) / DAY if ends else None


def _failed(error: Exception) -> Answer:
    failure = next(failure for kind, failure in _FAILURES if isinstance(error, kind))
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failed(failure, error.verify_message)
    return Failed(failure)


def _is_own(address: str) -> bool:
    """Whether the address belongs to this machine: only then can a socket have it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
