"""Plays a world on a database, and compares what came of it with what must."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import orjson
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts, preferences
from sealbreak_server.storage.hits import reclassification
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.hits.unsettled import note_views, settle
from sealbreak_server.storage.lists import messages, people
from sealbreak_server.storage.registration import opt_out, register
from sealbreak_server.storage.tables import (
    CopyState,
    Event,
    HitCount,
    Message,
    Total,
)
from support.server.classification import classifier
from support.server.process import registration
from support.worlds.reference import Expected, Reference
from support.worlds.world import (
    END,
    SENT,
    Change,
    Come,
    Look,
    Mute,
    OptOut,
    Register,
    Settle,
    Step,
    World,
)

classify = classifier().classify
Body = dict[str, Any]


class Play:
    """The mails of a world, on an account of their own."""

    def __init__(self, storage: Storage, world: World) -> None:
        self.storage, self.world = storage, world
        self.account = storage.transaction(accounts.account_named, new_id(), SENT)
        self.ids = [new_id() for _ in world.mails]
        self._thread, self._now = new_id(), SENT

    def run(self, *, together: bool = True) -> None:
        """`together`: hits in a row come as one batch."""
        for is_hit, some in groupby(self.world.steps, lambda step: isinstance(step, Come)):
            steps = list(some)
            for step in [steps] if is_hit and together else [[one] for one in steps]:
                self._now = max(self._now, *(one.time for one in step))
                self._do(step)
        self.settle()

    def settle(self) -> None:
        while self.storage.transaction(settle, classify, END).due is not None:
            pass

    def _do(self, steps: Sequence[Step]) -> None:
        write, step = self.storage.transaction, steps[0]
        if isinstance(step, Come):
            hits = [one.hit(self.account.owner, self.ids[one.mail]) for one in steps]  # type: ignore[union-attr]
            write(record_hits, classify, hits, self._now)
        elif isinstance(step, Look):
            seen = [self.ids[step.mail]]
            write(note_views, classify, self.account.id, seen, step.time, seen)
        elif isinstance(step, Register | Change):
            self.put(step.mail, step.level if isinstance(step, Change) else None)
        elif isinstance(step, OptOut):
            write(opt_out, self.ids[step.mail], step.copy, self._now)
        elif isinstance(step, Settle):
            write(settle, classify, self._now)
        elif isinstance(step, Mute) and Message.get_or_none(Message.id == self.ids[step.mail]):
            write(preferences.mute_message, self.account.id, self.ids[step.mail], True)

    def put(self, mail: int, level: str | None = None) -> None:
        one = self.world.mails[mail]
        body = registration(
            recipients=[
                {"address": p.address, "name": None, "kind": p.kind, "copy": p.copy}
                for p in one.people
            ],
            links=[
                {"n": n, "url": f"https://example.com/{n}", "hidden": n == one.links}
                for n in range(1, one.links + 1)
            ],
            sent_at=wire_time(one.sent_at),
            gmail_thread_id=self._thread,
            level=level or one.level,
        )
        self.storage.transaction(
            register, classify, self.account.id, self.ids[mail], read_registration(body), self._now
        )

    def put_again_and_reclassify(self) -> None:
        """Neither brings anything new."""
        for mail, message in enumerate(self.ids):
            self._now = END
            self.put(mail, Message.get_by_id(message).level)
            self.storage.transaction(
                reclassification.reclassify, classify, message, END, (0.0, 0), write=True
            )
        self.settle()

    # What came of it.

    def hits(self, mail: int) -> list[ClassifiedHit]:
        return messages.hits(self.account.owner, self.ids[mail])

    def events(self) -> list[Body]:
        rows = Event.select().where(Event.account == self.account).order_by(Event.number)
        return [orjson.loads(row.body) for row in rows]

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
        row = Message.get_by_id(self.ids[mail])
        names = ("opens", "clicks", "machines", "unclear", "own", "apple", "first_opened_at")
        return {name: getattr(row, name) for name in names}

    def last(self, mail: int) -> dict[int, float | None]:
        rows = CopyState.select().where(
            CopyState.message == self.ids[mail], CopyState.opened_at.is_null(False)
        )
        return {row.copy_number: row.opened_at for row in rows}


def differences(play: Play) -> Iterator[str]:
    """What came of the world, and differs from what must."""
    reference = Reference(play.world, classify)
    for mail in range(len(play.ids)):
        expected = reference.of(mail)
        yield from (f"mail {mail}: {text}" for text in _of_mail(play, mail, expected))
        if reference.levels[mail] == "full" and not _changes(play, mail):
            yield from (f"mail {mail}: {text}" for text in _of_events(play, mail, expected))
    yield from _differ("totals", _totals(play), reference.totals())
    yield from _differ("last seen", _seen(play), reference.seen())


def _differ(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: {found} instead of {expected}"


def _changes(play: Play, mail: int) -> bool:
    return any(isinstance(step, Change) and step.mail == mail for step in play.world.steps)


def _of_mail(play: Play, mail: int, expected: Expected) -> Iterator[str]:
    hits = play.hits(mail)
    verdicts = {
        one.hit.time: (str(one.verdict.actor), one.verdict.via, str(one.verdict.reason))
        for one in hits
        if one.verdict
    }
    yield from _differ("verdicts", verdicts, expected.verdicts)
    yield from _differ("counted", {o.hit.time for o in hits if o.counted}, expected.counted)
    yield from _differ("row", play.row(mail), expected.row())
    last = {copy: max(one.began for one in some) for copy, some in expected.opens.items()}
    yield from _differ("last opens", play.last(mail), last)
    view = messages.view(play.account.id, play.ids[mail])
    yield from _differ("implied opens", view.counts.implied_opens, expected.implied_opens)
    yield from _differ("tallies", _tallies(play, mail), _tallies_of(hits, expected))


def _tallies(play: Play, mail: int) -> dict[object, tuple[int, int]]:
    rows = HitCount.select().where(HitCount.message == play.ids[mail], HitCount.hits > 0)
    return {(r.kind, r.copy_number, r.link, r.actor): (r.hits, r.counted) for r in rows}


def _tallies_of(hits: Sequence[ClassifiedHit], expected: Expected) -> dict[object, tuple[int, int]]:
    found: Counter[object] = Counter()
    counted: Counter[object] = Counter()
    for one in hits:
        actor = expected.verdicts[one.hit.time][0]
        kind = (str(one.hit.kind), one.hit.copy, one.hit.link or 0, actor)
        found[kind] += 1
        counted[kind] += one.hit.time in expected.counted
    return {kind: (count, counted[kind]) for kind, count in found.items()}


def _of_events(play: Play, mail: int, expected: Expected) -> Iterator[str]:
    """What stands told is what readers did, each once."""
    times = {one.number: one.hit.time for one in play.hits(mail)}
    standing: dict[int, Body] = {}
    yield from _stand(play, mail, standing)
    told = [event for event in standing.values() if event["kind"] == "opened"]
    copies = Counter(event["copy"] for event in told)
    yield from _differ("told opens", copies, Counter(dict.fromkeys(expected.opens, 1)))
    for event in standing.values():
        if expected.verdicts[times[event["hit"]]][0] != "human":
            yield f"event {event['number']} tells of no reader"
    clicked = {times[e["hit"]] for e in standing.values() if e["kind"] == "clicked"}
    for sittings in expected.clicks.values():
        for one in sittings:
            of_this = clicked & {come.time for come in one.hits}
            if len(of_this) != 1:
                yield f"the click at {one.began} was told {len(of_this)} times"


def _stand(play: Play, mail: int, standing: dict[int, Body]) -> Iterator[str]:
    """Fills `standing` with the events of the mail that no correction has taken back."""
    for event in play.events():
        if event["message"]["id"] != play.ids[mail]:
            continue
        if event["kind"] != "corrected":
            standing[event["number"]] = event
        elif event["corrects"] not in standing:
            yield f"event {event['number']} corrects nothing that stands"
        elif event["verdict"]["actor"] != "human":
            del standing[event["corrects"]]


def _totals(play: Play) -> Counter[tuple[str, int]]:
    rows = Total.select().where(
        Total.account == play.account, Total.count != 0, Total.name != "is-muted"
    )
    return Counter({(row.name, row.at): row.count for row in rows})


def _seen(play: Play) -> dict[str, float | None]:
    return {one.address: one.seen.at for one in people.listed(play.account.id, 100).found}
