"""What the server reports, as values."""

from dataclasses import dataclass
from datetime import datetime

from sealbreak_desktop.state.kinds import Kind, kind_of

READERS = ("human", "unknown")
"""Actors of a verdict that may be a reader."""


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    name: str
    copy: int


@dataclass(frozen=True, slots=True)
class Verdict:
    actor: str
    via: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class GmailThread:
    number: str
    """Hexadecimal, as in the addresses of Gmail's pages."""
    account: str
    """Empty: the browser's first account."""


@dataclass(frozen=True, slots=True)
class Event:
    number: int
    kind: str
    time: datetime
    message: str
    """The id of the message."""
    subject: str
    recipients: tuple[Recipient, ...]
    copy: int
    link: int | None
    """The number of the link that was followed."""
    url: str
    corrects: int | None
    """The number of the event whose verdict changed."""
    verdict: Verdict
    quiet: bool = False
    """The server asks for no pop-up."""
    path: str = ""
    """The server's page about it, if that is not the page of the message."""
    gmail: GmailThread | None = None
    """Where the mail is in Gmail, if the server knows that."""

    @property
    def row(self) -> Kind:
        """The row of its kind in the table of kinds."""
        return kind_of(self.kind)

    @property
    def key(self) -> str:
        """Shared with its repeats and with a correction of it."""
        if self.row.own_pop_up:
            return f"{self.message}/{self.copy}/{self.kind}"
        return f"{self.message}/{self.copy}/{'open' if self.link is None else self.link}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """The account's notification preferences, from whichever device or page they come."""

    snoozed_until: datetime | None
    muted_people: frozenset[str] = frozenset()
    """Addresses in lower case."""
    muted_messages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """Another device has marked events as read."""

    number: int


@dataclass(frozen=True, slots=True)
class Erased:
    """Events that the server has erased. They have to be erased here too."""

    before: int
    """All events with a smaller number are erased."""
    numbers: tuple[tuple[int, int], ...]
    """First and last number of each range."""
    erasures: int | None
    """The number of the server's erasure that this completes; `None`: more frames follow."""

    def holds(self, number: int) -> bool:
        return number < self.before or any(first <= number <= last for first, last in self.numbers)


NOTHING_ERASED = Erased(0, (), None)
