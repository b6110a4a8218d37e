"""A real forward proxy between tray and server."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sealbreak_desktop.errors import ProxyError, UnreachableError
from sealbreak_desktop.files.paths import paths_from
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.inputs import Connected
from support.desktop.certificate import make_certificate, tls_server
from support.desktop.forward_proxy import ForwardProxy
from support.desktop.live import follow, lost
from support.desktop.server import Server

FAR = "http://track.test:8787"
"""No such name exists: only the proxy can lead there."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def port_of(server: Server) -> int:
    return urlsplit(server.address).port or 0


def test_pairing_calls_and_live_connection_go_through_the_proxy(
    live: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = paths_from({"SEALBREAK_STATE": str(tmp_path / "state")})
    code = live.pairing_code()
    with ForwardProxy(port_of(live)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        pairing.pair(paths, FAR, code, "file")
        _, token = pairing.signed_in(paths)
        assert follow(FAR, token, lambda one: isinstance(one, Connected))
    assert proxy.requests[0] == f"POST {FAR}/api/v1/pair HTTP/1.1"
    assert proxy.requests[-1] == "CONNECT track.test:8787 HTTP/1.1"


def test_a_password_of_the_proxy_is_used_by_both(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    with ForwardProxy(port_of(live)) as proxy:
        host = proxy.address.removeprefix("http://")
        monkeypatch.setenv("HTTP_PROXY", f"http://ann:secret@{host}")
        Api(FAR, token).newest_event()
        assert follow(FAR, token, lambda one: isinstance(one, Connected))
    assert len(proxy.authorizations) == 2
    assert len({one.partition(": ")[2] for one in proxy.authorizations}) == 1


def test_a_server_on_this_computer_is_reached_directly(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Api(live.address).pair(live.pairing_code(), "Desk").token
    with ForwardProxy(port_of(live)) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        Api(live.address, token).newest_event()
        assert follow(live.address, token, lambda one: isinstance(one, Connected))
    assert proxy.requests == []


def test_an_excluded_server_is_not_asked_for_at_the_proxy(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "track.test")
    with ForwardProxy(port_of(live)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        with pytest.raises(UnreachableError):
            Api(FAR, "secret").newest_event()
        assert lost(FAR) == f"No answer from {FAR}"
    assert proxy.requests == []


def test_a_socks_proxy_is_said_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    words = "The proxy socks5://127.0.0.1:1080 cannot be used"
    with pytest.raises(ProxyError, match=words):
        Api(FAR).pair("ABCD-EFGH", "Desk")
    assert lost(FAR) == words


@pytest.mark.parametrize("address", [FAR, "https://track.test"])
@pytest.mark.parametrize(("status", "words"), [(407, "asks for a password"), (403, "refuses")])
def test_a_refusal_of_the_proxy_is_said_by_both(
    monkeypatch: pytest.MonkeyPatch, address: str, status: int, words: str
) -> None:
    with ForwardProxy(1, refuse_with=status) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.address)
        title = f"The proxy {proxy.address.removeprefix('http://')} {words}"
        if status == 407 or address.startswith("https"):
            with pytest.raises(ProxyError, match=title):
                Api(address, "secret").newest_event()
        assert lost(address).startswith(title)


def test_a_proxy_that_is_not_there_is_named_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "127.0.0.1:1")
    words = f"No answer from {FAR} through the proxy 127.0.0.1:1"
    with pytest.raises(UnreachableError, match=words):
        Api(FAR, "secret").newest_event()
    assert lost(FAR) == words


def test_an_encrypted_server_is_reached_through_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "track.test")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate) as port, ForwardProxy(port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.address)
        assert Api("https://track.test", "secret").newest_event() == 7
    assert [one.rpartition(" ")[0] for one in proxy.requests] == ["CONNECT track.test:443"]
