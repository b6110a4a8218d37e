"""Why there is no connection to the server, in words for the user."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit

from sealbreak_desktop.errors import ProxyError, UnreachableError
from sealbreak_desktop.server.proxies import Proxy

EXPIRED, NOT_YET_VALID = 10, 9
SELF_SIGNED, SELF_SIGNED_ROOT, NO_ISSUER, NO_FIRST_ISSUER = 18, 19, 20, 21
OTHER_NAME, OTHER_IP = 62, 64
"""OpenSSL's numbers for what is wrong with a certificate."""
UNTRUSTED = {SELF_SIGNED, SELF_SIGNED_ROOT, NO_ISSUER, NO_FIRST_ISSUER}
RENEW = "Renew the server's certificate. Is the date of this computer right?"
CLOCK = "Is the date of this computer right?"
OWN_AUTHORITY = (
    "To trust an authority of your own, set SSL_CERT_FILE to its certificate (a PEM file)."
)
ENCRYPTION = "Is the address right, and does the server speak https at this port?"


def unreachable(address: str, error: Exception, proxy: Proxy | None = None) -> UnreachableError:
    """`proxy`: the one that was used."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, UnreachableError):
        return reason
    if isinstance(reason, ssl.SSLCertVerificationError):
        return bad_certificate(address, reason, os.environ)
    if isinstance(reason, ssl.SSLError):
        detail = str(reason.reason or "unknown").replace("_", " ").lower()
        return UnreachableError(
            f"No encrypted connection to {address}", f"The error: {detail}.", ENCRYPTION
        )
    detail = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    message = _sentence(detail)
    if proxy is not None:
        return no_answer_through(address, proxy, message)
    return UnreachableError(
        f"No answer from {address}",
        message,
        "Is the server running (`sealbreak-server serve`), and is the address right?",
    )


def no_answer_through(address: str, proxy: Proxy, message: str) -> UnreachableError:
    return UnreachableError(
        f"No answer from {address} through the proxy {proxy.name}",
        message,
        f"Is the proxy right? To connect without it, add {urlsplit(address).hostname} to NO_PROXY.",
    )


def refused_by_proxy(proxy: Proxy, status: int) -> ProxyError:
    if status == 407:
        return ProxyError(
            f"The proxy {proxy.name} asks for a password",
            advice="Write it into the proxy's address: http://USER:PASSWORD@HOST:PORT.",
        )
    return ProxyError(
        f"The proxy {proxy.name} refuses the connection",
        f"It answers with error {status}.",
        "Ask whoever runs the proxy, or add the server to NO_PROXY to connect without it.",
    )


def bad_certificate(
    address: str, error: ssl.SSLCertVerificationError, environment: Mapping[str, str]
) -> UnreachableError:
    code = getattr(error, "verify_code", 0)
    if code in UNTRUSTED:
        return UnreachableError(
            f"The certificate of {address} is from an authority that this computer does not trust",
            _sentence(error.verify_message),
            _trust_advice(environment.get("SSL_CERT_FILE")),
        )
    what, advice = {
        EXPIRED: ("has expired", RENEW),
        NOT_YET_VALID: ("is not valid yet", CLOCK),
        OTHER_NAME: ("is for another name", "Use the name that the certificate is for."),
        OTHER_IP: ("is for another name", "Use the name that the certificate is for."),
    }.get(code, ("is not valid", "Check the server's certificate."))
    return UnreachableError(
        f"The certificate of {address} {what}", _sentence(error.verify_message), advice
    )


def _sentence(words: str) -> str:
    return f"{words.rstrip('.')}."


def _trust_advice(file: str | None) -> str:
    if not file:
        return OWN_AUTHORITY
    if not Path(file).is_file():
        return f"SSL_CERT_FILE is {file}, and there is no such file: correct it or unset it."
    return f"SSL_CERT_FILE is {file}: add the authority's certificate to that file, or unset it."
