"""The server writes the events that the golden files show."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sealbreak_server.events.decide import PendingEvent
from sealbreak_server.events.quiet import QuietReason
from sealbreak_server.events.reminders import reminder
from sealbreak_server.events.wire import digest_body, event_body, reminder_body, without_person
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message, Recipient
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.verdict import Actor, Verdict
from support.paths import EVENTS

NOW = datetime.fromisoformat("2026-11-23T09:30:00.250Z").timestamp()
SENT = NOW - 3 * DAY
ANN = Recipient("ann@example.com", "Ann", "to", 0)
BEN = Recipient("ben@example.com", "Ben", "to", 0)
MESSAGE = "mfzwizltor2xs5dp"
THROUGH_GMAIL = Verdict(
    Actor.HUMAN, "gmail-proxy", "gmail-image-proxy",
    ("Fetched by Gmail's image proxy from Google's network",), network="Google LLC", rules=1,
)  # fmt: skip


def golden(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def message(*recipients: Recipient) -> Message:
    return Message(MESSAGE, 1, "a" * 8, "Offer 12", "full", SENT, recipients)


def opened(number: int, kind: str = "opened", words: str = "") -> PendingEvent:
    hit = Hit(Kind.OPEN, "a" * 8, MESSAGE, 0, None, NOW, "GET", "", ())
    return PendingEvent(kind, ClassifiedHit(number * 10, hit, THROUGH_GMAIL), words=words)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("opened-through-gmail", opened(1)),
        ("hot", opened(8, "hot", "Opened 3 times within an hour")),
        ("revived", opened(9, "revived", "Opened again after 21 quiet days")),
    ],
)
def test_an_open_is_written_as_the_golden_file_shows(name: str, event: PendingEvent) -> None:
    number = event.classified.number // 10
    assert event_body(number, event, message(ANN)) == golden(name)


def test_an_event_has_what_a_link_to_gmail_needs() -> None:
    sent = replace(message(ANN), gmail_thread_id="183234ce86ffa010", gmail_account="me@example.com")
    assert event_body(13, opened(13), sent) == golden("opened-with-gmail-link")


@pytest.mark.parametrize("thread", [None, "", "thread-a:r8190137112111191537", "18/../x"])
def test_a_thread_that_gmail_has_not_numbered_yet_has_no_link(thread: str | None) -> None:
    sent = replace(message(ANN), gmail_thread_id=thread, gmail_account="me@example.com")
    assert "gmail" not in event_body(1, opened(1), sent)["message"]


def test_a_quiet_event_says_so_and_why() -> None:
    body = event_body(12, opened(12), message(ANN), QuietReason.QUIET_HOURS)
    assert body == golden("opened-quietly")


def test_a_reminder_says_what_it_is_based_on() -> None:
    found = reminder((BEN,), {"ben@example.com": "gmail-proxy"}.get, SENT, NOW)
    assert found is not None
    assert reminder_body(10, found, message(BEN), 0, NOW, None) == golden("reminder")


def test_a_digest_names_no_mail() -> None:
    words = "5 opens, 1 link followed, in 3 mails"
    assert digest_body(11, None, words=words, day=date(2026, 11, 23), now=NOW) == golden("digest")


def test_a_note_ends_the_sentence_of_an_event() -> None:
    event = replace(opened(8, "hot", "Opened from 2 networks within a day"), note="perhaps so")
    words = event_body(8, event, message(ANN))["verdict"]["sentence"]
    assert words == "Opened from 2 networks within a day, perhaps so"


def told(copy: int, *people: Recipient) -> dict[str, Any]:
    hit = Hit(Kind.OPEN, "a" * 8, MESSAGE, copy, None, NOW, "GET", "", ())
    event = PendingEvent("opened", ClassifiedHit(10, hit, THROUGH_GMAIL))
    return event_body(1, event, message(*people))


def test_an_event_about_another_copy_keeps_every_word_but_the_recipient() -> None:
    anns, bens = replace(ANN, copy=1), replace(BEN, copy=2)
    before = told(2, anns, bens)
    left = without_person(before, "ANN@example.com")
    assert left == told(2, bens)
    assert left["verdict"] == before["verdict"]


def test_an_event_about_a_copy_that_two_people_read_names_the_other() -> None:
    anns, bens = replace(ANN, copy=1), replace(BEN, copy=1)
    before = told(1, anns, bens)
    assert "the copy for Ann and Ben" in before["verdict"]["sentence"]
    assert without_person(before, "ann@example.com") == told(1, bens)
    cleo = Recipient("cleo@example.com", "Cleo", "to", 1)
    three = without_person(told(1, anns, bens, cleo), "ann@example.com")
    assert "by someone of 3" in three["verdict"]["sentence"]


def test_a_reminder_names_the_person_no_more() -> None:
    people = (ANN, BEN)
    due = reminder(people, lambda address: "gmail-proxy", SENT, NOW)
    assert due is not None
    body = reminder_body(3, due, message(*people), 0, NOW, None)
    assert "ann@example.com" in json.dumps(body)
    left = without_person(body, "ann@example.com")
    assert "ann@" not in json.dumps(left).lower()
    assert "earlier mails to one of them were opened" in left["verdict"]["sentence"]
    assert "ben@example.com" in json.dumps(left["verdict"]["evidence"])
