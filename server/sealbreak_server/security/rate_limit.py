"""Limits how often a client may try something."""

import ipaddress
from collections import OrderedDict


def rate_limit_key(address: str) -> str:
    """IPv6 addresses in one /64 count as one client: a customer has 2^64 addresses or more."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return address if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


class RateBucket:
    """`capacity` attempts at once for each key, and one more every `seconds`."""

    def __init__(self, capacity: int, seconds: float, keys: int = 10_000) -> None:
        self.capacity = capacity
        self.seconds = seconds
        self.keys = keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """Takes one attempt. Returns 0 when it is granted, else the seconds until the next one."""
        level, since = self._levels.pop(key, (0.0, now))
        passed = max(0.0, now - since)  # negative when the clock was set back
        level = max(0.0, level - passed / self.seconds)
        granted = level + 1 <= self.capacity
        self._levels[key] = (level + 1 if granted else level, now)
        if len(self._levels) > self.keys:
            self._levels.popitem(last=False)
        return 0.0 if granted else (level + 1 - self.capacity) * self.seconds

    def give_back(self, key: str) -> None:
        """Returns the attempt: only failed attempts count."""
        if key in self._levels:
            level, since = self._levels[key]
            self._levels[key] = (max(0.0, level - 1), since)
