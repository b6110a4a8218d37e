"""The client's address, also behind the owner's proxies."""

import ipaddress
import logging
from collections.abc import Sequence
from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.settings import Network

CACHED_ADDRESSES = 4096
"""The same proxies connect again and again, and parsing an address costs as much as routing."""
MAX_ADDRESS = 45
"""Characters of the longest IPv6 address."""
PEER = "sealbreak.peer"
"""In a scope: the address of the socket, and whether it is trusted as a proxy."""

log = logging.getLogger(__name__)


class ProxyMiddleware:
    """Trusts the part of X-Forwarded-For that the owner's proxies wrote, reading from its end.

    `header`: in lower case, one that holds only the client's address, such as cf-connecting-ip.
    A trusted proxy's is believed before X-Forwarded-For. Empty: there is none.
    """

    def __init__(self, app: ASGIApp, networks: Sequence[Network], header: str = "") -> None:
        self.app = app
        self.networks = networks
        self._header = header.encode()
        self._has_warned = False
        self._is_trusted = lru_cache(CACHED_ADDRESSES)(self._is_in_networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and PEER not in scope:  # the fast path may have set it
            self.set_client(scope)
        await self.app(scope, receive, send)

    def set_client(self, scope: Scope) -> None:
        host, port = scope.get("client") or ("", 0)
        peer = plain_address(host)
        is_trusted = bool(self.networks) and self._is_trusted(peer)
        scope[PEER] = (peer, is_trusted)
        scope["client"] = (self._client_address(peer, scope) if is_trusted else peer, port)
        if not is_trusted and not self._has_warned:
            self._warn_of_proxy(peer, scope)

    def _warn_of_proxy(self, peer: str, scope: Scope) -> None:
        """Once. Strangers send the header too, but a private peer is most likely a proxy."""
        names = (name for name, _ in scope["headers"])
        if _is_private(peer) and b"x-forwarded-for" in names:
            self._has_warned = True
            log.warning(
                "%s sends X-Forwarded-For and is not trusted, so the addresses of all readers are"
                " lost. If it is your proxy, set SEALBREAK_TRUSTED_PROXIES=%s",
                *(peer, ipaddress.ip_network(peer)),
            )

    def _client_address(self, address: str, scope: Scope) -> str:
        """The client of a request that a trusted proxy at this address has sent."""
        if (named := self._named_address(scope)) is not None:
            return named
        for hop in reversed(_forwarded_for(scope)):
            if not _is_address(hop):
                return address
            address = _canonical(hop)
            if not self._is_trusted(address):
                break
        return address

    def _named_address(self, scope: Scope) -> str | None:
        lines = [value for name, value in scope["headers"] if name == self._header]
        if len(lines) != 1:  # no header, or a stranger's beside the proxy's
            return None
        address = plain_address(lines[0].decode("latin-1").strip())
        return _canonical(address) if _is_address(address) else None

    def _is_in_networks(self, address: str) -> bool:
        if not _is_address(address):
            return False
        parsed = ipaddress.ip_address(address)
        return any(parsed.version == net.version and parsed in net for net in self.networks)


def peer_of(scope: Scope) -> str:
    return str(scope[PEER][0])


def is_trusted_peer(scope: Scope) -> bool:
    return bool(scope[PEER][1])


@lru_cache(CACHED_ADDRESSES)
def _is_private(address: str) -> bool:
    return _is_address(address) and not ipaddress.ip_address(address).is_global


def _forwarded_for(scope: Scope) -> list[str]:
    lines = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = b",".join(lines).decode("latin-1").split(",")
    return [plain_address(hop.strip()) for hop in hops]


def plain_address(address: str) -> str:
    """Without brackets, port and zone; `::ffff:192.0.2.1` becomes `192.0.2.1`."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    address = address.partition("%")[0]
    return address[7:] if address.lower().startswith("::ffff:") and "." in address else address


@lru_cache(CACHED_ADDRESSES)
def _canonical(address: str) -> str:
    """One spelling for each address, as rules and limits compare addresses as text."""
    ip = ipaddress.ip_address(address)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def _is_address(text: str) -> bool:
    return len(text) <= MAX_ADDRESS and _parses(text)


@lru_cache(CACHED_ADDRESSES)
def _parses(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
