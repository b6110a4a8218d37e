"""The one definition of what counts: a visit to a copy, a click on a link. Pure.

Loads of a copy by one source are one visit as long as each comes soon after the one before. Clicks
on a link by one source are one click for some seconds. The hit that begins a visit or a click is
the one that counts: an open in every list, total, export and alert is such a hit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from math import inf
from typing import NamedTuple

from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.verdict import Verdict

VISIT_GAP_SECONDS = 5 * 60
"""Loads of one source belong to one visit when each comes sooner than this after the one before: a
program loads again for a reply and a forward, and Gmail is reported to repeat its fetch."""
VISIT_SECONDS = 30 * 60
"""A visit lasts no longer than this."""
CLICK_SECONDS = 10
"""Long enough for a double click and for a page that is loaded again at once."""


class Target(NamedTuple):
    """What is opened or followed: a copy, or a link in it."""

    kind: Kind
    copy: int
    link: int | None

    @property
    def gap(self) -> float:
        """A hit that comes this many seconds after the one before begins another visit."""
        return VISIT_GAP_SECONDS if self.kind is Kind.OPEN else inf

    @property
    def seconds(self) -> float:
        """How long a visit lasts at most."""
        return VISIT_SECONDS if self.kind is Kind.OPEN else CLICK_SECONDS

    @property
    def reach(self) -> float:
        """A visit that goes on now began no longer ago, and neither did that of its last hit."""
        return self.seconds + min(self.gap, self.seconds)


def target_of(hit: Hit) -> Target:
    return Target(hit.kind, hit.copy, hit.link)


class Source(NamedTuple):
    """Where a reader's hit came from. A proxy that hides program and network is the source."""

    program: str
    country: str | None = None
    network: str | None = None
    """`None` where it is not the reader's own, or is not known any more."""
    is_own: bool = False
    """The country and the network are the reader's own."""


def source_of(hit: Hit, verdict: Verdict) -> Source:
    program = f"{verdict.via} {verdict.device or ''}"
    if not verdict.location_known:
        return Source(program)
    return Source(program, verdict.country, network_of(hit.address), is_own=True)


@lru_cache(maxsize=8192)
def network_of(address: str) -> str | None:
    """A block as large as providers mostly assign addresses from, so that a changed address of one
    reader is not a new network; `None` for no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return str(ip_network(f"{ip}/{16 if ip.version == 4 else 32}", strict=False))


def is_ipv6(network: str) -> bool:
    return ":" in network


def count_networks(networks: Iterable[str]) -> int:
    """How many lines they prove. One line may have an IPv4 and an IPv6 network, so the two are
    counted apart, and the greater number is the answer."""
    different = set(networks)
    sixes = sum(map(is_ipv6, different))
    return max(sixes, len(different) - sixes)


@dataclass(slots=True, eq=False)
class _Running:
    """A visit that may go on."""

    first: int
    """The number of the hit that began it."""
    began: float
    last: float
    networks: set[str] = field(default_factory=set)
    """One of IPv4 and one of IPv6 at most."""

    def may_go_on(self, target: Target, time: float) -> bool:
        return time - self.last < target.gap and time - self.began <= target.seconds

    def takes(self, network: str | None) -> bool:
        """Where one of the networks is not known, program and country decide."""
        if network is None or network in self.networks:
            return True
        return count_networks([*self.networks, network]) == 1


class Visits:
    """The visits to a target. Give it the hits of readers in the order of time."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._running: dict[tuple[str, str | None, bool], list[_Running]] = {}

    def add(self, number: int, time: float, source: Source, begins: bool | None = None) -> int:
        """The number of the hit that began the visit. `begins`: whether this one does, where that
        is decided already. One that does not may follow hits that were left out."""
        program, country, network, is_own = source
        place = (program, country, is_own)
        recent = [
            one for one in self._running.get(place, ()) if time - one.began <= self._target.seconds
        ]
        fitting = [one for one in recent if one.takes(network)]
        running = [one for one in fitting if one.may_go_on(self._target, time)]
        found = () if begins else running or (() if begins is None else fitting)
        visit = next(iter(found), None)
        if visit is None:
            visit = _Running(number, time, time)
            recent = [*(one for one in recent if one not in fitting), visit]
        visit.last = time
        visit.networks |= {network} if network else set()
        self._running[place] = recent
        return visit.first

    def running(self, time: float) -> set[int]:
        """The numbers of the hits that began the visits which a hit at this time may continue."""
        return {
            one.first
            for some in self._running.values()
            for one in some
            if one.may_go_on(self._target, time)
        }
