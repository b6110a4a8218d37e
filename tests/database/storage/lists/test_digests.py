"""What a digest reads of the database: a span of events, and mails that only machines asked for."""

import json

import pytest
from sealbreak_server.model.open_state import OpenState
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.lists import digests
from sealbreak_server.storage.registration import withdraw
from support.server.timeline import HUMAN, NOON, Timeline

APPLE = Verdict(Actor.MACHINE, "apple-mpp", "apple-proxy")
MACHINE = Verdict(Actor.MACHINE, "barracuda", "named-machine")


@pytest.fixture
def timeline(storage: Storage) -> Timeline:
    return Timeline(storage)


def told(timeline: Timeline, begin: float, end: float, limit: int = 100) -> list[str]:
    bodies = timeline.storage.query(digests.events_between, timeline.account.id, begin, end, limit)
    return [json.loads(body)["message"]["id"] for body in bodies]


def test_a_span_has_its_events_in_order_and_no_others(timeline: Timeline) -> None:
    first, second, later = (timeline.mail(f"{name}@example.com", days_ago=9) for name in "abc")
    for message, days_ago in ((first, 3), (second, 2.5), (later, 1)):
        timeline.hit(message, days_ago=days_ago)
    assert told(timeline, NOON - 4 * DAY, NOON - 2 * DAY) == [first, second]
    assert told(timeline, NOON - 4 * DAY, NOON, limit=1) == [first]


def test_an_event_at_the_digest_hour_is_in_one_digest(timeline: Timeline) -> None:
    message = timeline.mail("ann@example.com", days_ago=9)
    timeline.hit(message, days_ago=2)
    hour = NOON - 2 * DAY
    assert told(timeline, hour - DAY, hour) == []
    assert told(timeline, hour, hour + DAY) == [message]


def test_a_digest_has_no_events_of_another_account(timeline: Timeline) -> None:
    timeline.hit(timeline.mail("ann@example.com", days_ago=9), days_ago=2)
    other = timeline.storage.transaction(accounts.account_named, "Ben", NOON).id
    assert timeline.storage.query(digests.events_between, other, 0, NOON, 10) == []
    assert timeline.storage.query(digests.without_readers, other, 0, NOON, 10) == []


def test_a_mail_that_only_machines_asked_for_is_found_in_its_day(timeline: Timeline) -> None:
    scanned, read = (
        timeline.mail("ann@example.com", days_ago=9),
        timeline.mail("b@example.com", days_ago=9),
    )
    timeline.hit(scanned, days_ago=2, verdict=MACHINE)
    timeline.hit(scanned, days_ago=2, verdict=MACHINE)
    timeline.hit(read, days_ago=2, verdict=MACHINE)
    timeline.hit(read, days_ago=1, verdict=HUMAN)
    found = timeline.storage.query(
        digests.without_readers, timeline.account.id, NOON - 3 * DAY, NOON, 10
    )
    assert [view.id for view in found] == [scanned]
    none = timeline.storage.query(
        digests.without_readers, timeline.account.id, NOON - DAY, NOON, 10
    )
    assert none == []


def test_the_actor_of_a_hit_is_known_until_the_hit_is_deleted(timeline: Timeline) -> None:
    timeline.hit(timeline.mail("ann@example.com"), verdict=MACHINE)
    assert timeline.storage.query(digests.actors, [1, 1, 99]) == {1: Actor.MACHINE}


def test_messages_that_are_gone_or_of_others_are_left_out(timeline: Timeline) -> None:
    message = timeline.mail("ann@example.com")
    found = timeline.storage.query(
        digests.found, timeline.account.id, [message, "aaaaaaaaaaaaaaaa"]
    )
    assert list(found) == [message]
    assert timeline.storage.query(digests.found, timeline.account.id + 1, [message]) == {}


def test_a_mail_that_only_apple_loaded_is_found_as_unknowable(timeline: Timeline) -> None:
    message = timeline.mail("ann@example.com", days_ago=9)
    timeline.hit(message, days_ago=2, verdict=APPLE)
    timeline.hit(message, days_ago=2, verdict=MACHINE)
    (mail,) = timeline.storage.query(
        digests.without_readers, timeline.account.id, NOON - 3 * DAY, NOON, 10
    )
    assert (mail.id, mail.state) == (message, OpenState.UNKNOWABLE)


def test_a_mail_that_did_not_leave_is_in_no_digest(timeline: Timeline) -> None:
    account = int(timeline.account.id)
    kept, taken_back, scanned = (timeline.mail(f"{x}@example.com", days_ago=9) for x in "abc")
    for message in (kept, taken_back):
        timeline.hit(message, days_ago=0.5)
    timeline.hit(scanned, days_ago=0.5, verdict=MACHINE)
    for message in (taken_back, scanned):
        timeline.storage.transaction(withdraw, account, message, True)
    found = timeline.storage.query(digests.digest_between, account, NOON - DAY, NOON)
    assert [list(mails) for mails in found.sections.values()] == [[kept]]
    assert timeline.storage.query(digests.without_readers, account, NOON - DAY, NOON, 9) == []
