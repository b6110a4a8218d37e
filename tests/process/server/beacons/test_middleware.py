from pathlib import Path

import httpx2
from support.server.process import READER, Sender, Server, running, visit


def test_every_response_has_the_security_headers(server: Server) -> None:
    for path in ("/history", "/healthz", "/nothing", "/api/v1/messages"):
        headers = httpx2.get(server.url + path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_a_server_with_an_https_address_uses_https_everywhere(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--public-url", "https://track.example.com") as server:
        assert "max-age" in httpx2.get(server.url).headers["strict-transport-security"]
        sender = server.sender()
        url = sender.http.post("/sign-in", json={}).json()["url"]
        assert url.startswith("https://track.example.com/sign-in/")
        response = httpx2.get(url.replace("https://track.example.com", server.url))
        assert "Secure" in response.headers["set-cookie"]
        assert response.headers["set-cookie"].startswith("__Host-")


def test_the_access_log_names_routes_and_nothing_else(tmp_path: Path) -> None:
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


def test_any_origin_may_call_the_api(server: Server) -> None:
    url = f"{server.url}/api/v1/messages"
    preflight = httpx2.options(url, headers={"origin": "https://mail.google.com"})
    assert preflight.status_code == 204
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    assert httpx2.get(url).headers["access-control-allow-origin"] == "*"
