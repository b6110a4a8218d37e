"""What the tray knows at one time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sealbreak_desktop.state.events import Event

MENU_EVENTS = 10
"""Events in the menu."""
MAX_UNREAD = 1000
CLOCK_TOLERANCE = timedelta(minutes=1)
"""A clock that is kept right by a time server steps back by less."""


class Link(Enum):
    """The connection to the server; the value is its word in the menu."""

    CONNECTING = "Connecting"
    ONLINE = "Online"
    OFFLINE = "Offline"
    SIGNED_OUT = "Signed out"


@dataclass(frozen=True, slots=True)
class State:
    link: Link = Link.CONNECTING
    problem: str = ""
    """Why there is no connection, for the user."""
    account: str = ""
    seen: int = 0
    """The number of the newest event received."""
    replay_until: int = 0
    """Events up to this number happened before the connection was made."""
    silent_until: int | None = 0
    """Events up to this number make no pop-up; `None`: none of the first replay does."""
    pending: tuple[tuple[Event, int], ...] = ()
    """Events not yet shown, each with the number of earlier events like it."""
    recent: tuple[Event, ...] = ()
    """Newest first."""
    unread: tuple[tuple[int, str], ...] = ()
    """Number and message of each unread event."""
    muted_until: datetime | None = None
    mute_chosen: datetime | None = None
    """When it was chosen here; `None`: on another device."""
    mute_pending: bool = False
    """The mute, or its end, was chosen here, and the server does not know about it yet."""
    muted_people: frozenset[str] = frozenset()
    """Addresses in lower case."""
    muted_messages: frozenset[str] = frozenset()
    erasures: int = 0
    """The number of the server's last erasure that was done here too."""
    read_up_to: int = 0
    """The number of the newest event that was read, on any device."""
    alerted_elsewhere: int = 0
    """A browser has alerted about the events up to this number, while no tray was connected."""
    just_shown: tuple[tuple[datetime, Event], ...] = ()
    """What popped up in the last seconds, and when."""

    def is_muted(self, now: datetime) -> bool:
        within = self.muted_until is not None and now < self.muted_until
        return within and not self.chose_in_future(now)

    def chose_in_future(self, now: datetime) -> bool:
        """The mute was chosen while the clock was wrong. It could last for years."""
        return self.mute_chosen is not None and now < self.mute_chosen - CLOCK_TOLERANCE
