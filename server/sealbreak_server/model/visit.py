"""A reader's visit to a mail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A load by a reader."""

    time: float
    network: str | None = None
    """The reader's own network; `None` behind an image proxy, which hides it."""
    country: str | None = None
    program: str = ""
    """How it came and in which program, as `program_of` writes it."""

    @property
    def source(self) -> tuple[str, str | None]:
        """Loads of one source belong together. A proxy that hides reader and network is one."""
        return self.program, self.network


def program_of(via: str, device: str | None) -> str:
    return f"{via} {device or ''}"
