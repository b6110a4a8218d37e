"""Which opens after the first make an event: those of a hot or a revived copy. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.visit import count_networks

HOT_OPENS = 3
"""One to read it, one to come back to it, and one more: fewer may be chance."""
HOT_SECONDS = 3600
"""`HOT_OPENS` within this time make a copy hot."""
HOT_NETWORKS = 2
NETWORKS_SECONDS = DAY
"""`HOT_NETWORKS` within this time make a copy hot."""
HOT_AGAIN_SECONDS = DAY
"""A hot copy makes one event a day at most."""
REVIVED_SECONDS = 14 * DAY
"""A mail that nobody opened for two weeks is considered done. An open after that is news."""


@dataclass(frozen=True, slots=True)
class Open:
    """A visit to a copy: one open."""

    time: float
    network: str | None = None
    """The reader's own network; `None` behind an image proxy, which hides it."""
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Reopened:
    kind: str
    """`hot` or `revived`."""
    words: str


def reopened(
    opens: Sequence[Open], last: float | None, hot_at: float | None, readers: int
) -> Reopened | None:
    """The event of the last of these opens of a copy; `None` when it makes none.

    `opens`: in the order of time; `last`: the newest sign of a reader before it, an open or a
    click; `hot_at`: when the copy's last `hot` event was; `readers`: how many people share the
    copy. Each of them may open it a first time, from a network of their own, although nobody came
    back, so each one more raises the thresholds.
    """
    time = opens[-1].time
    if last is not None and time - last >= REVIVED_SECONDS:
        days = int((time - last) / DAY)
        return Reopened("revived", f"Opened again after {days} quiet days")
    if hot_at is not None and abs(time - hot_at) < HOT_AGAIN_SECONDS:
        return None
    others = max(readers, 1) - 1
    count = sum(time - one.time < HOT_SECONDS for one in opens)
    if count >= HOT_OPENS + others:
        return Reopened("hot", f"Opened {count} times within an hour")
    near = [one for one in opens if time - one.time < NETWORKS_SECONDS]
    networks = count_networks(one.network for one in near if one.network)
    if networks >= HOT_NETWORKS + others:
        return Reopened("hot", f"Opened from {networks} networks within a day")
    return None
