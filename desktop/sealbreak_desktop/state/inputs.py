"""What the state machine takes in."""

from dataclasses import dataclass
from datetime import datetime

from sealbreak_desktop.state.events import Erased, Event, Preferences, ReadUpTo


@dataclass(frozen=True, slots=True)
class Connecting:
    pass


@dataclass(frozen=True, slots=True)
class Connected:
    last: int
    account: str
    read: int = 0
    preferences: Preferences | None = None
    alerted: int = 0
    """A browser has alerted about the events up to this number."""


@dataclass(frozen=True, slots=True)
class Lost:
    problem: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    problem: str


@dataclass(frozen=True, slots=True)
class Received:
    event: Event
    earlier: int = 0
    """Events like it in the history."""
    adopted: bool = False
    """It was shown before the server was restored from a backup."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event that cannot be read. Only its number counts, so that it is not requested again."""

    number: int


@dataclass(frozen=True, slots=True)
class ReplayEnded:
    """No event came for a while, although the server announced more."""


@dataclass(frozen=True, slots=True)
class ServerRestored:
    """The server's history differs from ours, although it is not shorter."""


@dataclass(frozen=True, slots=True)
class Mute:
    until: datetime


@dataclass(frozen=True, slots=True)
class Unmute:
    pass


@dataclass(frozen=True, slots=True)
class MuteReported:
    """The server knows about this mute."""

    until: datetime | None


@dataclass(frozen=True, slots=True)
class ClockTicked:
    """Half a minute has passed."""


@dataclass(frozen=True, slots=True)
class HistoryErased:
    """The history has erased what the server has erased."""

    erased: Erased
    recent: tuple[Event, ...]
    unread: tuple[tuple[int, str], ...]
    messages: frozenset[str] = frozenset()
    """What the erased events were about."""


@dataclass(frozen=True, slots=True)
class MarkRead:
    message: str | None = None
    """`None`: all messages."""


Input = (
    Connecting
    | Connected
    | Lost
    | SignedOut
    | Received
    | Skipped
    | ReadUpTo
    | ReplayEnded
    | ServerRestored
    | Preferences
    | Mute
    | Unmute
    | MuteReported
    | ClockTicked
    | HistoryErased
    | MarkRead
)
