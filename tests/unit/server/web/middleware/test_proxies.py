import ipaddress
from typing import Any

import pytest
from sealbreak_server.web.middleware.proxies import ProxyMiddleware, plain_address
from starlette.types import Receive, Scope, Send

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


async def client_of(client: str, *forwarded: str, named: tuple[str, ...] = ()) -> str:
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen["client"] = scope["client"][0]

    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    headers += [(b"fly-client-ip", line.encode()) for line in named]
    scope = {"type": "http", "client": (client, 1), "headers": headers}
    unused: Any = None
    await ProxyMiddleware(app, PROXIES, "fly-client-ip")(scope, unused, unused)
    return str(seen["client"])


def client_behind(client: str, *forwarded: str, named: tuple[str, ...] = ()) -> str:
    """Runs without a loop, as the middleware waits for nothing."""
    coroutine = client_of(client, *forwarded, named=named)
    try:
        coroutine.send(None)
    except StopIteration as done:
        return str(done.value)
    raise AssertionError("the middleware waited")


def test_an_untrusted_client_cannot_name_another_address() -> None:
    assert client_behind("192.0.2.1", "198.51.100.7") == "192.0.2.1"


def test_a_trusted_proxy_names_the_client() -> None:
    assert client_behind("10.0.0.1", "198.51.100.7") == "198.51.100.7"


def test_addresses_before_the_last_untrusted_hop_are_ignored() -> None:
    assert client_behind("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.1.1.1") == "198.51.100.7"
    assert client_behind("10.0.0.1", "203.0.113.9", "198.51.100.7") == "198.51.100.7"


def test_a_header_of_a_trusted_proxy_goes_before_the_list() -> None:
    assert client_behind("10.0.0.1", "198.51.100.7", named=("2001:DB8::1",)) == "2001:db8::1"
    assert client_behind("10.0.0.1", "198.51.100.7") == "198.51.100.7"


def test_a_header_of_a_stranger_is_ignored() -> None:
    assert client_behind("192.0.2.1", named=("203.0.113.9",)) == "192.0.2.1"


@pytest.mark.parametrize("named", [("203.0.113.9", "203.0.113.8"), ("unknown",), ("",)])
def test_a_header_without_one_address_is_ignored(named: tuple[str, ...]) -> None:
    assert client_behind("10.0.0.1", "198.51.100.7", named=named) == "198.51.100.7"


@pytest.mark.parametrize("junk", ["", "unknown", "_hidden", "<script>"])
def test_text_that_is_no_address_leaves_the_address_of_the_proxy(junk: str) -> None:
    assert client_behind("10.0.0.1", junk) == "10.0.0.1"


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
def test_ports_brackets_and_zones_are_removed(given: str, plain: str) -> None:
    assert plain_address(given) == plain
