"""What is told without a hit, through the database: reminders and the digest."""

import pytest
from sealbreak_server.alerts import DAY
from sealbreak_server.hits import Kind
from sealbreak_server.models import Preference
from sealbreak_server.storage import (
    Storage,
    attention,
    erasing,
    messages,
    scheduled,
)
from sealbreak_server.verdicts import Actor, Verdict
from support.server.timeline import BEN, HUMAN, NOON, Desk


@pytest.fixture
def desk(storage: Storage) -> Desk:
    desk = Desk(storage)
    desk.hit(desk.mail(BEN, days_ago=40), days_ago=39)
    return desk


def test_a_mail_that_nobody_opened_is_reminded_of_once(desk: Desk) -> None:
    message = desk.mail(BEN)
    assert desk.tell() == {desk.account.owner}
    assert desk.tell(DAY) == frozenset()
    (event,) = desk.events("reminder")
    assert event["message"]["id"] == message
    assert event["verdict"]["sentence"] == (
        "Not opened for 3 days: earlier mails to this address were opened in Gmail"
    )


@pytest.mark.parametrize("days_ago", [2.9, 11])
def test_before_its_day_and_long_after_nothing_is_said(desk: Desk, days_ago: float) -> None:
    desk.mail(BEN, days_ago=days_ago)
    assert desk.tell() == frozenset()


def test_an_address_that_was_never_seen_to_open_is_not_judged_by_silence(desk: Desk) -> None:
    desk.mail("cleo@example.com")
    assert desk.tell() == frozenset()


def test_an_open_by_one_of_several_says_nothing_about_each(desk: Desk) -> None:
    desk.hit(desk.mail("cleo@example.com", "dan@example.com", days_ago=30), days_ago=29)
    desk.mail("cleo@example.com")
    assert desk.tell() == frozenset()


@pytest.mark.parametrize(
    "verdict",
    [
        HUMAN,
        Verdict(Actor.UNKNOWN, "direct", "too-soon"),
        Verdict(Actor.MACHINE, "apple-mpp", "apple-privacy"),
    ],
)
def test_what_may_have_been_a_reader_ends_the_silence(desk: Desk, verdict: Verdict) -> None:
    desk.hit(desk.mail(BEN), verdict=verdict)
    assert desk.tell() == frozenset()


def test_a_followed_link_ends_the_silence_too(desk: Desk) -> None:
    desk.hit(desk.mail(BEN), kind=Kind.CLICK)
    assert desk.tell() == frozenset()


def test_a_scanner_does_not_end_the_silence(desk: Desk) -> None:
    desk.hit(desk.mail(BEN), verdict=Verdict(Actor.MACHINE, "barracuda", "mail-filter-network"))
    assert desk.tell() != frozenset()


def test_each_copy_has_its_own_silence(desk: Desk) -> None:
    message = desk.mail("cleo@gmail.com", "Ben@Example.com", own_copies=True)
    desk.hit(message, copy=1)
    desk.tell()
    (event,) = desk.events("reminder")
    assert event["copy"] == 2


def test_a_reader_who_opted_out_is_not_waited_for(desk: Desk) -> None:
    desk.storage.transaction(messages.opt_out, desk.mail(BEN), 0, NOON)
    assert desk.tell() == frozenset()


def test_reminders_can_be_switched_off_and_set(desk: Desk) -> None:
    desk.mail(BEN, days_ago=5)
    desk.wish(reminder=False)
    assert desk.tell() == frozenset()
    desk.wish(reminder=True, reminder_days=6)
    assert desk.tell() == frozenset()
    assert desk.tell(DAY) != frozenset()


def test_mails_whose_silence_means_nothing_keep_no_other_from_being_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled, "LOOKED_AT_ONCE", 2)
    for number in range(7):
        desk.mail(f"nobody{number}@example.com")
    due = {desk.mail(BEN) for _ in range(3)}
    desk.tell()
    assert {event["message"]["id"] for event in desk.events("reminder")} == due


def test_as_many_are_told_at_once_as_is_well_and_the_rest_after_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduled, "MOST_AT_ONCE", 2)
    for _ in range(3):
        desk.mail(BEN)
    desk.tell()
    assert len(desk.events("reminder")) == 2
    desk.tell()
    assert len(desk.events("reminder")) == 3


def test_the_newest_mail_that_was_opened_says_how(desk: Desk) -> None:
    direct = Verdict(Actor.HUMAN, "direct", "nothing_odd")
    desk.hit(desk.mail(BEN, days_ago=30), days_ago=29, verdict=direct)
    desk.mail(BEN, days_ago=20)
    desk.mail(BEN)
    desk.tell()
    (event,) = desk.events("reminder")
    assert event["verdict"]["sentence"].endswith("earlier mails to this address were opened")


def test_a_reminder_of_a_muted_mail_is_quiet(desk: Desk) -> None:
    message = desk.mail(BEN)
    desk.storage.transaction(attention.mute_message, desk.account.id, message, True)
    desk.tell()
    (event,) = desk.events("reminder")
    assert (event["quiet"], event["quiet_reason"]) == (True, "muted-message")


def test_erasing_a_mail_takes_its_reminder_along(desk: Desk) -> None:
    message = desk.mail(BEN)
    desk.tell()
    desk.storage.transaction(erasing.erase_message, desk.account, message, NOON)
    assert desk.events("reminder") == []


def test_a_digest_counts_the_day(desk: Desk) -> None:
    desk.wish(digest=True, digest_hour=12)
    message = desk.mail("cleo@example.com")
    desk.hit(message, days_ago=0.5)
    desk.hit(message, days_ago=0.3)
    desk.hit(message, days_ago=0.2, kind=Kind.CLICK)
    assert desk.tell(-1) == frozenset()
    desk.tell()
    assert desk.tell(3600) == frozenset()
    (event,) = desk.events("digest")
    assert event["verdict"]["sentence"] == "2 opens, 1 link followed, in 1 mail"
    assert event["message"]["id"] == ""
    assert event["path"] == "/history/digest/2027-01-15"


def test_a_clock_that_was_a_year_ahead_costs_no_digest(desk: Desk) -> None:
    desk.wish(digest=True, digest_hour=12)
    desk.hit(desk.mail("cleo@example.com"), days_ago=0.5)
    ahead = Preference.update(digest_at=NOON + 365 * DAY)
    desk.storage.transaction(ahead.execute)
    desk.tell()
    (event,) = desk.events("digest")
    assert event["verdict"]["sentence"] == "1 open, in 1 mail"


def test_a_day_without_news_has_no_digest(desk: Desk) -> None:
    desk.wish(digest=True, digest_hour=12)
    assert desk.tell() == frozenset()
    desk.hit(desk.mail("cleo@example.com"), days_ago=-0.1)
    assert desk.tell(DAY) != frozenset()


def test_who_begins_to_want_digests_waits_for_the_hour(desk: Desk) -> None:
    desk.hit(desk.mail("cleo@example.com"), days_ago=0.1)
    now = NOON + 60
    desk.storage.transaction(
        attention.put_alerts, desk.account.id, {"digest": True, "digest_hour": 12}, now
    )
    assert desk.tell(120) == frozenset()


def test_after_a_restart_nothing_is_told_again(desk: Desk) -> None:
    desk.wish(digest=True, digest_hour=12)
    desk.mail(BEN)
    desk.tell()
    again = Desk(Storage(desk.storage.database, desk.storage.backups))
    again.storage.transaction(lambda: None)
    assert again.tell(60) == frozenset()
    assert (len(again.events("reminder")), len(again.events("digest"))) == (1, 1)
    again.storage.close()
