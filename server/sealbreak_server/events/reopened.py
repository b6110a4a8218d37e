"""Which opens after the first make an event: those of a hot or a revived copy. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.visit import Visit

HOT_OPENS = 3
"""One to read it, one to come back to it, and one more: fewer may be chance."""
HOT_SECONDS = 3600
"""`HOT_OPENS` within this time make a copy hot."""
VISIT_GAP_SECONDS = 5 * 60
"""Loads of one source belong to one visit when each comes sooner than this after the one before: a
program loads again for a reply and a forward, and Gmail is reported to repeat its fetch."""
VISIT_SECONDS = 30 * 60
"""A visit lasts no longer than this."""
HOT_NETWORKS = 2
NETWORKS_SECONDS = DAY
"""`HOT_NETWORKS` within this time make a copy hot."""
HOT_AGAIN_SECONDS = DAY
"""A hot copy makes one event a day at most."""
REVIVED_SECONDS = 14 * DAY
"""A mail that nobody opened for two weeks is considered done. An open after that is news."""


def network_of(address: str) -> str | None:
    """A block as large as providers mostly assign addresses from, so that a changed address of one
    reader is not a new network; `None` for no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return None
    return str(ip_network(f"{ip}/{16 if ip.version == 4 else 32}", strict=False))


@dataclass(frozen=True, slots=True)
class Reopened:
    kind: str
    """`hot` or `revived`."""
    words: str


def reopened(
    visit: Visit, earlier: Iterable[Visit], last: float | None, hot_at: float | None, readers: int
) -> Reopened | None:
    """The event of an open of a copy that was opened before; `None` when it makes none.

    `last`: the newest open before; `hot_at`: when the copy's last `hot` event was;
    `readers`: how many people share the copy. Each of them may open it a first time, from a
    network of their own, although nobody came back, so each one more raises the thresholds.
    """
    if last is not None and visit.time - last >= REVIVED_SECONDS:
        days = int((visit.time - last) // DAY)
        return Reopened("revived", f"Opened again after {days} quiet days")
    if hot_at is not None and abs(visit.time - hot_at) < HOT_AGAIN_SECONDS:
        return None
    others = max(readers, 1) - 1
    before = [one for one in earlier if one.time <= visit.time]
    opens = count_visits(one for one in [*before, visit] if visit.time - one.time < HOT_SECONDS)
    if opens >= HOT_OPENS + others:
        return Reopened("hot", f"Opened {opens} times within an hour")
    near = [one for one in [*before, visit] if visit.time - one.time < NETWORKS_SECONDS]
    networks = {one.network for one in near if one.network}
    if len(networks) >= HOT_NETWORKS + others:
        return Reopened("hot", f"Opened from {len(networks)} networks within a day")
    return None


def count_visits(loads: Iterable[Visit]) -> int:
    """How many visits the loads of one copy make."""
    count = 0
    running: dict[tuple[str, str | None], tuple[float, float]] = {}
    """For each source when its visit began, and its newest load."""
    for load in sorted(loads, key=lambda one: one.time):
        began, last = running.get(load.source, (float("-inf"), float("-inf")))
        if load.time - last >= VISIT_GAP_SECONDS or load.time - began > VISIT_SECONDS:
            count, began = count + 1, load.time
        running[load.source] = (began, load.time)
    return count
