"""When a copy that was opened before is worth an event again. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.visit import Visit

HOT_OPENS = 3
"""The fewest that are no accident: one to read, one to come back, one more."""
HOT_SECONDS = 3600
GLANCE_SECONDS = 60
"""Gmail is reported to repeat the fetch of one open, sometimes often: that is one look."""
HOT_NETWORKS = 2
NETWORKS_SECONDS = DAY
HOT_AGAIN_SECONDS = DAY
"""A hot copy is told once a day at most."""
REVIVED_SECONDS = 14 * DAY
"""After two weeks a mail counts as done; who opens it then has a new reason."""


def network_of(address: str) -> str | None:
    """As wide as what one provider mostly hands out: an address that changes is no new network."""
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
    """Whether an open of a copy that was opened before is worth telling.

    `last`: the newest open before; `hot_at`: when it was last told that the copy is hot;
    `readers`: how many people share the copy. Each of them may open it a first time, from
    a network of their own, without anybody coming back: so many more are asked for.
    """
    if last is not None and visit.time - last >= REVIVED_SECONDS:
        days = int((visit.time - last) // DAY)
        return Reopened("revived", f"Opened again after {days} quiet days")
    if hot_at is not None and abs(visit.time - hot_at) < HOT_AGAIN_SECONDS:
        return None
    others = max(readers, 1) - 1
    before = [one for one in earlier if one.time <= visit.time]
    times = _visits(one.time for one in [*before, visit] if visit.time - one.time < HOT_SECONDS)
    if times >= HOT_OPENS + others:
        return Reopened("hot", f"Opened {times} times within an hour")
    near = [one for one in [*before, visit] if visit.time - one.time < NETWORKS_SECONDS]
    networks = {one.network for one in near if one.network}
    if len(networks) >= HOT_NETWORKS + others:
        return Reopened("hot", f"Opened from {len(networks)} networks within a day")
    return None


def _visits(times: Iterable[float]) -> int:
    count, last = 0, float("-inf")
    for moment in sorted(times):
        if moment - last >= GLANCE_SECONDS:
            count, last = count + 1, moment
    return count
