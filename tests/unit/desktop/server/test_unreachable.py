import ssl
from pathlib import Path
from urllib.error import URLError

import pytest
from sealbreak_desktop.server.proxies import Proxy
from sealbreak_desktop.server.unreachable import bad_certificate, refused_by_proxy, unreachable

ADDRESS = "https://track.example.com"
PROXY = Proxy("http://ann:secret@proxy.example:3128")


def refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "failed")
    error.verify_code, error.verify_message = code, message
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (10, "has expired"),
        (9, "is not valid yet"),
        (62, "is for another name"),
        (64, "is for another name"),
        (18, "is from an authority that this computer does not trust"),
        (20, "is from an authority that this computer does not trust"),
        (999, "is not valid"),
    ],
)
def test_a_bad_certificate_is_said_in_words(code: int, words: str) -> None:
    refusal = refused(code, "openssl says so")
    refusal.reason = "CERTIFICATE_VERIFY_FAILED"
    told = unreachable(ADDRESS, URLError(refusal))
    assert unreachable(ADDRESS, refusal).title == told.title
    assert told.title == f"The certificate of {ADDRESS} {words}"
    assert told.message == "openssl says so."
    assert told.advice


def test_an_unknown_authority_can_be_trusted_by_a_file(tmp_path: Path) -> None:
    error, there = refused(20, "no issuer"), tmp_path / "ca.pem"
    assert "set SSL_CERT_FILE" in bad_certificate(ADDRESS, error, {}).advice
    missing = bad_certificate(ADDRESS, error, {"SSL_CERT_FILE": str(there)}).advice
    assert missing.startswith(f"SSL_CERT_FILE is {there}, and there is no such file")
    there.touch()
    lacking = bad_certificate(ADDRESS, error, {"SSL_CERT_FILE": str(there)}).advice
    assert lacking.startswith(f"SSL_CERT_FILE is {there}: add the authority")


def test_a_server_that_speaks_no_tls_is_said() -> None:
    error = ssl.SSLError(1, "wrong version")
    error.reason = "WRONG_VERSION_NUMBER"
    told = unreachable(ADDRESS, URLError(error))
    assert told.title == f"No encrypted connection to {ADDRESS}"
    assert told.message == "The error: wrong version number."


def test_a_failure_behind_a_proxy_names_the_proxy_without_its_password() -> None:
    told = unreachable(ADDRESS, ConnectionRefusedError(111, "Connection refused"), PROXY)
    assert told.title == f"No answer from {ADDRESS} through the proxy proxy.example:3128"
    assert "track.example.com to NO_PROXY" in told.advice


@pytest.mark.parametrize(("status", "words"), [(407, "asks for a password"), (403, "refuses")])
def test_a_proxy_that_refuses_is_named(status: int, words: str) -> None:
    told = refused_by_proxy(PROXY, status)
    assert told.title.startswith(f"The proxy proxy.example:3128 {words}")
    assert "secret" not in str(told)
