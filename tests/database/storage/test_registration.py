from dataclasses import replace
from functools import cache

import pytest
from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.errors import NotFoundError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.hits.unsettled import note_views
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.registration import has_opted_out, opt_out, register, stop, withdraw
from sealbreak_server.storage.tables import Link, Recipient
from support.server.account import HUMAN, NOW, AccountBuilder, as_human
from support.server.process import registration

HOUR = 3600.0
DAY = 24 * HOUR
FIREFOX = (
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("accept", "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"),
    ("accept-language", "de,en-US;q=0.7,en;q=0.3"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("sec-fetch-dest", "image"),
    ("sec-fetch-mode", "no-cors"),
    ("sec-fetch-site", "cross-site"),
)
READER = "93.184.216.34"
WRONG_CLOCKS = (-DAY, -HOUR, -31.0, -5.0, 0.0, 5.0, 600.0, HOUR, 3 * HOUR)
"""Seconds by which the sender's clock is fast."""
CLEO = {"address": "Cleo@example.com", "name": "Cleo Ö", "kind": "cc", "copy": 0}


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_a_message_is_new_once(builder: AccountBuilder) -> None:
    assert [builder.register()[0], builder.register()[0]] == [True, False]


def test_a_later_registration_takes_the_place_of_the_former(builder: AccountBuilder) -> None:
    builder.register()
    link = {"n": 9, "url": "https://example.com/9", "hidden": False}
    view = builder.register(subject="Offer 13", recipients=[CLEO], links=[link])[2]
    assert view == builder.shown()
    assert (view.message.subject, view.times.registered_at) == ("Offer 13", NOW)
    assert [row.address for row in Recipient.select()] == ["Cleo@example.com"]
    assert [row.n for row in Link.select()] == [9]


def test_what_was_counted_stays_when_it_is_registered_again(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.register(subject="Offer 13")[2]
    assert (view.counts.opens, view.times.first_opened_at, builder.events()) == (1, NOW, [1])


def test_a_registration_announces_the_hits_before_it(builder: AccountBuilder) -> None:
    builder.record(builder.hit())
    _, result, view = builder.register()
    assert result.owners == {builder.account.owner}
    assert view.counts.opens == 1


def test_nobody_registers_sees_or_stops_a_message_of_another(builder: AccountBuilder) -> None:
    builder.register()
    thief = AccountBuilder(builder.storage, "Ben")
    thief.message = builder.message
    for attempt in (thief.register, thief.shown):
        with pytest.raises(NotFoundError):
            attempt()
    with pytest.raises(NotFoundError):
        builder.storage.transaction(stop, thief.account.id, builder.message)
    assert builder.shown().message.level == "full"


def test_a_stopped_message_keeps_what_is_known_and_takes_no_more(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    view = builder.storage.transaction(stop, builder.account.id, builder.message)
    builder.record(builder.hit(9000))
    assert (view.message.level, builder.shown().counts.opens) == ("off", 1)
    assert builder.register(level="full")[2].message.level == "off"


def test_a_reader_opts_out_of_one_copy_once_and_for_all(builder: AccountBuilder) -> None:
    builder.register()
    assert not builder.shown().flags.opted_out
    for _ in range(2):
        builder.storage.transaction(opt_out, as_human, builder.message, 1, NOW)
    assert builder.shown().flags.opted_out
    known = [builder.storage.query(has_opted_out, builder.message, copy) for copy in (0, 1)]
    assert known == [False, True]


@cache
def classifier() -> Classifier:
    return Classifier.load()


class Sending:
    """A mail that a sender with a wrong clock sends at `NOW`, and the hits on it."""

    def __init__(self, builder: AccountBuilder, fast: float = 0.0) -> None:
        self._builder, self._fast = builder, fast
        self._classify = classifier().classify

    def register(self, seconds: float, *, clock: bool = True, **changes: object) -> MessageView:
        """So many seconds after it was sent."""
        sent = {"sent_at": wire_time(NOW + self._fast), **changes}
        if clock:
            sent["now"] = wire_time(NOW + seconds + self._fast)
        storage, account = self._builder.storage, self._builder.account
        body = read_registration(registration(**sent))
        return storage.transaction(
            register, self._classify, account.id, self._builder.message, body, NOW + seconds
        )[2]

    def load(self, seconds: float) -> None:
        hit = self._builder.hit(seconds, headers=FIREFOX, address=READER)
        self._builder.storage.transaction(record_hits, self._classify, [hit], NOW + seconds)

    def actors(self) -> list[Actor]:
        found = self._builder.storage.query(
            messages.hits, self._builder.account.owner, self._builder.message
        )
        return [hit.verdict.actor for hit in found if hit.verdict]


@pytest.mark.parametrize("fast", WRONG_CLOCKS)
@pytest.mark.parametrize("delay", [0.0, 90.0, 2 * HOUR, 3 * DAY])
def test_no_reader_becomes_the_sender_by_a_wrong_clock(
    fast: float, delay: float, builder: AccountBuilder
) -> None:
    mail, loads = Sending(builder, fast), [60.0, HOUR, 2.5 * HOUR, 30 * HOUR, 4 * DAY]
    for seconds in loads:
        if seconds < delay:
            mail.load(seconds)
    view = mail.register(delay)
    for seconds in loads:
        if seconds >= delay:
            mail.load(seconds)
    assert mail.actors() == [Actor.HUMAN] * len(loads)
    assert builder.shown().counts.opens == len(loads)
    assert NOW - 30 <= view.times.sent_at <= NOW


def test_a_hit_before_the_sending_is_still_the_senders(builder: AccountBuilder) -> None:
    mail = Sending(builder, fast=3 * HOUR)
    mail.load(-120)
    mail.register(60)
    assert mail.actors() == [Actor.SENDER]


@pytest.mark.parametrize("fast", [HOUR, 3 * HOUR])
def test_a_mail_was_sent_no_later_than_registered_without_the_senders_clock_too(
    fast: float, builder: AccountBuilder
) -> None:
    mail = Sending(builder, fast)
    assert mail.register(2, clock=False).times.sent_at == NOW + 2
    mail.load(60)
    assert mail.register(1000, clock=False).times.sent_at == NOW + 2
    assert mail.actors() == [Actor.HUMAN]


def test_a_repeated_registration_does_not_move_the_sending(builder: AccountBuilder) -> None:
    """The clock was set right between the two."""
    mail = Sending(builder, fast=3 * HOUR)
    mail.register(1)
    mail.load(60)
    right = {"sent_at": wire_time(NOW + 3 * HOUR), "now": wire_time(NOW + HOUR)}
    assert mail.register(HOUR, clock=False, **right).times.sent_at == pytest.approx(NOW)
    assert mail.actors() == [Actor.HUMAN]


def test_another_sending_under_the_same_id_has_its_own_time(builder: AccountBuilder) -> None:
    mail = Sending(builder, fast=HOUR)
    mail.register(1)
    again = mail.register(301, sent_at=wire_time(NOW + HOUR + 300))
    assert again.times.sent_at == pytest.approx(NOW + 300)


@pytest.mark.parametrize("fast", WRONG_CLOCKS)
def test_readers_of_a_scheduled_mail_stay_readers_whatever_the_clock(
    fast: float, builder: AccountBuilder
) -> None:
    """Gmail sends it at the chosen time by its own clock."""
    mail, leaves = Sending(builder, fast), 2 * DAY
    mail.register(5, scheduled_for=wire_time(NOW + leaves))
    mail.load(leaves + 60)
    mail.load(leaves + 30 * HOUR)
    assert mail.actors() == [Actor.HUMAN] * 2
    assert builder.shown().counts.opens == 2


def test_only_the_sender_has_a_scheduled_mail_before_it_leaves(builder: AccountBuilder) -> None:
    mail = Sending(builder)
    mail.register(5, scheduled_for=wire_time(NOW + DAY))
    mail.load(HOUR)
    assert mail.actors() == [Actor.SENDER]


def test_a_withdrawn_mail_stays_so_until_it_is_sent_again(builder: AccountBuilder) -> None:
    builder.register()
    told = [builder.storage.transaction(withdraw, builder.account.id, builder.message, True)]
    told.append(builder.register(gmail_thread_id="18aa000000000001")[2])
    told.append(builder.register(sent_at="2026-11-01T09:31:00.000Z")[2])
    assert [view.flags.withdrawn for view in told] == [True, True, False]


def test_a_withdrawal_can_be_taken_back(builder: AccountBuilder) -> None:
    builder.register()
    for withdrawn in (True, True, False):
        args = (builder.account.id, builder.message, withdrawn)
        view = builder.storage.transaction(withdraw, *args)
        assert view.flags.withdrawn is withdrawn
    assert view == builder.shown()


def test_nobody_withdraws_a_message_of_another(builder: AccountBuilder) -> None:
    builder.register()
    thief = AccountBuilder(builder.storage, "Ben")
    with pytest.raises(NotFoundError):
        builder.storage.transaction(withdraw, thief.account.id, builder.message, True)
    assert not builder.shown().flags.withdrawn


def test_a_stopped_message_keeps_device_and_country_at_the_next_look(
    builder: AccountBuilder,
) -> None:
    known = replace(HUMAN, device="Firefox", country="DE", device_known=True, location_known=True)
    builder.register()
    builder.record(builder.hit(), classify=lambda facts: known)
    builder.storage.transaction(stop, builder.account.id, builder.message)
    builder.storage.transaction(
        note_views, lambda facts: known, builder.account.id, [builder.message], NOW + 30
    )
    builder.register()
    (hit,) = builder.storage.query(messages.hits, builder.account.owner, builder.message)
    assert hit.verdict == known


def test_a_mail_that_was_opened_was_not_sent_later(builder: AccountBuilder) -> None:
    """The same draft is sent again two hours later."""
    builder.register(sent_at=wire_time(NOW - HOUR))
    builder.record(builder.hit())
    later = NOW + 2 * HOUR
    again = read_registration(registration(sent_at=wire_time(later)))
    account, message = builder.account.id, builder.message
    times = builder.storage.transaction(register, as_human, account, message, again, later)[2].times
    assert (times.sent_at, times.first_opened_at) == (NOW - HOUR, NOW)
