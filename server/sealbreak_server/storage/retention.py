"""Deletes what is too old."""

from typing import Any, NamedTuple

from peewee import SQL, Tuple, fn

from sealbreak_server.storage import remains
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.erasure import erase_traces
from sealbreak_server.storage.events.erasing import note_erasure
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
"""How long after its hits a registration may arrive: it waits in the browser while the server is
away or the laptop is closed. The hits cannot be classified without it."""
CONTEXT_OF_EVIDENCE_SECONDS = 2 * 3600
"""How long before a hit the account's own addresses and views affect its verdict."""
BATCH_SECONDS = 30 * DAY
"""How long the names of recorded batches are kept. A batch whose commit got no answer is also in
the spool, as long as the server is off, and would be recorded twice without its row. A row has 120
bytes, a hundredth of what its hits take: a flood of 12,000 hits a second leaves 190 rows a second,
80 MB an hour."""
Place = tuple[float, int]
"""The time and the number of a hit."""
BEGINNING: Place = (0.0, 0)
_is_claimed = fn.EXISTS(Message.select(SQL("1")).where(Message.id == Hit.message))
"""The hit's message is registered, so the hit is classified."""


class Expired(NamedTuple):
    """How much is too old."""

    mails: int
    hits: int
    """Hits of mails that were never registered."""
    events: int
    """Events of mails that stay, of erased ones, and of none."""


def expired(before: float) -> Expired:
    mails = Message.select(Message.id).where(_left(before))
    return Expired(
        mails.count(),
        Hit.select().where((Hit.time < before) & ~_is_claimed).count(),
        Event.select().where(Event.created_at < before, Event.message.not_in(mails)).count(),
    )


def _left(before: float) -> Any:
    """The message left before."""
    # `sent_at` has an index, and few of the old messages were scheduled for later.
    left_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    return (Message.sent_at < before) & (left_at < before)


def delete_expired(before: float, now: float) -> int:
    """Deletes some messages that were sent before, with their hits, and then all other old rows."""
    old = Message.select(Message.id, Message.account).where(_left(before))
    owners = as_tuples(old.limit(AT_ONCE))
    ids = [message for message, _ in owners]
    with followed(ids, hits_too=True):
        Message.delete().where(Message.id.in_(ids)).execute()
        erase_traces(owners, now)
    if len(ids) < AT_ONCE:
        _delete_other_expired(before)
    return len(ids)


def _delete_other_expired(before: float) -> None:
    """Not the hits of messages that stay, whose counts include them."""
    stale = (Hit.time < before) & ~_is_claimed
    hits = Hit.select(Hit.id).where(stale)
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    gone = Hit.delete().where(stale).execute()
    old = Event.created_at < before
    # A sum hides the index of the accounts, which would be read completely.
    theirs = Event.select(Event.account + 0).where(old).distinct()
    note_erasure([account for (account,) in as_tuples(theirs)])
    gone += Event.delete().where(old).execute()
    gone += SenderView.delete().where(SenderView.time < before).execute()
    gone += OwnAddress.delete().where(OwnAddress.seen_at < before).execute()
    if gone:
        remains.note()


def delete_evidence(now: float, begin: Place = BEGINNING) -> Place | None:
    """Deletes addresses and headers of some old hits, whose verdicts stay.

    Skips hits that wait for their registration. Returns where the next hits begin; `None` at the
    end.
    """
    place = (Hit.time, Hit.id)
    stale = (Hit.time < now - EVIDENCE_SECONDS) & SQL("headers <> '[]'")
    some = Hit.select(*place, _is_claimed).where(stale, Tuple(*place) > Tuple(*begin))
    rows = as_tuples(some.order_by(*place).limit(AT_ONCE))
    ids = [number for time, number, claimed in rows if claimed or time < now - LATE_SECONDS]
    if Hit.update(address="", headers=NO_HEADERS).where(Hit.id.in_(ids)).execute():
        remains.note()
    return rows[-1][:2] if len(rows) == AT_ONCE else None


def delete_context(now: float) -> None:
    """Deletes own addresses and views from a time whose hits can no longer be classified."""
    kept = now - LATE_SECONDS - CONTEXT_OF_EVIDENCE_SECONDS
    gone = OwnAddress.delete().where(OwnAddress.seen_at < kept).execute()
    gone += SenderView.delete().where(SenderView.time < kept).execute()
    if gone:
        remains.note()


def delete_batch_names(now: float) -> int:
    """Deletes some old names of batches and returns how many."""
    old = IngestedBatch.select(IngestedBatch.id).where(IngestedBatch.taken_at < now - BATCH_SECONDS)
    ids = [name for (name,) in as_tuples(old.limit(AT_ONCE))]
    IngestedBatch.delete().where(IngestedBatch.id.in_(ids)).execute()
    return len(ids)
