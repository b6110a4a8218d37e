"""Addresses of a server, as the user types them and as the tray uses them."""

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from sealbreak_desktop.errors import BadAddressError


def server_address(text: str) -> str:
    """Normalise it: scheme, host and port, an optional path, no slash at the end."""
    try:
        given = _with_scheme(text.strip()).rstrip("/")
        parts = urlsplit(given)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        (parts.hostname or "").encode("idna")  # as sockets do
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.username or " " in given:
        raise BadAddressError(
            f"{text!r} is not a server address",
            advice="Examples: https://track.example.com, http://127.0.0.1:8787",
        )
    return given


def _with_scheme(given: str) -> str:
    if "://" in given:
        return given
    host = urlsplit(f"//{given}").hostname or ""
    return f"{'http' if _is_loopback_host(host) else 'https'}://{given}"


def is_unencrypted(address: str) -> bool:
    """Plain HTTP to another machine: anybody on the way could read the token."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not is_loopback(address)


def is_loopback(address: str) -> bool:
    """This computer itself, which no proxy leads to."""
    return _is_loopback_host(urlsplit(address).hostname or "")


def _is_loopback_host(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def live_address(address: str, after: int, erasures: int) -> str:
    """The WebSocket address that replays everything after these numbers."""
    return f"ws{address.removeprefix('http')}/api/v1/live?after={after}&erasures={erasures}"
