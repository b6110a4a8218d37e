import ipaddress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sealbreak_server.web.middleware import ProxyMiddleware, plain_address
from starlette.types import Receive, Scope, Send
from support.server.process import READER, Sender, Server, running, visit

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


async def address_of(client: str, *forwarded: str) -> str:
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen["client"] = scope["client"][0]

    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "client": (client, 1), "headers": headers}
    nothing: Any = None
    await ProxyMiddleware(app, PROXIES)(scope, nothing, nothing)
    return str(seen["client"])


def drive(client: str, *forwarded: str) -> str:
    coroutine = address_of(client, *forwarded)
    try:
        coroutine.send(None)
    except StopIteration as done:
        return str(done.value)
    raise AssertionError("it waited")


def test_a_stranger_cannot_name_an_address() -> None:
    assert drive("192.0.2.1", "198.51.100.7") == "192.0.2.1"


def test_a_trusted_proxy_can() -> None:
    assert drive("10.0.0.1", "198.51.100.7") == "198.51.100.7"


def test_what_stood_before_the_first_untrusted_hop_is_not_believed() -> None:
    assert drive("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.1.1") == "198.51.100.7"
    assert drive("10.0.0.1", "203.0.113.9", "198.51.100.7") == "198.51.100.7"


@pytest.mark.parametrize("junk", ["", "unknown", "_hidden", "<script>"])
def test_junk_leaves_the_proxys_address(junk: str) -> None:
    assert drive("10.0.0.1", junk) == "10.0.0.1"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_addresses_are_told_plainly(given: str, plain: str) -> None:
    assert plain_address(given) == plain


def test_each_answer_is_guarded(server: Server) -> None:
    for path in ("/history", "/healthz", "/nothing", "/api/v1/messages"):
        headers = httpx2.get(server.url + path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_https_is_kept(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--public-url", "https://track.example.com") as server:
        assert "max-age" in httpx2.get(server.url).headers["strict-transport-security"]
        sender = server.sender()
        url = sender.http.post("/sign-in", json={}).json()["url"]
        assert url.startswith("https://track.example.com/sign-in/")
        asked = httpx2.get(url.replace("https://track.example.com", server.url))
        assert "Secure" in asked.headers["set-cookie"]
        assert asked.headers["set-cookie"].startswith("__Host-")


def test_the_log_names_routes_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--access-log", "yes") as server:
        sender: Sender = server.sender()
        mail = sender.mail(subject="Confidential")
        visit(server, mail.pixel())
        visit(server, mail.link(1, "https://example.com/offer"))
        httpx2.get(f"{server.url}/history/{mail.id}")
        server.stop()
        log = server.log.read_text()
    assert "pixel 200" in log
    assert "link 302" in log
    secrets = (mail.id, mail.token(), sender.paired["token"], "Confidential", "ann@", "example.com")
    addresses = ("84.130.20.7", "127.0.0.1")
    assert not [word for word in (*secrets, *addresses, READER["user-agent"]) if word in log]
