"""What is to be done, as `state` decides it and `core` does it."""

from dataclasses import dataclass
from datetime import datetime

from sealbreak_desktop.state.notification import Alert


@dataclass(frozen=True, slots=True)
class Show:
    alert: Alert


@dataclass(frozen=True, slots=True)
class Remember:
    """All events up to this number were told."""

    number: int


@dataclass(frozen=True, slots=True)
class StartOver:
    """The server has events up to this number: another history than the one we kept."""

    number: int


@dataclass(frozen=True, slots=True)
class CompareWithServer:
    """Whether it still has the same history: set back, it may have gone beyond our number since."""


@dataclass(frozen=True, slots=True)
class BeSilentUntil:
    number: int


@dataclass(frozen=True, slots=True)
class WaitForReplay:
    pass


@dataclass(frozen=True, slots=True)
class KeepRead:
    message: str | None


@dataclass(frozen=True, slots=True)
class KeepReadUpTo:
    number: int


@dataclass(frozen=True, slots=True)
class TellRead:
    """To the server, for the other devices."""

    number: int


@dataclass(frozen=True, slots=True)
class KeepMute:
    until: datetime | None
    waits: bool
    """The server has not been told yet."""


@dataclass(frozen=True, slots=True)
class TellSnooze:
    """To the server, for the other devices."""

    until: datetime | None


Effect = (
    Show
    | Remember
    | StartOver
    | CompareWithServer
    | BeSilentUntil
    | WaitForReplay
    | KeepRead
    | KeepReadUpTo
    | TellRead
    | KeepMute
    | TellSnooze
)
