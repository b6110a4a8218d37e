"""Opens after the first: from records to tellings, and through the database."""

from dataclasses import replace

import pytest
from sealbreak_server.events.decide import Decision, decide
from sealbreak_server.model.context import ClassifiedHit, CopyState, HitContext
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message, Recipient
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Event
from sealbreak_server.storage.tables import Message as MessageRow

from support.server.process import registration  # isort: skip

SENT = 1_800_000_000.0
MESSAGE = Message(
    "a" * 16, 1, "b" * 8, "Offer", "full", SENT, (Recipient("ann@example.com", None, "to", 0),)
)
HUMAN = Verdict(Actor.HUMAN, "gmail-proxy", "gmail-image-proxy")
MACHINE = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")
AT_HOME = Verdict(Actor.HUMAN, "direct", "reader", location_known=True)
OPENED = CopyState(SENT, 7)


def an_open(seconds: float, **more: object) -> Hit:
    hit = Hit(Kind.OPEN, MESSAGE.owner, MESSAGE.id, 0, None, SENT + seconds, "GET", "192.0.2.1", ())
    return hit._replace(**more)  # type: ignore[arg-type]


def decided(
    *seconds: float,
    state: CopyState = OPENED,
    earlier: tuple[Hit, ...] = (),
    verdict: Verdict = HUMAN,
) -> Decision:
    fresh = tuple(ClassifiedHit(at, an_open(second)) for at, second in enumerate(seconds, 1))
    opened = (ClassifiedHit(100 + at, hit, verdict, counted=True) for at, hit in enumerate(earlier))
    context = HitContext(MESSAGE, (*opened, *fresh), copies={0: state})
    return decide(context, dict.fromkeys(range(1, len(fresh) + 1), verdict), SENT + 9000)


def kinds(decision: Decision) -> list[str]:
    return [event.kind for event in decision.events]


def test_earlier_looks_and_this_one_make_a_mail_hot() -> None:
    decision = decided(2000, earlier=(an_open(0), an_open(600)))
    assert kinds(decision) == ["hot"]
    assert decision.events[0].words == "Opened 3 times within an hour"
    assert decision.copies[0].hot_at == SENT + 2000


def test_opens_that_came_together_make_a_mail_hot_once() -> None:
    assert kinds(decided(0, 400, 800, 1200, state=CopyState())) == ["opened", "hot"]


def test_a_mail_that_was_told_to_be_hot_is_not_told_again() -> None:
    hot = replace(OPENED, hot_at=SENT + 100)
    assert kinds(decided(2000, 2400, 2800, state=hot)) == []


def test_another_network_makes_a_mail_hot() -> None:
    decision = decided(9000, earlier=(an_open(0, address="198.51.100.1"),), verdict=AT_HOME)
    assert kinds(decision) == ["hot"]
    assert decision.events[0].words == "Opened from 2 networks within a day"
    assert decision.events[0].note == "perhaps forwarded"


def test_reading_replying_and_forwarding_make_nothing_hot() -> None:
    assert kinds(decided(0, 100, 200, 300, state=CopyState())) == ["opened"]


def test_machines_make_nothing_hot() -> None:
    assert kinds(decided(0, 100, 200, 300, verdict=MACHINE)) == []


def test_a_mail_that_rested_is_revived_once() -> None:
    rested = CopyState(SENT - 15 * DAY, 7)
    assert kinds(decided(0, 1, 2, state=rested, earlier=(an_open(-15 * DAY),))) == ["revived"]


def test_a_mail_whose_link_was_followed_yesterday_did_not_rest() -> None:
    clicked = an_open(-DAY, kind=Kind.CLICK, link=1)
    rested = CopyState(SENT - 15 * DAY, 7)
    assert kinds(decided(0, state=rested, earlier=(an_open(-15 * DAY), clicked))) == []


def test_what_was_told_hot_and_was_none_is_corrected_and_the_open_still_stands() -> None:
    record = ClassifiedHit(2, an_open(100), HUMAN, counted=True, event=8)
    first = ClassifiedHit(1, an_open(0), HUMAN, counted=True, event=7)
    context = HitContext(MESSAGE, (first, record), copies={0: replace(OPENED, hot_at=SENT + 100)})
    decision = decide(context, {2: MACHINE}, SENT + 200)
    assert [(t.kind, t.corrects) for t in decision.events] == [("corrected", 8)]
    assert decision.copies[0] == CopyState(SENT, 7, None)


def as_human(facts: Facts) -> Verdict:
    return HUMAN


class AccountBuilder:
    """An account with a mail, sent a month ago."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.account = storage.transaction(accounts.the_account, "Ann", SENT)
        self.message = new_id()
        storage.transaction(
            register, as_human, self.account.id, self.message,
            read_registration(registration()), SENT,
        )  # fmt: skip

    def open(self, seconds: float) -> None:
        hit = an_open(seconds, owner=self.account.owner, message=self.message)
        self.storage.transaction(record_hits, as_human, [hit], hit.time)

    def kinds(self) -> list[str]:
        rows = self.storage.query(reader.events_after, self.account.id, 0, 100)
        return [body.partition('"kind":"')[2].partition('"')[0] for _, body in rows]


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_looks_of_the_last_hour_are_found_in_the_database(builder: AccountBuilder) -> None:
    for minutes in (0, 20, 50, 51, 54):
        builder.open(60 * minutes)
    assert builder.kinds() == ["opened", "hot"]
    assert MessageRow.get().opens == 3
    assert Event.select().count() == 2


def test_one_sitting_is_one_visit_in_the_database_too(builder: AccountBuilder) -> None:
    for minutes in (0, 4, 8, 12):
        builder.open(60 * minutes)
    assert builder.kinds() == ["opened"]


def test_a_slow_reader_makes_no_noise(builder: AccountBuilder) -> None:
    for hours in (0, 2, 4, 30):
        builder.open(3600 * hours)
    assert builder.kinds() == ["opened"]
    assert MessageRow.get().opens == 4


def test_weeks_later_the_mail_is_revived(builder: AccountBuilder) -> None:
    for days in (0, 20, 20.1):
        builder.open(days * DAY)
    assert builder.kinds() == ["opened", "revived"]


def test_it_can_be_hot_again_on_another_day(builder: AccountBuilder) -> None:
    for minutes in (0, 20, 40, 2000, 2010, 2020):
        builder.open(60 * minutes)
    assert builder.kinds() == ["opened", "hot", "hot"]
