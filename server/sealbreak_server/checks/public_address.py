"""The checks through the public address. The slowest comes last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from sealbreak_server.checks.finding import Finding, not_checked
from sealbreak_server.checks.judgements.address import Look, judge_kind, judge_looks, judge_name
from sealbreak_server.checks.judgements.answers import Answer, Seen, Stale
from sealbreak_server.checks.judgements.readers import LIE, judge_forwarding
from sealbreak_server.checks.judgements.traffic import judge_live, judge_pixels
from sealbreak_server.checks.probes import network
from sealbreak_server.checks.probes.network import Target
from sealbreak_server.security.nonces import Nonce, new_nonce
from sealbreak_server.security.tokens import Keyring

LIVE_SECONDS = 30.0
"""How long a live connection has to stay open: longer than the server's pings are apart."""
MAX_ADDRESSES = 4
"""The most addresses of a name that are tried. An address that gives no answer takes seconds."""
NOT_REACHED = "This server was not reached through its public address."


@dataclass(frozen=True, slots=True)
class PublicAddress:
    url: str
    keyring: Keyring | None
    local: Answer
    """What the server on this machine answered."""
    is_shared: bool
    """Several servers may use one database."""
    gmail_came: bool
    clock: Callable[[], float]

    def examine(self) -> Iterator[Finding]:
        yield from judge_kind(self.url)
        if not self.url:
            return
        resolved = network.resolve(self.url)
        yield from judge_name(resolved)
        looks = [self._look(address) for address in resolved.addresses[:MAX_ADDRESSES]]
        found = [look for look in looks if look is not None]
        yield from judge_looks(
            self.url, found, self.local, is_shared=self.is_shared, gmail_came=self.gmail_came
        )
        reached = [look for look in found if isinstance(look.answer, Seen | Stale)]
        if reached:
            yield from self._traffic(reached[0])
        else:
            yield from (not_checked(topic, NOT_REACHED) for topic in ("readers", "pixels", "live"))

    def _look(self, address: str) -> Look | None:
        if self.keyring is None:
            return None
        return network.look(Target(self.url, address), self._nonce(self.keyring), self._lies())

    def _lies(self) -> dict[str, str]:
        header = self.local.client_header if isinstance(self.local, Seen) else ""
        names = filter(None, ("x-forwarded-for", header))
        return dict.fromkeys(names, LIE) if self._has_proxy else {}

    def _traffic(self, look: Look) -> Iterator[Finding]:
        assert self.keyring is not None
        target = Target(self.url, look.address)
        if isinstance(look.answer, Seen) and self._has_proxy:
            yield from judge_forwarding(look.answer, look.own_address, target.host)
        yield from judge_pixels(network.pixels(target, self._nonce(self.keyring)))
        yield from judge_live(network.live(target, self._nonce(self.keyring), LIVE_SECONDS))

    @property
    def _has_proxy(self) -> bool:
        """The server itself speaks no TLS."""
        return urlsplit(self.url).scheme == "https"

    def _nonce(self, keyring: Keyring) -> Nonce:
        return new_nonce(keyring, self.clock())
