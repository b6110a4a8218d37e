"""The numbers of the overview, counted by the database."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Link, Recipient
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.registration import Registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.hits import recording
from sealbreak_server.storage.lists import charts
from sealbreak_server.storage.lists.charts import Days, FollowedLink, Span
from sealbreak_server.storage.registration import opt_out, register, withdraw
from sealbreak_server.web.pages.history.overview import _begin, by_hour, named, rates
from support.server.account import as_human

SENT = 1_800_000_000.0
"""A Friday, 8:00 UTC."""
THREE = Days(int(SENT // DAY), 3)
"""Days, the first of them the Friday."""
OFFER = "https://example.com/offer"
NO_GMAIL = (None,) * 5


def classify(facts: Facts) -> Verdict:
    """As the address says: these tests are about counting."""
    if facts.address == "apple":
        return Verdict(Actor.MACHINE, "apple-mpp", "apple", rules=1)
    return Verdict(Actor.HUMAN, "direct", "browser", rules=1)


class AccountBuilder:
    """Sends and has it read, past the API."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        account = storage.transaction(accounts.the_account, "Ann", SENT)
        self.account, self.owner = int(account.id), str(account.owner)

    def send(self, sent_at: float = SENT, links: int = 0, level: str = "full") -> str:
        message = new_id()
        targets = tuple(Link(n, OFFER) for n in range(1, links + 1))
        ann = Recipient("ann@example.com", None, "to", 0)
        registration = Registration("Offer", (ann,), targets, sent_at, None, level, *NO_GMAIL)
        self.storage.transaction(register, classify, self.account, message, registration, sent_at)
        return message

    def hit(self, message: str, time: float, link: int | None = None, by: str = "ann") -> None:
        kind = Kind.CLICK if link else Kind.OPEN
        hit = Hit(kind, self.owner, message, 0, link, time, "GET", by, (), False)
        self.storage.transaction(recording.record_hits, classify, [hit], time)

    def spans(self, days: Days = THREE) -> list[Span]:
        """Of a day each."""
        return self.storage.query(charts.spans, self.account, days, days.count)


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_a_mail_that_did_not_leave_is_in_no_number(storage: Storage) -> None:
    account = AccountBuilder(storage)
    message = account.send(links=1)
    account.hit(message, SENT + 60)
    account.hit(message, SENT + 70, link=1)
    storage.transaction(withdraw, account.account, message, True)
    assert account.spans() == []
    assert sum(storage.query(charts.waits, account.account, THREE)) == 0
    assert storage.query(charts.best_links, account.account, THREE, 5) == []
    storage.transaction(withdraw, account.account, message, False)
    assert [span.sent for span in account.spans()] == [1]


def test_opened_and_clicked_mails_are_counted_where_they_were_sent(builder: AccountBuilder) -> None:
    first, second = builder.send(links=1), builder.send(SENT + 2 * DAY)
    builder.hit(first, SENT + 60)
    builder.hit(first, SENT + 90, link=1)
    builder.hit(second, SENT + 3 * DAY)
    builder.send(SENT + 2 * DAY)
    assert builder.spans() == [Span(0, 1, 1, 1, 1, 1), Span(2, 2, 2, 1, 0, 0)]


def test_what_cannot_be_known_is_in_no_share(builder: AccountBuilder) -> None:
    builder.send(level="off")
    stopped, apples = builder.send(), builder.send()
    builder.storage.transaction(opt_out, as_human, stopped, 0, SENT)
    builder.hit(apples, SENT + 60, by="apple")
    assert builder.spans() == [Span(0, 3, 0, 0, 0, 0)]


def test_a_mail_that_apple_loaded_and_somebody_opened_is_known(builder: AccountBuilder) -> None:
    mail = builder.send()
    builder.hit(mail, SENT + 60, by="apple")
    builder.hit(mail, SENT + 600)
    assert builder.spans() == [Span(0, 1, 1, 1, 0, 0)]


def test_what_was_sent_before_is_left_out(builder: AccountBuilder) -> None:
    builder.hit(builder.send(SENT - DAY), SENT - DAY + 5)
    assert builder.spans() == []
    assert builder.storage.query(charts.waits, builder.account, THREE) == [0] * 6
    assert builder.storage.query(charts.opens_by_quarter, builder.account, THREE) == []
    assert builder.storage.query(charts.best_links, builder.account, THREE, 10) == []


def test_days_are_shared_out_in_parts(builder: AccountBuilder) -> None:
    for day in range(7):
        builder.send(SENT + day * DAY)
    week = Days(THREE.first, 7)
    found = builder.storage.query(charts.spans, builder.account, week, 3)
    assert [(span.number, span.sent) for span in found] == [(0, 3), (1, 2), (2, 2)]
    begins = [_begin(week, part, 3) / DAY - week.first for part in range(3)]
    assert begins == [0, 3, 5]


def test_the_time_until_a_first_open_is_counted_in_steps(builder: AccountBuilder) -> None:
    for wait in (10, 20, 500, 9000):
        builder.hit(builder.send(), SENT + wait)
    builder.send()
    found = builder.storage.query(charts.waits, builder.account, THREE)
    assert found == [2, 1, 1, 0, 0, 0]


def test_the_best_links_come_first(builder: AccountBuilder) -> None:
    first, second = builder.send(links=1), builder.send(links=1)
    builder.hit(first, SENT + 100, link=1)
    builder.hit(second, SENT + 100, link=1)
    builder.hit(second, SENT + 900, link=1)
    best = builder.storage.query(charts.best_links, builder.account, THREE, 10)
    assert best == [FollowedLink(OFFER, 3, 2)]


def test_opens_are_shown_at_the_hours_of_the_readers_zone(builder: AccountBuilder) -> None:
    builder.hit(builder.send(), SENT + 20 * 60)
    quarters = builder.storage.query(charts.opens_by_quarter, builder.account, THREE)
    assert by_hour(quarters, UTC) == {(4, 8): 1}
    assert by_hour(quarters, timezone(timedelta(hours=16))) == {(5, 0): 1}
    assert datetime.fromtimestamp(SENT, UTC).weekday() == 4


def test_a_span_in_which_nothing_was_sent_has_its_place() -> None:
    svg = rates([Span(1, 2, 2, 1, 0, 0)], 3, THREE)
    assert svg.count("nothing sent") == 2
    assert "From 16 Jan: 1 of 2 mails opened" in svg


def test_every_wait_has_a_name() -> None:
    assert list(named([1, 2, 3, 4, 5, 6]).values()) == [1, 2, 3, 4, 5, 6]
