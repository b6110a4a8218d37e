"""The proxy on the way to the server: one decision, for HTTP calls and the live connection alike.

Only HTTP proxies are supported. `urllib` and `websockets` would each choose by rules of their own.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from sealbreak_desktop.errors import ProxyError
from sealbreak_desktop.server.addresses import is_loopback

DEFAULT_PORT = 80
ANY = ("all", "socks")
"""Settings for every scheme: of the environment, and of macOS."""


@dataclass(frozen=True, slots=True)
class Proxy:
    address: str
    """With the password, if it needs one."""

    @property
    def name(self) -> str:
        """Without the password, for the user."""
        return urlsplit(self.address).netloc.rpartition("@")[2]


def proxy_for(server: str) -> Proxy | None:
    """As this computer is set up now. `None`: connect directly. Raises `ProxyError`."""
    parts = urlsplit(server)
    proxies = getproxies()
    if is_loopback(server) or proxy_bypass(_host_and_port(parts)):
        return None
    return choose(parts, proxies)


def choose(server: SplitResult, proxies: Mapping[str, str]) -> Proxy | None:
    """`proxies`: as `urllib.request.getproxies` returns them."""
    if _is_excluded(server.hostname or "", proxies.get("no", "")):
        return None
    given = next((proxies[name] for name in (server.scheme, *ANY) if proxies.get(name)), None)
    return _parsed(given, server) if given else None


def _parsed(given: str, server: SplitResult) -> Proxy:
    try:
        parts = urlsplit(given if "://" in given else f"http://{given}")
        host, port = parts.hostname, parts.port or DEFAULT_PORT
        (host or "").encode("idna")  # as sockets do, which end the connection for good if it fails
    except ValueError:
        raise _unusable("", given, server) from None
    if parts.scheme != "http" or not host:
        raise _unusable(parts.scheme, given, server)
    host = f"[{host}]" if ":" in host else host
    user, at, _ = parts.netloc.rpartition("@")
    user = user if not at or ":" in user else f"{user}:"  # websockets needs a password
    return Proxy(f"http://{user}{at}{host}:{port}")


def _unusable(scheme: str, given: str, server: SplitResult) -> ProxyError:
    name = given.rpartition("@")[2].rpartition("://")[2]  # what is before may hold a password
    kind = "a SOCKS proxy" if scheme.startswith("socks") else "not an HTTP proxy"
    return ProxyError(
        f"The proxy {f'{scheme}://' if scheme else ''}{name} cannot be used",
        f"It is {kind}; Sealbreak supports HTTP proxies only.",
        f"Set {server.scheme.upper()}_PROXY to an HTTP proxy, or add {server.hostname} to NO_PROXY"
        " to connect without one.",
    )


def _is_excluded(host: str, no_proxy: str) -> bool:
    """Networks such as 10.0.0.0/8; `urllib.request.proxy_bypass` knows names only."""
    for entry in no_proxy.split(","):
        with suppress(ValueError):
            if ip_address(host) in ip_network(entry.strip(), strict=False):
                return True
    return False


def _host_and_port(parts: SplitResult) -> str:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
