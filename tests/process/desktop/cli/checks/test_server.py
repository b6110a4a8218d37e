"""Each fault of the way to the server is broken for real, and found."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sealbreak_desktop.cli.checks.finding import Finding, Status
from sealbreak_desktop.cli.checks.server import examine
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.server import pairing
from support.desktop.certificate import make_certificate, tls_server
from support.desktop.forward_proxy import ForwardProxy
from support.desktop.server import Server
from support.desktop.tray import write_pairing

OK, PROBLEM, NOT_CHECKED = Status.OK, Status.PROBLEM, Status.NOT_CHECKED


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def paths(state: Path) -> Paths:
    return paths_from({"SEALBREAK_STATE": str(state)})


def findings(paths: Paths) -> dict[str, Finding]:
    return {finding.topic: finding for finding in examine(paths)}


def statuses(paths: Paths) -> dict[str, Status]:
    return {topic: finding.status for topic, finding in findings(paths).items()}


class WithoutUpgrade(BaseHTTPRequestHandler):
    """Like nginx with a bare `proxy_pass`: calls work, the live connection does not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        live = "/live" in self.path
        body = json.dumps({"last": 7}).encode()
        self.send_response(404 if live else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def without_upgrade() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), WithoutUpgrade) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_nothing_is_ok_without_a_pairing(paths: Paths) -> None:
    assert statuses(paths) == {"server": PROBLEM, "proxy": NOT_CHECKED, "live": NOT_CHECKED}


def test_all_is_ok_with_a_real_server(paths: Paths, live: Server) -> None:
    pairing.pair(paths, live.address, live.pairing_code(), "file")
    found = findings(paths)
    assert [one.status for one in found.values()][:3] == [OK, OK, OK]
    assert found["gmail"] == Finding(
        "gmail", NOT_CHECKED, f"Only this computer reaches {live.address}, so Gmail cannot."
    )
    assert found["live"].summary == ("the live connection works; the newest event has number 0")
    assert found["proxy"].summary == f"none is used for {live.address}"


def test_a_proxy_in_front_that_passes_no_websockets_is_found(
    paths: Paths, without_upgrade: str
) -> None:
    write_pairing(paths.state, without_upgrade, "secret")
    found = findings(paths)
    assert (found["server"].status, found["live"].status) == (OK, PROBLEM)
    assert found["live"].summary == f"{without_upgrade} answers with error 404"
    assert "Upgrade" in found["live"].advice


def test_a_revoked_device_is_found(paths: Paths, live: Server) -> None:
    paired = pairing.pair(paths, live.address, live.pairing_code(), "file")
    live.call("DELETE", f"devices/{paired.device}")
    found = findings(paths)
    assert (found["server"].status, found["live"].status) == (PROBLEM, PROBLEM)
    assert "signed out" in found["live"].summary


def test_a_server_that_is_down_is_found(paths: Paths) -> None:
    write_pairing(paths.state, "http://127.0.0.1:1", "secret")
    assert statuses(paths) == {"proxy": OK, "server": PROBLEM, "live": PROBLEM}


def test_without_a_token_the_live_connection_is_not_checked(paths: Paths) -> None:
    write_pairing(paths.state, "http://127.0.0.1:1", "secret")
    paths.token.unlink()
    assert statuses(paths)["live"] is NOT_CHECKED


def test_a_proxy_of_the_environment_is_named_and_used(
    paths: Paths, live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    paired = pairing.pair(paths, live.address, live.pairing_code(), "file")
    far = "http://track.test:8787"
    settings = json.loads(paths.settings.read_text())
    paths.settings.write_text(json.dumps(settings | {"address": far}))
    with ForwardProxy(urlsplit(live.address).port or 0) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        found = findings(paths)
    assert [one.status for one in found.values()][:3] == [OK, OK, OK]
    assert found["proxy"].summary.startswith(f"{proxy.address.removeprefix('http://')} is used")
    assert f"the token of {paired.account}" in found["server"].summary


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_found(
    paths: Paths, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pairing(paths.state, "http://track.test", "secret")
    monkeypatch.setenv("ALL_PROXY", proxy)
    assert set(statuses(paths).values()) == {PROBLEM}
    assert "NO_PROXY" in findings(paths)["proxy"].advice


def test_an_expired_certificate_is_found(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, days=1, starts_in=-9)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate) as port:
        write_pairing(paths.state, f"https://127.0.0.1:{port}", "secret")
        found = findings(paths)
    assert (found["server"].status, found["live"].status) == (PROBLEM, PROBLEM)
    assert all("has expired" in found[topic].summary for topic in ("server", "live"))
