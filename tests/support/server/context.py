"""A message, hits on it, and the context in which they are classified."""

from dataclasses import replace

from sealbreak_server.model.context import ClassifiedHit, HitContext
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Link, Message, Recipient
from sealbreak_server.model.verdict import Actor, Verdict

SENT = 1_000_000.0
ANN = Recipient("ann@example.com", "Ann", "to", 0)
BEN = Recipient("ben@example.org", None, "cc", 0)
MESSAGE = Message(
    "a" * 16, 1, "b" * 8, "Offer", "full", SENT, (ANN,),
    (Link(1, "https://example.com/1"), Link(2, "https://example.com/2", hidden=True)),
)  # fmt: skip
HUMAN = Verdict(Actor.HUMAN, "direct", "reader")


def a_hit(seconds: float, kind: Kind = Kind.OPEN, link: int | None = None, **more: object) -> Hit:
    hit = Hit(
        kind, MESSAGE.owner, MESSAGE.id, 0, link, SENT + seconds, "GET", "192.0.2.1",
        (("user-agent", "Firefox"),),
    )  # fmt: skip
    return hit._replace(**more)  # type: ignore[arg-type]


def a_context(
    *classified_hits: ClassifiedHit, message: Message = MESSAGE, **more: object
) -> HitContext:
    return replace(HitContext(message, classified_hits), **more)  # type: ignore[arg-type]
