"""Certificates that a real TLS server shows: both kinds of connection say the same about them."""

from pathlib import Path

import pytest
from sealbreak_desktop.errors import UnreachableError
from sealbreak_desktop.server.api import Api
from support.desktop.certificate import make_certificate, tls_server
from support.desktop.live import lost


@pytest.mark.parametrize(
    ("name", "days", "starts_in", "words"),
    [
        ("127.0.0.1", 1, -9, "has expired"),
        ("127.0.0.1", 9, 5, "is not valid yet"),
        ("other.example", 30, -1, "is for another name"),
    ],
)
def test_a_trusted_certificate_that_is_wrong_is_said_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    days: int,
    starts_in: int,
    words: str,
) -> None:
    certificate = make_certificate(tmp_path, name, days, starts_in)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate) as port:
        address = f"https://127.0.0.1:{port}"
        with pytest.raises(UnreachableError) as caught:
            Api(address, "secret").newest_event()
        assert caught.value.title == f"The certificate of {address} {words}"
        assert lost(address) == caught.value.title


def test_an_authority_of_ones_own_is_trusted_by_ssl_cert_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with tls_server(certificate) as port:
        api = Api(f"https://127.0.0.1:{port}", "secret")
        with pytest.raises(UnreachableError, match="does not trust") as caught:
            api.newest_event()
        assert "SSL_CERT_FILE" in caught.value.advice
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert api.newest_event() == 7
