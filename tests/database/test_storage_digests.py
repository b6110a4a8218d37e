"""What a digest reads of the database: a span of events, and mails that only machines asked for."""

import json

import pytest
from sealbreak_server.alerts import DAY
from sealbreak_server.storage import Storage, accounts, digests
from sealbreak_server.verdicts import Actor, Verdict
from support.server.timeline import HUMAN, NOON, Desk

MACHINE = Verdict(Actor.MACHINE, "barracuda", "named-machine")


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return Desk(storage)


def told(desk: Desk, begin: float, end: float, limit: int = 100) -> list[str]:
    bodies = desk.storage.query(digests.told, desk.account.id, begin, end, limit)
    return [json.loads(body)["message"]["id"] for body in bodies]


def test_a_span_has_its_events_in_order_and_no_others(desk: Desk) -> None:
    first, second, later = (desk.mail(f"{name}@example.com", days_ago=9) for name in "abc")
    for message, days_ago in ((first, 3), (second, 2.5), (later, 1)):
        desk.hit(message, days_ago=days_ago)
    assert told(desk, NOON - 4 * DAY, NOON - 2 * DAY) == [first, second]
    assert told(desk, NOON - 4 * DAY, NOON, limit=1) == [first]


def test_what_happened_at_the_hour_itself_is_told_once(desk: Desk) -> None:
    message = desk.mail("ann@example.com", days_ago=9)
    desk.hit(message, days_ago=2)
    hour = NOON - 2 * DAY
    assert told(desk, hour - DAY, hour) == [message]
    assert told(desk, hour, hour + DAY) == []


def test_events_of_another_account_are_not_told(desk: Desk) -> None:
    desk.hit(desk.mail("ann@example.com", days_ago=9), days_ago=2)
    other = desk.storage.transaction(accounts.account_named, "Ben", NOON).id
    assert desk.storage.query(digests.told, other, 0, NOON, 10) == []
    assert desk.storage.query(digests.only_machines, other, 0, NOON, 10) == []


def test_a_mail_that_only_machines_asked_for_is_found_in_its_day(desk: Desk) -> None:
    scanned, read = desk.mail("ann@example.com", days_ago=9), desk.mail("b@example.com", days_ago=9)
    desk.hit(scanned, days_ago=2, verdict=MACHINE)
    desk.hit(scanned, days_ago=2, verdict=MACHINE)
    desk.hit(read, days_ago=2, verdict=MACHINE)
    desk.hit(read, days_ago=1, verdict=HUMAN)
    found = desk.storage.query(digests.only_machines, desk.account.id, NOON - 3 * DAY, NOON, 10)
    assert [view.id for view in found] == [scanned]
    none = desk.storage.query(digests.only_machines, desk.account.id, NOON - DAY, NOON, 10)
    assert none == []


def test_who_stands_behind_a_hit_today_is_known_as_long_as_the_hit_is(desk: Desk) -> None:
    desk.hit(desk.mail("ann@example.com"), verdict=MACHINE)
    assert desk.storage.query(digests.actors, [1, 1, 99]) == {1: Actor.MACHINE}


def test_messages_that_are_gone_or_of_others_are_left_out(desk: Desk) -> None:
    message = desk.mail("ann@example.com")
    found = desk.storage.query(digests.found, desk.account.id, [message, "aaaaaaaaaaaaaaaa"])
    assert list(found) == [message]
    assert desk.storage.query(digests.found, desk.account.id + 1, [message]) == {}
