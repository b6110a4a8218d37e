"""Plays a world on a database, step by step."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from typing import Any

import orjson
from sealbreak_server.errors import GoneError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import accounts, erasure, preferences, retention
from sealbreak_server.storage.engine.statements import CachedQuery
from sealbreak_server.storage.events.scheduled import emit_due
from sealbreak_server.storage.hits import reclassification
from sealbreak_server.storage.hits.commits import next_due
from sealbreak_server.storage.hits.recording import record_batch, record_hits, take_in
from sealbreak_server.storage.hits.unsettled import note_views, settle
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.registration import opt_out, register, stop, withdraw
from sealbreak_server.storage.tables import CopyState, Event, Message
from support.server.classification import classifier
from support.server.process import registration
from support.worlds.ground import Ground
from support.worlds.world import (
    END,
    SENT,
    Change,
    Come,
    EraseMail,
    ErasePerson,
    Forget,
    Look,
    Mute,
    OptOut,
    Register,
    Remind,
    Resend,
    Restart,
    Settle,
    Step,
    Stop,
    Withdraw,
    World,
)

classify = classifier().classify
Body = dict[str, Any]

COUNTS = ("opens", "clicks", "machines", "unclear", "own", "apple", "first_opened_at")
_row = CachedQuery(
    lambda message: Message.select(*(getattr(Message, name) for name in COUNTS)).where(
        Message.id == message
    )
)
_last_opens = CachedQuery(
    lambda message: CopyState.select(CopyState.copy_number, CopyState.opened_at).where(
        CopyState.message == message, CopyState.opened_at.is_null(False)
    )
)
_events = CachedQuery(
    lambda account: (
        Event.select(Event.body, Event.created_at)
        .where(Event.account == account)
        .order_by(Event.number)
    )
)
_level = CachedQuery(lambda message: Message.select(Message.level).where(Message.id == message))


class Play:
    """The mails of a world, on an account of their own."""

    def __init__(self, ground: Ground, world: World) -> None:
        ground.clear()
        self.ground, self.world = ground, world
        self.account = self.write(accounts.account_named, new_id(), SENT)
        self.write(preferences.put_preferences, self.account.id, {"digest": True}, SENT)
        self.ids = [new_id() for _ in world.mails]
        self._thread = new_id()
        self.now = SENT

    def write(self, job: Any, *args: Any, **kwargs: Any) -> Any:
        return self.ground.storage.transaction(job, *args, **kwargs)

    def run(self, *, together: bool = True) -> None:
        for _ in self.steps(together=together):
            pass

    def steps(self, *, together: bool = True) -> Iterator[list[Step]]:
        """`together`: hits in a row come as one batch. Yields what was done."""
        for is_hit, some in groupby(self.world.steps, lambda step: isinstance(step, Come)):
            steps = list(some)
            for step in [steps] if is_hit and together else [[one] for one in steps]:
                now = max(self.now, *(one.time for one in step))
                self._settle_until(now)
                self.now = now
                self._do(step)
                yield step
        self.settle()

    def _settle_until(self, now: float) -> None:
        while self.world.prompt and (due := next_due(self.now)) is not None and due < now:
            self.now = max(due, self.now)
            self.write(settle, classify, self.now)

    def settle(self) -> None:
        while self.write(settle, classify, END).due is not None:
            pass

    def _do(self, steps: Sequence[Step]) -> None:  # noqa: C901  # one line for each
        write, step = self.write, steps[0]
        mail = self.ids[getattr(step, "mail", 0)]
        if isinstance(step, Come):
            self._come([one for one in steps if isinstance(one, Come)])
        elif isinstance(step, Look):
            write(note_views, classify, self.account.id, [mail], step.time, [mail])
        elif isinstance(step, Register):
            self.put(step.mail)
        elif isinstance(step, Change):
            self.put(step.mail, level=step.level)
        elif isinstance(step, Resend):
            self.put(step.mail, sent_at=wire_time(step.sent_at))
        elif isinstance(step, OptOut):
            write(opt_out, classify, mail, step.copy, self.now)
        elif isinstance(step, EraseMail):
            write(erasure.erase_message, self.account.id, mail, self.now)
        elif isinstance(step, ErasePerson):
            write(erasure.erase_recipient, self.account.id, step.address, self.now)
        elif isinstance(step, Forget):
            write(retention.delete_evidence, self.now)
        elif isinstance(step, Settle):
            write(settle, classify, self.now)
        elif isinstance(step, Remind):
            write(emit_due, self.now)
        elif isinstance(step, Restart):
            self.ground.restart()
        elif _level.rows(mail):
            self._do_to_registered(step, mail)

    def _do_to_registered(self, step: Step, mail: str) -> None:
        if isinstance(step, Stop):
            self.write(stop, self.account.id, mail)
        elif isinstance(step, Withdraw):
            self.write(withdraw, self.account.id, mail, step.withdrawn)
        elif isinstance(step, Mute):
            self.write(preferences.mute_message, self.account.id, mail, True)

    def _come(self, comes: Sequence[Come]) -> None:
        """The second half of the batches is spooled too, because their commit got no answer."""
        hits = [one.hit(self.account.owner, self.ids[one.mail]) for one in comes]
        if len(comes) % 2:
            self.write(record_hits, classify, hits, self.now)
        else:
            name = new_id()
            self.write(record_batch, classify, name, "", hits, self.now)
            self.write(take_in, classify, {name: hits}, self.now)

    def put(self, mail: int, **changes: object) -> None:
        one = self.world.mails[mail]
        body = registration(
            **{
                "recipients": [
                    {"address": p.address, "name": None, "kind": p.kind, "copy": p.copy}
                    for p in one.people
                ],
                "links": [
                    {"n": n, "url": f"https://example.com/{n}", "hidden": n == one.links}
                    for n in range(1, one.links + 1)
                ],
                "sent_at": wire_time(one.sent_at),
                "scheduled_for": one.scheduled_for and wire_time(one.scheduled_for),
                "gmail_thread_id": self._thread,
                "level": one.level,
                "pixel": one.pixel,
                **changes,
            }
        )
        with suppress(GoneError):
            self.write(
                register, classify, self.account.id, self.ids[mail], read_registration(body),
                self.now,
            )  # fmt: skip

    def put_again_and_reclassify(self) -> None:
        """Neither brings anything new."""
        self.now = END
        last = {s.mail: s for s in self.world.steps if isinstance(s, Register | Change | Resend)}
        for mail, message in enumerate(self.ids):
            if mail in last:
                self._do([last[mail]])
            at: tuple[float, int] | None = (0.0, 0)
            while at is not None:
                done = self.write(
                    reclassification.reclassify, classify, message, END, at, write=True
                )
                at = done.last
        self.settle()

    # What came of it.

    def exists(self, mail: int) -> bool:
        return bool(_level.rows(self.ids[mail]))

    def hits(self, mail: int) -> list[ClassifiedHit]:
        return messages.hits(self.account.owner, self.ids[mail])

    def events(self) -> list[Body]:
        return [event for event, _ in self.dated_events()]

    def dated_events(self) -> list[tuple[Body, float]]:
        """Each with the time when it was written."""
        return [(orjson.loads(body), at) for body, at in _events.rows(self.account.id)]

    def state(self) -> list[object]:
        """All that nothing may change without something new."""
        return [self.events(), [self.hits(mail) for mail in range(len(self.ids))], self.counts()]

    def counts(self) -> list[object]:
        """All that must not depend on the order."""
        return [
            (
                self.row(mail),
                {one.hit.time: one.counted for one in self.hits(mail)},
                self.last(mail),
            )
            for mail in range(len(self.ids))
        ]

    def row(self, mail: int) -> dict[str, Any]:
        return {name: value for row in _row.rows(self.ids[mail])
                for name, value in zip(COUNTS, row, strict=True)}  # fmt: skip

    def last(self, mail: int) -> dict[int, float | None]:
        return dict(_last_opens.rows(self.ids[mail]))


def message_of(event: Body) -> str:
    """Empty for an event that is about none."""
    return str((event.get("message") or {}).get("id") or "")
