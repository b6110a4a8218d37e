"""What a transaction over hits changed, and when the next one is due."""

from dataclasses import dataclass, field

from peewee import fn

from sealbreak_server.model.context import (
    SETTLE_SECONDS,
)
from sealbreak_server.storage.engine.statements import (
    CachedQuery,
)
from sealbreak_server.storage.tables import Counter
from sealbreak_server.storage.tables import Verdict as VerdictRow

CLOCKS_SECONDS = 60
"""Of two servers may differ so much. A hit after the registration has been judged."""
LONGEST_WAIT = SETTLE_SECONDS + CLOCKS_SECONDS
"""Seconds that a verdict may wait for company."""
_due = CachedQuery(
    lambda: VerdictRow.select(fn.MIN(VerdictRow.due)).where(VerdictRow.due.is_null(False))
)


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a transaction brought: whom to wake and when to look again."""

    owners: frozenset[str] = field(default_factory=frozenset)
    due: float | None = None


def touch() -> None:
    """Proves that the database takes writes."""
    Counter.update(value=Counter.value).where(Counter.name == "hit").execute()


def _first_due() -> float | None:
    due: float | None = _due.rows()[0][0]
    return due


def next_due(now: float) -> float | None:
    """When to settle. What could not be due so late was put down before the clock was set back."""
    due = _first_due()
    return due if due is None or due <= now + LONGEST_WAIT else now
