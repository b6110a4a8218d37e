"""Which mails it is worth saying of that they have not been opened, and what that rests on. Pure.

Silence proves little: images may be blocked. So it is said only of readers whose opens would show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sealbreak_server.classification.explain import PROVIDERS
from sealbreak_server.model.message import Recipient
from sealbreak_server.model.preferences import DAY

LATE_DAYS = 7
"""A server that was away this long after the day says nothing more of it."""

LOADING_DOMAINS = {"gmail.com": "Gmail", "googlemail.com": "Gmail"}
"""Providers that show images unless the reader told them otherwise: as Gmail says of itself.

Apple's is not among them: it loads everything by itself, so neither a load nor silence tells.
"""


Seen = Callable[[str], str | None]
"""How earlier mails to an address, in lower case, were opened (`Verdict.via`)."""


@dataclass(frozen=True, slots=True)
class Reminder:
    days: int
    words: str
    evidence: tuple[str, ...]


def reminder(
    readers: Sequence[Recipient], seen: Seen, sent_at: float, now: float
) -> Reminder | None:
    """`None` when nobody's silence means anything."""
    days = int((now - sent_at) // DAY)
    grounds = [(person, ground) for person in readers if (ground := _ground(person.address, seen))]
    if not grounds:
        return None
    person, ground = grounds[0]
    whose = "this address" if len(readers) == 1 else person.address
    nobody = "Not opened" if len(readers) == 1 else f"Not opened by any of {len(readers)}"
    return Reminder(
        days,
        f"{nobody} for {days} day{'' if days == 1 else 's'}: {ground.format(whose)}",
        tuple(_sentence(ground.format(one.address)) for one, ground in grounds),
    )


def _ground(address: str, seen: Seen) -> str:
    """Why an open by this address would show, with a gap for the address; empty when it may not."""
    via = seen(address.lower())
    if via is not None:
        where = f" in {PROVIDERS[via]}" if via in PROVIDERS else ""
        return f"earlier mails to {{}} were opened{where}"
    provider = LOADING_DOMAINS.get(address.rpartition("@")[2].lower())
    return f"{provider}, which serves {{}}, shows images by default" if provider else ""


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
