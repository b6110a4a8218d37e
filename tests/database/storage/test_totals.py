"""What is kept is what counting afresh finds, whatever happens to mails and hits."""

from collections.abc import Callable
from typing import Any

import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, erasure, retention, totals
from sealbreak_server.storage.hits import reclassification
from sealbreak_server.storage.preferences import mute_message
from sealbreak_server.storage.registration import opt_out, stop, withdraw
from sealbreak_server.storage.tables import HitCount, Message, Total
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder, as_human
from support.server.totals import RECOUNT

DAY = 24 * 3600
APPLE = Verdict(Actor.MACHINE, "apple-mpp", "apple")
UNCLEAR = Verdict(Actor.UNKNOWN, "direct", "unclear")
OWN = Verdict(Actor.SENDER, "direct", "own")
BEN = {"address": "ben@example.com", "name": None, "kind": "to", "copy": 1}
ANN = {"address": "ann@example.com", "name": "Ann", "kind": "to", "copy": 2}
SENT = "2027-01-15T07:00:00Z"
HEADERS = (("user-agent", "Firefox"),)

Step = Callable[[AccountBuilder], object]


def classified(verdict: Verdict, seconds: float = 0, **more: Any) -> Step:
    return lambda builder: builder.record(
        builder.hit(seconds, **more), classify=lambda facts: verdict
    )


def written(job: Callable[..., object], *values: object) -> Step:
    return lambda builder: builder.storage.transaction(job, *values)


def of_message(job: Callable[..., object], *values: object) -> Step:
    return lambda builder: builder.storage.transaction(
        job, builder.account.id, builder.message, *values
    )


def as_unclear(facts: Facts) -> Verdict:
    return UNCLEAR


CLICK = {"kind": Kind.CLICK, "link": 1}
LIFE: dict[str, Step] = {
    "a hit before": classified(HUMAN, 5),
    "registered": lambda builder: builder.register(recipients=[ANN, BEN], sent_at=SENT),
    "opened": classified(HUMAN, 60, copy=1),
    "opened again": classified(HUMAN, 9000, copy=2),
    "clicked": classified(HUMAN, 9100, copy=2, **CLICK),
    "scanned": classified(MACHINE, 9200, **CLICK),
    "loaded by Apple": classified(APPLE, 9300),
    "unclear": classified(UNCLEAR, 9400),
    "own": classified(OWN, 9500),
    "muted": of_message(mute_message, True),
    "withdrawn": of_message(withdraw, True),
    "opened although withdrawn": classified(HUMAN, 19000, copy=1),
    "not withdrawn": of_message(withdraw, False),
    "withdrawn again": of_message(withdraw, True),
    "sent after all": lambda builder: builder.register(
        recipients=[ANN, BEN], sent_at="2027-01-15T07:30:00Z"
    ),
    "registered anew": lambda builder: builder.register(
        recipients=[ANN, BEN], links=[], sent_at=SENT
    ),
    "opted out": lambda builder: builder.storage.transaction(
        opt_out, as_human, builder.message, 2, NOW
    ),
    "reclassified": lambda builder: builder.storage.transaction(
        lambda: reclassification.reclassify(
            as_unclear, builder.message, NOW + DAY, (0.0, 0), write=True
        )
    ),
    "Ben erased": lambda builder: builder.storage.transaction(
        erasure.erase_recipient, builder.account.id, "ben@example.com", NOW
    ),
    "unmuted": of_message(mute_message, False),
    "stopped": of_message(stop),
    "erased": lambda builder: builder.storage.transaction(
        erasure.erase_message, builder.account.id, builder.message, NOW
    ),
}


def kept(storage: Storage) -> tuple[set[Any], ...]:
    def read() -> tuple[set[Any], ...]:
        counts = HitCount.select().where(HitCount.hits != 0).tuples()
        sums = Total.select().where(Total.count != 0).tuples()
        of_mails = (Message.id, Message.unclear, Message.own, Message.apple)
        return set(counts), set(sums), set(Message.select(*of_mails).tuples())

    return storage.query(read)


def counted_afresh(storage: Storage) -> tuple[set[Any], ...]:
    def count() -> None:
        HitCount.delete().execute()
        Total.delete().execute()
        for statement in RECOUNT.split(";"):
            if statement.strip():
                storage.database.execute_sql(statement)  # type: ignore[no-untyped-call]  # stubs

    storage.transaction(count)
    return kept(storage)


@pytest.mark.parametrize("count", range(1, len(LIFE) + 1), ids=list(LIFE))
def test_stored_totals_equal_a_recount_after(count: int, storage: Storage) -> None:
    builder = AccountBuilder(storage)
    AccountBuilder(storage).register(sent_at=SENT)  # another mail, which all this leaves alone
    for step in list(LIFE.values())[:count]:
        step(builder)
    assert kept(storage) == counted_afresh(storage)


def test_deleted_messages_leave_no_totals(storage: Storage) -> None:
    for at, name in enumerate(("first", "second")):
        builder = AccountBuilder(storage)
        builder.register(sent_at=SENT, subject=name)
        builder.record(builder.hit(60 + at))
    storage.transaction(retention.delete_expired, NOW + DAY, NOW + DAY)
    assert kept(storage) == (set(), set(), set())


def test_what_became_of_a_mail_stands_where_it_was_sent(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    builder.register(sent_at=SENT)
    builder.record(builder.hit(3 * DAY))
    sums = {name: at for _, name, at, _ in kept(storage)[1]}
    assert sums["opened"] == sums["sent"] == NOW // DAY
    assert sums["opens"] == (NOW + 3 * DAY) // totals.QUARTER


def test_a_mail_of_an_unknown_id_is_followed_without_harm(storage: Storage) -> None:
    def nothing() -> None:
        with totals.followed([new_id()], hits_too=True):
            pass

    storage.transaction(nothing)
    assert kept(storage)[1] == set()
