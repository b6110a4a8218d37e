"""Text as the search compares it. Pure."""

import unicodedata
from collections.abc import Iterable


def fold(text: str) -> str:
    """The same for letters that differ in case, or in how their accents are encoded.

    Python's folding, because SQLite folds only ASCII and PostgreSQL what its locale knows. A text
    is normalised before, as accents have cases of their own, and after, as folding takes letters
    apart.
    """
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", composed.casefold())


def searched_text(subject: str, people: Iterable[tuple[str | None, str]]) -> str:
    """What the search of mails looks through. `people`: name and address of each recipient."""
    return fold("\n".join([subject, *(f"{name or ''} {address}" for name, address in people)]))
