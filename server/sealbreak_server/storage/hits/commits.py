"""What a transaction over hits changed, and when the next one is due."""

from dataclasses import dataclass, field

from peewee import fn

from sealbreak_server.model.context import (
    SETTLE_SECONDS,
)
from sealbreak_server.storage.engine.statements import (
    CachedQuery,
)
from sealbreak_server.storage.tables import Counter, Doubt
from sealbreak_server.storage.tables import Verdict as VerdictRow

CLOCKS_SECONDS = 60
"""Maximum clock skew between two servers. Later hits were classified on arrival."""
LONGEST_WAIT = SETTLE_SECONDS + CLOCKS_SECONDS
"""Maximum seconds that a verdict waits for further hits."""
_due = CachedQuery(
    lambda: VerdictRow.select(fn.MIN(VerdictRow.due)).where(VerdictRow.due.is_null(False))
)
doubts = CachedQuery(
    lambda some: (
        Doubt.select(Doubt.message)
        .where(Doubt.waits_since > 0)  # in the order of the index
        .order_by(Doubt.waits_since)
        .limit(some)
    )
)
"""The messages with hits in doubt, the longest waiting first."""


@dataclass(frozen=True, slots=True)
class CommitResult:
    """The owners that got events, and when the next transaction is due."""

    owners: frozenset[str] = field(default_factory=frozenset)
    due: float | None = None


def touch() -> None:
    """A write that changes nothing: it fails when the database cannot be written to."""
    Counter.update(value=Counter.value).where(Counter.name == "hit").execute()


def first_due() -> float | None:
    due: float | None = _due.rows()[0][0]
    return due


def next_due(now: float) -> float | None:
    """When to call `settle`. A time too far ahead was stored before the clock was set back."""
    due = first_due()
    if doubts.rows(1) or (due is not None and due > now + LONGEST_WAIT):
        return now
    return due
