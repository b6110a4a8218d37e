"""What the state machine asks for. `core` performs it."""

from dataclasses import dataclass
from datetime import datetime

from sealbreak_desktop.state.notification import Notification


@dataclass(frozen=True, slots=True)
class Show:
    notification: Notification


@dataclass(frozen=True, slots=True)
class SaveSeen:
    """All events up to this number were shown."""

    number: int


@dataclass(frozen=True, slots=True)
class StartEpoch:
    """The server has another history than ours, with events up to this number."""

    number: int


@dataclass(frozen=True, slots=True)
class CompareWithServer:
    """Check that our newest event is still the server's.

    A server that was restored from a backup may have passed our number since.
    """


@dataclass(frozen=True, slots=True)
class SaveSilentUntil:
    number: int


@dataclass(frozen=True, slots=True)
class WaitForReplay:
    pass


@dataclass(frozen=True, slots=True)
class SaveRead:
    message: str | None


@dataclass(frozen=True, slots=True)
class SaveReadUpTo:
    number: int


@dataclass(frozen=True, slots=True)
class ReportRead:
    """To the server, for the other devices."""

    number: int


@dataclass(frozen=True, slots=True)
class SaveMute:
    until: datetime | None
    pending: bool
    """The server does not know about it yet."""
    chosen: datetime | None = None
    """When, if it was chosen here."""


@dataclass(frozen=True, slots=True)
class ReportMute:
    """To the server, for the other devices."""

    until: datetime | None


Save = SaveSilentUntil | SaveRead | SaveReadUpTo | SaveMute
"""What the history stores."""
Effect = (
    Show
    | SaveSeen
    | StartEpoch
    | CompareWithServer
    | WaitForReplay
    | ReportRead
    | ReportMute
    | Save
)
