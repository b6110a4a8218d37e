"""An open by a reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """An open by a reader."""

    time: float
    network: str | None = None
    """The reader's own, when it shows: an image proxy's says nothing."""
