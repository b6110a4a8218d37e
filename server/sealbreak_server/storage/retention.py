"""Deletes what is too old."""

from peewee import SQL, Tuple, fn

from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.erasure import erase_traces, note_erasure
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.tables import (
    Event,
    Hit,
    IngestedBatch,
    Message,
    OwnAddress,
    SenderView,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow
from sealbreak_server.storage.totals import followed

AT_ONCE = 500
DAY = 24 * 3600
EVIDENCE_SECONDS = DAY
"""How long addresses and headers are kept: a verdict may need them for as long."""
LATE_SECONDS = 14 * DAY
"""A registration may come so long after the hits of its mail, as the extension has it: it waits in
a browser while the server is away or the laptop is closed. Until then they cannot be judged."""
CONTEXT_OF_EVIDENCE_SECONDS = 2 * 3600
"""So long before the oldest hit that can be judged it matters where the account was."""
BATCH_SECONDS = 30 * DAY
"""How long it is known that a batch was taken in. One whose commit stayed unheard lies in the spool
as well, for as long as the server is off, and without its row it would be taken in twice. There is
a row for each spooled batch, of 120 bytes, which is a hundredth of what its hits take: a flood of
12,000 hits a second leaves 190 rows a second, 80 MB an hour, only while it lasts."""
Place = tuple[float, int]
"""The time and the number of a hit."""
BEGINNING: Place = (0.0, 0)
_is_claimed = fn.EXISTS(Message.select(SQL("1")).where(Message.id == Hit.message))
"""The hit's mail is registered, and so it has been judged."""


def prune(before: float, now: float) -> int:
    """Forgets messages that left before, with all their hits, and whatever else is as old."""
    # Sent long ago first of all: that has an index, and few of these are scheduled for later.
    left_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    left = (Message.sent_at < before) & (left_at < before)
    old = Message.select(Message.id).where(left).limit(AT_ONCE)
    ids = [m for (m,) in as_tuples(old)]
    with followed(ids, hits_too=True):
        Message.delete().where(Message.id.in_(ids)).execute()
        erase_traces(ids, now)
    if len(ids) < AT_ONCE:
        _prune_the_rest(before)
    return len(ids)


def _prune_the_rest(before: float) -> None:
    """Not the hits of messages that stay, which came before these left: they are in its numbers."""
    stale = (Hit.time < before) & ~_is_claimed
    hits = Hit.select(Hit.id).where(stale)
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    Hit.delete().where(stale).execute()
    old = Event.created_at < before
    # A sum, lest the index of the accounts be read through for so few.
    theirs = Event.select(Event.account + 0).where(old).distinct()
    note_erasure([account for (account,) in as_tuples(theirs)])
    Event.delete().where(old).execute()
    SenderView.delete().where(SenderView.time < before).execute()
    OwnAddress.delete().where(OwnAddress.seen_at < before).execute()


def forget_evidence(now: float, begin: Place = BEGINNING) -> Place | None:
    """Addresses and headers of old hits, some at once; what is left of them is the verdict.

    Those that wait for their registration are passed over. Returns where the next ones begin;
    `None` when these were all.
    """
    place = (Hit.time, Hit.id)
    stale = (Hit.time < now - EVIDENCE_SECONDS) & SQL("headers <> '[]'")
    some = Hit.select(*place, _is_claimed).where(stale, Tuple(*place) > Tuple(*begin))
    rows = as_tuples(some.order_by(*place).limit(AT_ONCE))
    ids = [number for time, number, claimed in rows if claimed or time < now - LATE_SECONDS]
    Hit.update(address="", headers=NO_HEADERS).where(Hit.id.in_(ids)).execute()
    return rows[-1][:2] if len(rows) == AT_ONCE else None


def drop_context(now: float) -> None:
    """Where the account was and what it viewed, once no hit of that time can be judged."""
    kept = now - LATE_SECONDS - CONTEXT_OF_EVIDENCE_SECONDS
    OwnAddress.delete().where(OwnAddress.seen_at < kept).execute()
    SenderView.delete().where(SenderView.time < kept).execute()


def forget_batches(now: float) -> int:
    """Some at once."""
    old = IngestedBatch.select(IngestedBatch.id).where(IngestedBatch.taken_at < now - BATCH_SECONDS)
    ids = [name for (name,) in as_tuples(old.limit(AT_ONCE))]
    IngestedBatch.delete().where(IngestedBatch.id.in_(ids)).execute()
    return len(ids)
