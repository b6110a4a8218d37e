"""Stored totals of an account, because counting them again would read all its hits.

All-time totals: the length of each list of the history. Totals of a day: the messages that were
sent, and of these the opened ones, and so on. Totals of a quarter of an hour: the opens.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress
from typing import Any

from peewee import SQL, fn

from sealbreak_server.model.hit import Kind
from sealbreak_server.model.open_state import HitTotals, OpenState, is_unopened, open_state
from sealbreak_server.storage.engine.statements import CachedListQuery, CachedQuery
from sealbreak_server.storage.tables import (
    Hit,
    Link,
    Message,
    MutedMessage,
    OptOut,
    Recipient,
    Table,
    Total,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow

DAY = 24 * 3600
QUARTER = 15 * 60
"""Seconds. Today's time zones differ from UTC by a multiple of this."""
WAITS = (300.0, 3600.0, 4 * 3600.0, 1.0 * DAY, 7.0 * DAY)
"""Seconds until the first open: the bounds of the steps in the chart."""

SENT, KNOWABLE, OPENED, LINKED, CLICKED = "sent", "knowable", "opened", "linked", "clicked"
FIRST_OPENS = tuple(f"wait-{step}" for step in range(len(WAITS) + 1))
"""First opened within each of `WAITS`, and later."""
OPENS = "opens"

LISTS = (
    "is-all", "is-opened", "is-not-opened", "is-clicked", "is-only-machines",
    "is-unknowable", "is-unclear", "is-own", "is-muted",
)  # fmt: skip
"""All-time totals, stored with at = 0."""

Totals = Counter[tuple[int, str, int]]
"""By account, name, and day or quarter."""


def _has(table: type[Table]) -> Any:
    """The message has a row in the table."""
    row: Any = table
    return fn.EXISTS(row.select(SQL("1")).where(row.message == Message.id))


def _tracked_copy() -> Any:
    """A copy of the message whose readers have not opted out."""
    gone = OptOut.select(SQL("1")).where(
        OptOut.message == Recipient.message, OptOut.copy_number == Recipient.copy_number
    )
    return Recipient.select(SQL("1")).where(Recipient.message == Message.id, ~fn.EXISTS(gone))


_facts = CachedListQuery(
    lambda ids: Message.select(
        Message.account,
        Message.sent_at,
        fn.COALESCE(Message.scheduled_for, Message.sent_at),
        Message.level,
        Message.pixel,
        Message.withdrawn,
        Message.opens,
        Message.clicks,
        Message.machines,
        Message.unclear,
        Message.own,
        Message.apple,
        Message.first_opened_at,
        _has(OptOut) & ~fn.EXISTS(_tracked_copy()),
        _has(Link),
        _has(MutedMessage),
    ).where(Message.id.in_(ids))
)
_opens = CachedListQuery(
    lambda ids: (
        VerdictRow.select(
            Message.account, fn.FLOOR(Hit.time / QUARTER).alias("quarter"), fn.COUNT(Hit.id)
        )
        .join(Hit)
        .join(Message, on=Message.id == VerdictRow.message)
        .where(
            VerdictRow.message.in_(ids),
            VerdictRow.counted,
            Hit.kind == str(Kind.OPEN),
            ~Message.withdrawn,
        )
        .group_by(Message.account, SQL("quarter"))
    )
)
_add = CachedQuery(
    lambda account, name, at, more: Total.insert(
        account=account, name=name, at=at, count=more
    ).on_conflict(
        conflict_target=[Total.account, Total.name, Total.at],
        update={Total.count: Total.count + more},
    )
)


@contextmanager
def followed(messages: Sequence[str], *, hits_too: bool = False) -> Iterator[None]:
    """Updates the totals with whatever happens to these messages inside the block.

    `hits_too`: counts their hits too, for blocks that delete hits. Opens of new hits are passed to
    `add` instead, because reading all hits of a message for each new one would get ever slower.
    """
    before = _of(messages, hits_too)
    yield
    after = _of(messages, hits_too)
    after.subtract(before)
    add(after)


@dataclass(frozen=True, slots=True)
class _Facts:
    account: int
    sent_at: float
    left_at: float
    level: str
    pixel: bool
    withdrawn: bool
    opens: int
    clicks: int
    machines: int
    unclear: int
    own: int
    apple: int
    first_opened_at: float | None
    opted_out: bool
    """By the readers of all its copies."""
    linked: bool
    muted: bool

    @property
    def tracked(self) -> bool:
        return self.pixel and self.level != "off"

    @property
    def state(self) -> OpenState:
        hits = HitTotals(self.opens, self.clicks, self.apple, self.machines, self.unclear)
        return open_state(hits, tracked=self.tracked, sent=not self.withdrawn)


def _of(messages: Sequence[str], hits_too: bool) -> Totals:
    found: Totals = Counter()
    for row in _facts.rows(messages):
        facts = _Facts(*row)
        found.update((facts.account, name, 0) for name in _lists(facts))
        day = int(facts.sent_at // DAY)
        found.update((facts.account, name, day) for name in _fates(facts))
    for account, quarter, count in _opens.rows(messages) if hits_too else ():
        found[account, OPENS, int(quarter)] += count
    return found


def _lists(mail: _Facts) -> Iterable[str]:
    state = mail.state
    of_sent = (
        mail.opens, is_unopened(state, tracked=mail.tracked), mail.clicks,
        state is OpenState.AUTOMATED, state is OpenState.UNKNOWABLE, mail.unclear, mail.own,
    )  # fmt: skip
    listed = (True, *(not mail.withdrawn and found for found in of_sent), mail.muted)
    return compress(LISTS, listed)


def _fates(mail: _Facts) -> Iterator[str]:
    if mail.withdrawn:
        return
    yield SENT
    if mail.first_opened_at is not None:
        yield FIRST_OPENS[_step(mail.first_opened_at - mail.left_at)]
    hidden = (mail.apple or mail.unclear) and not mail.opens
    if not mail.tracked or mail.opted_out or hidden:
        return  # an opening would not be known
    yield KNOWABLE
    if mail.opens:
        yield OPENED
    if mail.linked:
        yield LINKED
    if mail.linked and mail.clicks:
        yield CLICKED


def _step(wait: float) -> int:
    return sum(wait >= bound for bound in WAITS)


def add(changes: Totals) -> None:
    _add.run_many((*key, more) for key, more in changes.items() if more)
