"""Notifiers that only record."""

from collections.abc import Callable

from sealbreak_desktop.state.notification import Notification


class StubNotifier:
    """Records what it shows, or raises its error instead."""

    name = "stub"

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.shown: list[Notification] = []
        self.closed = False
        self.before: Callable[[], None] = lambda: None
        """Called before each notification."""

    def show(self, notification: Notification) -> None:
        self.before()
        if self.error:
            raise self.error
        self.shown.append(notification)

    def close(self) -> None:
        self.closed = True
