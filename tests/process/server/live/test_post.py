import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sealbreak_server.jobs import post as http_post
from sealbreak_server.jobs.post import PostError, post

LOOPBACK = (ip_network("127.0.0.0/8"),)
Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiver(answering: Answering) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answering(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}/hook?a=b"


def saying(answer: bytes, heard: list[bytes] | None = None) -> Answering:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(2)
        if heard is not None:
            heard.append(head + body)
        writer.write(answer)
        await writer.drain()

    return say


def posted(answering: Answering) -> int:
    async def run() -> int:
        async with receiver(answering) as url:
            return await post(url, {"X-Test": "1"}, b"{}", LOOPBACK)

    return asyncio.run(run())


def test_a_post_is_valid_http() -> None:
    heard: list[bytes] = []
    assert posted(saying(b"HTTP/1.1 204 No Content\r\n\r\n", heard)) == 204
    assert heard[0].startswith(b"POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Test: 1\r\nContent-Length: 2\r\n" in heard[0]
    assert heard[0].endswith(b"\r\n\r\n{}")


def test_a_redirect_is_returned_like_any_other_answer() -> None:
    assert posted(saying(b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n")) == 302


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n", b"x" * 9000])
def test_an_answer_that_is_not_http_is_named(answer: bytes) -> None:
    with pytest.raises(PostError, match=r"HTTP|no answer"):
        posted(saying(answer))


def test_a_receiver_that_answers_byte_by_byte_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.05)

    monkeypatch.setattr(http_post, "TIMEOUT_SECONDS", 0.3)
    with pytest.raises(PostError, match="no answer within"):
        posted(drip)


def test_a_private_address_is_not_reached_without_permission() -> None:
    async def run() -> None:
        async with receiver(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as url:
            await post(url.replace("127.0.0.1", "localhost"), {}, b"{}")

    with pytest.raises(PostError, match="--webhook-networks"):
        asyncio.run(run())


def test_a_closed_port_is_a_post_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(PostError, match="no answer"):
        asyncio.run(post(f"http://127.0.0.1:{port}/", {}, b"{}", LOOPBACK))


def test_an_unknown_name_is_a_post_error() -> None:
    with pytest.raises(PostError, match="no answer"):
        asyncio.run(post("http://nowhere.invalid/", {}, b"{}"))


def certified(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A receiver's side, and that of a sender who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK[0][1])]), critical=False
        )
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(key.private_bytes(*plain) + made)
    receiving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    receiving.load_cert_chain(folder / "both.pem")
    return receiving, ssl.create_default_context(cadata=made.decode())


def test_a_receiver_that_does_not_close_its_connection_has_got_the_post(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiving, trusting = certified(tmp_path)
    monkeypatch.setattr("ssl.create_default_context", lambda: trusting)
    done = threading.Event()

    def receive(listener: socket.socket) -> None:
        plain, _ = listener.accept()
        with receiving.wrap_socket(plain, server_side=True) as taken:
            taken.recv(9999)
            taken.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            done.wait(30)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=receive, args=[listener])
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/hook"
        try:
            assert asyncio.run(post(url, {}, b"{}", LOOPBACK)) == 200
        finally:
            done.set()
            thread.join()
