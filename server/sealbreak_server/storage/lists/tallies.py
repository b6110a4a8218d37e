"""Numbers of the hits of one message, which cost the same however many hits there are."""

from dataclasses import dataclass

from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import HitCount


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of similar hits of a message."""

    kind: str
    copy: int
    link: int | None
    actor: str
    hits: int
    counted: int


def of_message(message: str) -> list[Tally]:
    """Counts all its hits, even if they are too many to be shown."""
    fields = (
        HitCount.kind, HitCount.copy_number, HitCount.link, HitCount.actor, HitCount.hits,
        HitCount.counted,
    )  # fmt: skip
    query = HitCount.select(*fields).where(HitCount.message == message, HitCount.hits > 0)
    return [Tally(kind, copy, link or None, *rest) for kind, copy, link, *rest in as_tuples(query)]
