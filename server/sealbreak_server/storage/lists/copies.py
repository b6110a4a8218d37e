"""What is known of each copy of some mails."""

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import fn

from sealbreak_server.model.hit import Kind
from sealbreak_server.model.open_state import HitTotals, OpenState, open_state
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage.engine.statements import CachedListQuery
from sealbreak_server.storage.hits.decision_writer import APPLE
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.tables import Hit, HitCount, OptOut
from sealbreak_server.storage.tables import Verdict as VerdictRow

_counts = CachedListQuery(
    lambda ids: (
        HitCount.select(
            HitCount.message,
            HitCount.copy_number,
            HitCount.kind,
            HitCount.actor,
            fn.SUM(HitCount.hits),
            fn.SUM(HitCount.counted),
        )
        .where(HitCount.message.in_(ids))
        .group_by(HitCount.message, HitCount.copy_number, HitCount.kind, HitCount.actor)
    )
)
_apple = CachedListQuery(
    lambda ids: (
        VerdictRow.select(VerdictRow.message, Hit.copy_number, fn.COUNT(Hit.id))
        .join(Hit)
        .where(VerdictRow.message.in_(ids), VerdictRow.via == APPLE)
        .group_by(VerdictRow.message, Hit.copy_number)
    )
)
_opted_out = CachedListQuery(
    lambda ids: OptOut.select(OptOut.message, OptOut.copy_number).where(OptOut.message.in_(ids))
)


@dataclass(frozen=True, slots=True)
class Copy:
    totals: HitTotals
    state: OpenState


def copies_of(mails: Sequence[MessageView]) -> dict[str, dict[int, Copy]]:
    """By message and number, in the order of the recipients."""
    ids = [mail.id for mail in mails]
    counts: dict[tuple[str, int], dict[str, int]] = {}
    for message, copy, kind, actor, hits, counted in _counts.rows(ids):
        its = counts.setdefault((message, copy), dict.fromkeys((*Kind, *Actor), 0))
        its[kind] += int(counted)
        its[actor] += int(hits)
    apple_mails = [mail.id for mail in mails if mail.counts.apple]
    apple = {(message, copy): count for message, copy, count in _apple.rows(apple_mails)}
    gone = set(_opted_out.rows(ids))

    def copy_of(mail: MessageView, number: int) -> Copy:
        at = (mail.id, number)
        its = counts.get(at, {})
        totals = HitTotals(
            its.get(Kind.OPEN, 0), its.get(Kind.CLICK, 0), apple.get(at, 0),
            its.get(Actor.MACHINE, 0), its.get(Actor.UNKNOWN, 0),
        )  # fmt: skip
        tracked = mail.is_tracked and at not in gone
        return Copy(totals, open_state(totals, tracked=tracked, sent=not mail.flags.withdrawn))

    return {
        mail.id: {
            number: copy_of(mail, number)
            for number in dict.fromkeys(person.copy for person in mail.message.recipients)
        }
        for mail in mails
    }
