"""A reader's visit to a mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """An open by a reader."""

    time: float
    network: str | None = None
    """The reader's own network; `None` behind an image proxy, which hides it."""
