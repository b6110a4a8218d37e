"""Forgetting: a message, a person, what is old. And handing over everything about an account."""

from collections.abc import Collection, Iterator, Sequence

import orjson
from peewee import SQL, Tuple, fn

from sealbreak_server.events.wire import erased_body
from sealbreak_server.model.hit import Kind
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.tables import (
    Account,
    CopyState,
    Device,
    Event,
    Hit,
    HitCount,
    IngestedBatch,
    Link,
    Message,
    MutedMessage,
    MutedRecipient,
    OptOut,
    OwnAddress,
    Preference,
    Recipient,
    Reminder,
    SenderView,
    Webhook,
    lower_address,
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


def erase_message(account: Account, message: str, now: float) -> bool:
    """True when anything was known of it."""
    theirs = Message.select().where(Message.id == message, Message.account != account).exists()
    strange = Hit.select().where(Hit.message == message, Hit.owner != account.owner).exists()
    if theirs or strange:
        return False
    with followed([message], hits_too=True):
        erased = Message.delete().where(Message.id == message).execute()
        gone = _erase_traces([message], now)
    return bool(erased or gone)


def erase_recipient(account: Account, address: str, now: float) -> int:
    """The messages that this person got: erased when nobody else got them, else without the person.

    What is known of the hits on a copy that others share stays with the others.
    """
    mine = Message.select(SQL("1")).where(
        Message.id == Recipient.message, Message.account == account
    )
    wanted = (lower_address == fn.LOWER(address)) & fn.EXISTS(mine)
    copies: dict[str, set[int]] = {}
    for message, copy in as_tuples(
        Recipient.select(Recipient.message, Recipient.copy_number).where(wanted)
    ):
        copies.setdefault(message, set()).add(copy)
    Recipient.delete().where(wanted).execute()
    MutedRecipient.delete().where(
        MutedRecipient.account == account, MutedRecipient.address == address.lower()
    ).execute()
    for message, theirs in copies.items():
        left = list(Recipient.select().where(Recipient.message == message))
        if left:
            with followed([message], hits_too=True):
                _erase_copies(message, theirs - {row.copy_number for row in left})
            _rewrite_people(message, left, now)
        else:
            erase_message(account, message, now)
    return len(copies)


def _erase_copies(message: str, copies: set[int]) -> None:
    hits = Hit.select(Hit.id).where(Hit.message == message, Hit.copy_number.in_(copies))
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    Hit.delete().where(Hit.message == message, Hit.copy_number.in_(copies)).execute()
    for table in (CopyState, HitCount, Reminder):
        table.delete().where(table.message == message, table.copy_number.in_(copies)).execute()
    _count_again(message)


def _count_again(message: str) -> None:
    left = Hit.select(Hit.kind, fn.COUNT(Hit.id), fn.MIN(Hit.time)).join(VerdictRow)
    counted = left.where(VerdictRow.message == message, VerdictRow.counted).group_by(Hit.kind)
    found = {kind: (count, first) for kind, count, first in as_tuples(counted)}
    mine = VerdictRow.select(VerdictRow.actor, fn.COUNT(VerdictRow.hit)).where(
        VerdictRow.message == message
    )
    actors = dict(as_tuples(mine.group_by(VerdictRow.actor)))
    opens, first_opened_at = found.get(str(Kind.OPEN), (0, None))
    Message.update(
        opens=opens,
        clicks=found.get(str(Kind.CLICK), (0, None))[0],
        machines=actors.get("machine", 0),
        unclear=actors.get("unknown", 0),
        own=actors.get("sender", 0),
        apple=mine.where(VerdictRow.via == "apple-mpp").count(),
        first_opened_at=first_opened_at,
    ).where(Message.id == message).execute()


def _rewrite_people(message: str, left: Sequence[Recipient], now: float) -> None:
    subject = Message.get_by_id(message).subject
    people = (f"{row.name or ''} {row.address}" for row in left)
    text = "\n".join([subject, *people]).lower()
    Message.update(people=text).where(Message.id == message).execute()
    _blank_events([message], now)


def _erase_traces(messages: Sequence[str], now: float) -> int:
    hits = Hit.select(Hit.id).where(Hit.message.in_(messages))
    VerdictRow.delete().where(VerdictRow.hit.in_(hits)).execute()
    gone = int(Hit.delete().where(Hit.message.in_(messages)).execute())
    for table in (CopyState, HitCount, SenderView, Reminder):
        table.delete().where(table.message.in_(messages)).execute()
    _blank_events(messages, now)
    return gone


def _blank_events(messages: Sequence[str], now: float) -> None:
    """Their numbers stay: a reader that resumes by number must find no gap."""
    blanked = list(Event.select().where(Event.message.in_(messages)))
    for event in blanked:
        body = orjson.dumps(erased_body(event.number, now)).decode()
        Event.update(message="", body=body).where(
            Event.account == event.account_id, Event.number == event.number
        ).execute()
    _note_erasure({event.account_id for event in blanked})


def _note_erasure(accounts: Collection[int]) -> None:
    """For the devices that keep a copy."""
    raised = Account.erasures + 1
    Account.update(erasures=raised).where(Account.id.in_(accounts)).execute()


def prune(before: float, now: float) -> int:
    """Forgets messages that left before, with all their hits, and whatever else is as old."""
    # Sent long ago first of all: that has an index, and few of these are scheduled for later.
    left_at = fn.COALESCE(Message.scheduled_for, Message.sent_at)
    left = (Message.sent_at < before) & (left_at < before)
    old = Message.select(Message.id).where(left).limit(AT_ONCE)
    ids = [m for (m,) in as_tuples(old)]
    with followed(ids, hits_too=True):
        Message.delete().where(Message.id.in_(ids)).execute()
        _erase_traces(ids, now)
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
    _note_erasure([account for (account,) in as_tuples(theirs)])
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


def export(account: Account) -> Iterator[tuple[str, object]]:
    """Table by table, everything that is known of an account and of its messages."""
    yield "account", {"owner": account.owner, "name": account.name}
    yield "messages", list(Message.select().where(Message.account == account).dicts())
    ids = Message.select(Message.id).where(Message.account == account)
    yield "recipients", list(Recipient.select().where(Recipient.message.in_(ids)).dicts())
    yield "links", list(Link.select().where(Link.message.in_(ids)).dicts())
    yield "hits", list(Hit.select().where(Hit.owner == account.owner).dicts())
    owned = Hit.select(Hit.id).where(Hit.owner == account.owner)
    yield "verdicts", list(VerdictRow.select().where(VerdictRow.hit.in_(owned)).dicts())
    events = Event.select(Event.body).where(Event.account == account).order_by(Event.number)
    yield "events", [orjson.loads(body) for (body,) in as_tuples(events)]
    yield "opt_outs", list(OptOut.select().where(OptOut.message.in_(ids)).dicts())
    yield "reminders", list(Reminder.select().where(Reminder.message.in_(ids)).dicts())
    yield "views", list(SenderView.select().where(SenderView.message.in_(ids)).dicts())
    devices = Device.select(Device.id, Device.name, Device.kind, Device.created_at, Device.seen_at)
    yield "devices", list(devices.where(Device.account == account).dicts())
    own = OwnAddress.select(OwnAddress.address, OwnAddress.seen_at)
    yield "own_addresses", list(own.where(OwnAddress.account == account).dicts())
    yield "preferences", list(Preference.select().where(Preference.account == account).dicts())
    muted = MutedMessage.select().where(MutedMessage.message.in_(ids))
    people = MutedRecipient.select(MutedRecipient.address).where(MutedRecipient.account == account)
    yield "muted_messages", list(muted.dicts())
    yield "muted_recipients", [address for (address,) in as_tuples(people)]
    webhooks = Webhook.select(Webhook.id, Webhook.url, Webhook.created_at, Webhook.disabled_at)
    yield "webhooks", list(webhooks.where(Webhook.account == account).dicts())
