"""What is told without a hit, through the database: reminders and the digest."""

import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage, erasure
from sealbreak_server.storage.events import reminders
from sealbreak_server.storage.preferences import mute_message
from sealbreak_server.storage.registration import opt_out, withdraw
from support.server.timeline import BEN, HUMAN, NOON, Timeline


@pytest.fixture
def timeline(storage: Storage) -> Timeline:
    timeline = Timeline(storage)
    timeline.hit(timeline.mail(BEN, days_ago=40), days_ago=39)
    return timeline


def test_a_mail_that_nobody_opened_is_reminded_of_once(timeline: Timeline) -> None:
    message = timeline.mail(BEN)
    assert timeline.emit_due() == {timeline.account.owner}
    assert timeline.emit_due(DAY) == frozenset()
    (event,) = timeline.events("reminder")
    assert event["message"]["id"] == message
    assert event["verdict"]["sentence"] == (
        "Not opened for 3 days: earlier mails to this address were opened in Gmail"
    )


def test_a_mail_that_did_not_leave_causes_no_reminder(timeline: Timeline) -> None:
    account, message = timeline.account.id, timeline.mail(BEN)
    timeline.storage.transaction(withdraw, account, message, True)
    assert timeline.emit_due() == frozenset()
    timeline.storage.transaction(withdraw, account, message, False)
    assert timeline.emit_due() == {timeline.account.owner}


@pytest.mark.parametrize("days_ago", [2.9, 11])
def test_before_its_day_and_long_after_nothing_is_said(timeline: Timeline, days_ago: float) -> None:
    timeline.mail(BEN, days_ago=days_ago)
    assert timeline.emit_due() == frozenset()


def test_an_address_without_any_open_causes_no_reminder(
    timeline: Timeline,
) -> None:
    timeline.mail("cleo@example.com")
    assert timeline.emit_due() == frozenset()


def test_an_open_by_one_of_several_says_nothing_about_each(timeline: Timeline) -> None:
    timeline.hit(timeline.mail("cleo@example.com", "dan@example.com", days_ago=30), days_ago=29)
    timeline.mail("cleo@example.com")
    assert timeline.emit_due() == frozenset()


@pytest.mark.parametrize(
    "verdict",
    [
        HUMAN,
        Verdict(Actor.UNKNOWN, "direct", "too-soon"),
        Verdict(Actor.MACHINE, "apple-mpp", "apple-privacy"),
    ],
)
def test_what_may_have_been_a_reader_ends_the_silence(timeline: Timeline, verdict: Verdict) -> None:
    timeline.hit(timeline.mail(BEN), verdict=verdict)
    assert timeline.emit_due() == frozenset()


def test_a_followed_link_ends_the_silence_too(timeline: Timeline) -> None:
    timeline.hit(timeline.mail(BEN), kind=Kind.CLICK)
    assert timeline.emit_due() == frozenset()


def test_a_scanner_does_not_end_the_silence(timeline: Timeline) -> None:
    timeline.hit(
        timeline.mail(BEN), verdict=Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")
    )
    assert timeline.emit_due() != frozenset()


def test_each_copy_has_its_own_silence(timeline: Timeline) -> None:
    message = timeline.mail("cleo@gmail.com", "Ben@Example.com", own_copies=True)
    timeline.hit(message, copy=1)
    timeline.emit_due()
    (event,) = timeline.events("reminder")
    assert event["copy"] == 2


def test_a_reader_who_opted_out_causes_no_reminder(timeline: Timeline) -> None:
    timeline.storage.transaction(opt_out, timeline.classify, timeline.mail(BEN), 0, NOON)
    assert timeline.emit_due() == frozenset()


def test_reminders_can_be_switched_off_and_set(timeline: Timeline) -> None:
    timeline.mail(BEN, days_ago=5)
    timeline.prefer(reminder=False)
    assert timeline.emit_due() == frozenset()
    timeline.prefer(reminder=True, reminder_days=6)
    assert timeline.emit_due() == frozenset()
    assert timeline.emit_due(DAY) != frozenset()


def test_messages_without_a_reminder_block_no_other_reminder(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "LOOKED_AT_ONCE", 2)
    for number in range(7):
        timeline.mail(f"nobody{number}@example.com")
    due = {timeline.mail(BEN) for _ in range(3)}
    timeline.emit_due()
    assert {event["message"]["id"] for event in timeline.events("reminder")} == due


def test_reminders_come_in_portions_until_all_are_sent(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "MOST_AT_ONCE", 2)
    for _ in range(3):
        timeline.mail(BEN)
    timeline.emit_due()
    assert len(timeline.events("reminder")) == 2
    timeline.emit_due()
    assert len(timeline.events("reminder")) == 3


def test_the_newest_mail_that_was_opened_says_how(timeline: Timeline) -> None:
    direct = Verdict(Actor.HUMAN, "direct", "nothing_odd")
    timeline.hit(timeline.mail(BEN, days_ago=30), days_ago=29, verdict=direct)
    timeline.mail(BEN, days_ago=20)
    timeline.mail(BEN)
    timeline.emit_due()
    (event,) = timeline.events("reminder")
    assert event["verdict"]["sentence"].endswith("earlier mails to this address were opened")


def test_a_reminder_of_a_muted_mail_is_quiet(timeline: Timeline) -> None:
    message = timeline.mail(BEN)
    timeline.storage.transaction(mute_message, timeline.account.id, message, True)
    timeline.emit_due()
    (event,) = timeline.events("reminder")
    assert (event["quiet"], event["quiet_reason"]) == (True, "muted-message")


def test_erasing_a_mail_takes_its_reminder_along(timeline: Timeline) -> None:
    message = timeline.mail(BEN)
    timeline.emit_due()
    timeline.storage.transaction(erasure.erase_message, timeline.account.id, message, NOON)
    assert timeline.events("reminder") == []


def test_a_restart_repeats_no_event(timeline: Timeline) -> None:
    timeline.prefer(digest=True, digest_hour=12)
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=0.5)
    timeline.mail(BEN)
    timeline.emit_due()
    again = Timeline(Storage(timeline.storage.engine, timeline.storage.backups))
    again.storage.transaction(lambda: None)
    assert again.emit_due(60) == frozenset()
    assert (len(again.events("reminder")), len(again.events("digest"))) == (1, 1)
    again.storage.close()


def test_a_mail_without_a_pixel_causes_no_reminder(timeline: Timeline) -> None:
    timeline.mail(BEN, pixel=False)
    assert timeline.emit_due() == frozenset()


def test_a_mail_that_was_sent_later_proves_nothing_about_earlier_ones(storage: Storage) -> None:
    timeline = Timeline(storage)
    timeline.mail(BEN, days_ago=5)
    timeline.hit(timeline.mail(BEN, days_ago=4), days_ago=3.9)
    assert timeline.emit_due() == frozenset()
    later = timeline.mail(BEN, days_ago=3.5)
    timeline.emit_due()
    (event,) = timeline.events("reminder")
    assert event["message"]["id"] == later


def test_what_is_due_in_quiet_hours_pops_up_when_they_end(timeline: Timeline) -> None:
    hours = {"from": "11:00", "until": "13:00"}
    timeline.prefer(quiet_hours=hours, digest=True, digest_hour=12)
    timeline.mail(BEN)
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=0.5)
    assert timeline.emit_due(60) == frozenset()
    assert timeline.emit_due(3600) == {timeline.account.owner}
    (reminder,), (digest,) = timeline.events("reminder"), timeline.events("digest")
    assert "quiet" not in reminder
    assert "quiet" not in digest
    assert digest["path"] == "/history/digest/2027-01-15"
