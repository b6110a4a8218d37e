"""Which unopened mails make a reminder, and what it is based on. Pure.

That no open was seen proves little, as images may be blocked. So only readers whose opens would
show make a reminder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sealbreak_server.classification.explain import PROVIDERS
from sealbreak_server.model.message import Recipient
from sealbreak_server.model.preferences import DAY

LATE_DAYS = 7
"""A server that was down for this many days after a reminder was due leaves it out."""

LOADING_DOMAINS = {"gmail.com": "Gmail", "googlemail.com": "Gmail"}
"""Providers that show images by default, as Gmail states in its help.

Apple is not among them: its servers load all images, so neither a load nor its absence proves
anything.
"""


EarlierOpen = Callable[[str], str | None]
"""How an earlier mail to an address, in lower case, was opened: its `Verdict.via`."""


@dataclass(frozen=True, slots=True)
class Reminder:
    days: int
    words: str
    evidence: tuple[str, ...]


def reminder(
    readers: Sequence[Recipient], earlier_open: EarlierOpen, sent_at: float, now: float
) -> Reminder | None:
    """`None` when no reader's open would show."""
    days = int((now - sent_at) / DAY)
    grounds = [
        (person, ground) for person in readers if (ground := _ground(person.address, earlier_open))
    ]
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


def _ground(address: str, earlier_open: EarlierOpen) -> str:
    """Why an open by this address would show, with `{}` for the address; empty if it might not."""
    via = earlier_open(address.lower())
    if via is not None:
        where = f" in {PROVIDERS[via]}" if via in PROVIDERS else ""
        return f"earlier mails to {{}} were opened{where}"
    provider = LOADING_DOMAINS.get(address.rpartition("@")[2].lower())
    return f"{provider}, which serves {{}}, shows images by default" if provider else ""


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
