"""Certificates of the tests' own, and a server that shows one."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{"last": 7}'


def make_certificate(
    folder: Path, name: str = "127.0.0.1", days: int = 30, starts_in: int = -1
) -> Path:
    """Self-signed. The file holds certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sealbreak test")])
    start = datetime.now(UTC) + timedelta(days=starts_in)
    alternative: x509.GeneralName
    try:
        alternative = x509.IPAddress(ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{made.serial_number}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


class _Answer(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        """A client that refuses the certificate ends the handshake."""
        server = cast("_TlsServer", self.server)
        with (
            suppress(OSError),
            server.context.wrap_socket(self.connection, server_side=True) as secure,
        ):
            head = b""
            while b"\r\n\r\n" not in head and (some := secure.recv(65536)):
                head += some
            secure.sendall(ANSWER)


class _TlsServer(socketserver.ThreadingTCPServer):
    """Closing it waits for its connections, so that no socket outlives the test."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.context = context


@contextmanager
def tls_server(certificate: Path) -> Iterator[int]:
    """Its port. It answers every request as the list of events is answered."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _TlsServer(context) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
