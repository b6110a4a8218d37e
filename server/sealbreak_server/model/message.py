"""A registered message: its recipients, and the links in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    name: str | None
    kind: str
    copy: int


@dataclass(frozen=True, slots=True)
class Link:
    n: int
    url: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A registered message, as far as classification and events need it."""

    id: str
    account: int
    owner: str
    subject: str
    level: str
    sent_at: float
    recipients: tuple[Recipient, ...] = ()
    links: tuple[Link, ...] = ()
    thread_id: str | None = None
    gmail_thread_id: str | None = None
    gmail_account: str | None = None
    withdrawn: bool = False
    """It did not leave, so nothing counts."""

    def readers(self, copy: int) -> tuple[Recipient, ...]:
        """The people who got the copy. Somebody in To and Cc is one reader."""
        mine = (person for person in self.recipients if person.copy == copy)
        people: dict[str, Recipient] = {}
        for person in mine:
            people.setdefault(person.address.lower(), person)
        return tuple(people.values())

    def link(self, number: int | None) -> Link | None:
        return next((link for link in self.links if link.n == number), None)
