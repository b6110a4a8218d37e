"""What a hit is classified as."""

from dataclasses import dataclass
from enum import StrEnum


class Actor(StrEnum):
    HUMAN = "human"
    MACHINE = "machine"
    SENDER = "sender"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    actor: Actor
    via: str
    """How the hit came: `direct`, `gmail-proxy`, `apple-mpp`, a scanner's name, ..."""
    reason: str
    """The rule that decided, from the closed list `classification.rules.reasons.Reason`."""
    evidence: tuple[str, ...] = ()
    """What was observed, as short sentences for the details of a hit."""
    device: str | None = None
    country: str | None = None
    """ISO 3166 code of two letters."""
    network: str | None = None
    """The owner of the network."""
    device_known: bool = False
    location_known: bool = False
    sure: bool = True
    """False while hits of the next seconds could change it."""
    rules: int = 0
    """The version of the rules that made it."""
