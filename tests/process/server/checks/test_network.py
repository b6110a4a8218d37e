"""Names, ports and certificates that lead nowhere."""

import socket
from pathlib import Path
from typing import Any

import pytest
from support.desktop.certificate import make_certificate
from support.server.doctor import examine, of, site, worst
from support.server.process import Server
from support.server.proxies import free_port


@pytest.mark.parametrize(
    ("days", "starts_in", "said"),
    [(1, -3, "certificate has expired"), (9, 3, "certificate is not yet valid")],
)
def test_a_certificate_out_of_its_time_is_found(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    days: int, starts_in: int, said: str,
) -> None:  # fmt: skip
    wrong = make_certificate(tmp_path, days=days, starts_in=starts_in)
    monkeypatch.setenv("SSL_CERT_FILE", str(wrong))
    with site(tmp_path / "nginx", wrong, server.url) as url:
        code, found = examine(server, url)
    ((_, topic, text),) = worst(found)
    assert (code, topic, said in text) == (1, "certificate", True)


def test_a_certificate_of_another_name_or_authority_is_found(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = make_certificate(tmp_path, name="track.example.com")
    with site(tmp_path / "nginx", wrong, server.url) as url:
        assert "self-signed certificate" in worst(examine(server, url)[1])[0][2]
        monkeypatch.setenv("SSL_CERT_FILE", str(wrong))
        assert "IP address mismatch" in worst(examine(server, url)[1])[0][2]


def test_a_certificate_that_ends_soon_is_told(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = make_certificate(tmp_path, days=8)
    monkeypatch.setenv("SSL_CERT_FILE", str(soon))
    with site(tmp_path / "nginx", soon, server.url) as url:
        code, found = examine(server, url)
    assert (code, of(found, "certificate")[0][0]) == (0, "warning")
    assert "ends in 6 days" in of(found, "certificate")[0][1]


def test_http_only_is_found(server: Server, certificate: Path, tmp_path: Path) -> None:
    with site(tmp_path / "nginx", certificate, server.url, tls="") as url:
        code, found = examine(server, url)
    assert (code, "it answers without encryption" in worst(found)[0][2]) == (1, True)


def test_nothing_behind_the_name_is_found(server: Server) -> None:
    code, found = examine(server, f"https://127.0.0.1:{free_port()}")
    assert (code, "no program listens there" in worst(found)[0][2]) == (1, True)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), 1, "problem"),
        (socket.gaierror(socket.EAI_AGAIN, "Try again"), 0, "not checked"),
        (UnicodeError("label too long"), 1, "problem"),
    ],
)
def test_a_name_that_does_not_resolve_is_found(
    server: Server, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, status: str
) -> None:
    resolve = socket.getaddrinfo

    def without_the_name(host: str, *rest: Any, **more: Any) -> object:
        if host == "track.example.com":
            raise error
        return resolve(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", without_the_name)
    done, found = examine(server, "https://track.example.com")
    assert done == code
    assert [status for status, _ in of(found, "name")] == [status]
    assert [status for status, _ in of(found, "live")] == ["not checked"]


def test_an_address_that_cannot_be_looked_at_from_here_is_unknown(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many routers do not let a machine inside look at its own public address."""

    def unreachable(*_: object, **__: object) -> socket.socket:
        raise TimeoutError

    found_name = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found_name)
    monkeypatch.setattr(socket, "create_connection", unreachable)
    code, found = examine(server, "https://track.example.com")
    assert (code, worst(found)) == (0, [])
    assert of(found, "address")[0][1].startswith("This machine cannot look at its own public")
