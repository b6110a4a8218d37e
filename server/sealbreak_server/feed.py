"""Wakes the live connections of an account: the events themselves are read from their table."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Feed:
    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listen(self, owner: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._listeners.setdefault(owner, set()).add(bell)
        try:
            yield bell
        finally:
            self._listeners[owner].discard(bell)
            if not self._listeners[owner]:
                del self._listeners[owner]

    def wake(self, owners: Iterable[str]) -> None:
        for owner in owners:
            for bell in self._listeners.get(owner, ()):
                bell.set()

    def wake_all(self) -> None:
        self.wake(tuple(self._listeners))

    def is_needed(self) -> bool:
        return bool(self._listeners)
