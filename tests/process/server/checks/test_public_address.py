"""Doctor looks through a real nginx, which each test breaks in one way."""

import http.server
import threading
from pathlib import Path

import pytest
from support.server.doctor import examine, of, site, worst
from support.server.process import Server, running
from support.server.proxies import free_port

CACHE = """proxy_cache all; proxy_cache_valid any 1h;
      proxy_ignore_headers Cache-Control Expires Set-Cookie; proxy_cache_key $uri;"""


def test_a_proxy_without_upgrade_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    with site(tmp_path / "nginx", certificate, server.url, upgrade="") as url:
        code, found = examine(server, url)
    assert code == 1
    ((_, topic, text),) = worst(found)
    assert topic == "live"
    assert text.startswith("The proxy does not let WebSockets through: it answers 200.")


def test_a_proxy_that_ends_idle_connections_is_found(
    server: Server, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sealbreak_server.checks.public_address.LIVE_SECONDS", 10)
    with site(tmp_path / "nginx", certificate, server.url, more="proxy_read_timeout 1s;") as url:
        code, found = examine(server, url)
    assert code == 1
    assert worst(found)[0][2].startswith("The proxy ends a live connection after 1 s.")


@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8"])
def test_a_proxy_that_is_not_trusted_is_a_warning_here_and_in_the_log(
    certificate: Path, tmp_path: Path, trusted: str
) -> None:
    with (
        running(tmp_path / "data", "--trusted-proxies", trusted) as server,
        site(tmp_path / "nginx", certificate, server.url) as url,
    ):
        server.sender()
        code, found = examine(server, url)
        assert examine(server, url)[0] == 0
        log = server.log.read_text()
    said = "127.0.0.1 sends X-Forwarded-For and is not trusted"
    assert code == 0
    ((status, text),) = of(found, "readers")
    assert status == "warning"
    assert text.startswith(said)
    assert text.endswith("set SEALBREAK_TRUSTED_PROXIES=127.0.0.1/32")
    assert log.count(said) == 1
    assert "SEALBREAK_TRUSTED_PROXIES=127.0.0.1/32" in log


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        ("", "and passes on what readers write there."),
        ('proxy_set_header X-Forwarded-For "";', "does not write readers' addresses"),
    ],
)
def test_a_proxy_that_does_not_write_the_readers_address_is_found(
    server: Server, certificate: Path, tmp_path: Path, forward: str, said: str
) -> None:
    with site(tmp_path / "nginx", certificate, server.url, forward=forward) as url:
        code, found = examine(server, url)
    ((_, topic, text),) = worst(found)
    assert (code, topic, said in text) == (1, "readers", True)


@pytest.mark.parametrize(
    ("forward", "status"),
    [
        ('proxy_set_header X-Forwarded-For ""; proxy_set_header X-Real-IP $remote_addr;', "ok"),
        ('proxy_set_header X-Forwarded-For "";', "problem"),
    ],
)
def test_a_header_of_the_proxys_own_is_looked_at(
    certificate: Path, tmp_path: Path, forward: str, status: str
) -> None:
    with (
        running(tmp_path / "data", "--client-address-header", "X-Real-IP") as server,
        site(tmp_path / "nginx", certificate, server.url, forward=forward) as url,
    ):
        _, found = examine(server, url)
    assert [status for status, _ in of(found, "readers")] == [status]


def test_a_proxy_that_appends_is_right_and_a_changed_name_is_told(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    forward = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
    changes = {"forward": forward, "host": "inner.example.com"}
    with site(tmp_path / "nginx", certificate, server.url, **changes) as url:
        code, found = examine(server, url)
    assert (code, [status for status, _ in of(found, "readers")]) == (0, ["not checked", "warning"])
    assert "by inner.example.com" in of(found, "readers")[1][1]


def test_a_cache_that_answers_pixels_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    with site(tmp_path / "nginx", certificate, server.url, more=CACHE) as url:
        code, found = examine(server, url)
    assert code == 1
    assert ("problem", "pixels") in [finding[:2] for finding in worst(found)]
    assert "A cache answers pixels" in of(found, "pixels")[0][1]


def test_a_proxy_that_lets_pixels_be_kept_is_told(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    more = 'proxy_hide_header Cache-Control; add_header Cache-Control "max-age=3600";'
    with site(tmp_path / "nginx", certificate, server.url, more=more) as url:
        code, found = examine(server, url)
    assert (code, of(found, "pixels")[0][0]) == (0, "warning")


def test_a_proxy_that_does_not_reach_the_server_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    with site(tmp_path / "nginx", certificate, server.url, target=str(free_port())) as url:
        code, found = examine(server, url)
    ((_, topic, text),) = worst(found)
    assert (code, topic) == (1, "address")
    assert f"{url} leads to 127.0.0.1, where a proxy answers 502" in text
    assert [status for status, _ in of(found, "live")] == ["not checked"]


def test_another_server_on_the_name_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    with (
        running(tmp_path / "other") as other,
        site(tmp_path / "nginx", certificate, other.url) as url,
    ):
        code, found = examine(server, url)
    assert code == 1
    assert "where a Sealbreak server with other keys answers" in worst(found)[0][2]


def test_an_old_server_with_the_same_keys_on_the_name_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "keys").write_bytes((server.data / "keys").read_bytes())
    with running(tmp_path / "old") as old, site(tmp_path / "nginx", certificate, old.url) as url:
        code, found = examine(server, url)
    assert code == 1
    assert "another server with the same keys answers" in worst(found)[0][2]


class Warned(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<html><title>Are you\n sure?</title>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_another_program_on_the_name_is_found(
    server: Server, certificate: Path, tmp_path: Path
) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Warned) as other:
        thread = threading.Thread(target=other.serve_forever, daemon=True)
        thread.start()
        with site(
            tmp_path / "nginx", certificate, server.url, target=str(other.server_port)
        ) as url:
            code, found = examine(server, url)
        other.shutdown()
    assert code == 1
    assert "another program answers (a page by Are you sure?)" in worst(found)[0][2]


def test_a_redirect_is_found(server: Server, certificate: Path, tmp_path: Path) -> None:
    more = "return 301 https://www.example.com$request_uri;"
    with site(tmp_path / "nginx", certificate, server.url, more=more) as url:
        code, found = examine(server, url)
    assert (code, "redirects to https://www.example.com/check/" in worst(found)[0][2]) == (1, True)
