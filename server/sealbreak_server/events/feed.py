"""Wakes the live connections of an account. They read the events from the table themselves."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Feed:
    def __init__(self) -> None:
        self._subscriptions: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def subscribe(self, owner: str) -> Iterator[asyncio.Event]:
        subscription = asyncio.Event()
        self._subscriptions.setdefault(owner, set()).add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions[owner].discard(subscription)
            if not self._subscriptions[owner]:
                del self._subscriptions[owner]

    def wake(self, owners: Iterable[str]) -> None:
        for owner in owners:
            for subscription in self._subscriptions.get(owner, ()):
                subscription.set()

    def wake_all(self) -> None:
        self.wake(tuple(self._subscriptions))

    def is_needed(self) -> bool:
        return bool(self._subscriptions)

    @property
    def subscribers(self) -> int:
        return sum(map(len, tuple(self._subscriptions.values())))
