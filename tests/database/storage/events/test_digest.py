"""Digests in the database: when they are sent, and what they count."""

import orjson
import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.storage import Storage
from sealbreak_server.storage.preferences import put_preferences
from sealbreak_server.storage.tables import Event, Preference
from support.server.timeline import BEN, NOON, Timeline


@pytest.fixture
def timeline(storage: Storage) -> Timeline:
    timeline = Timeline(storage)
    timeline.hit(timeline.mail(BEN, days_ago=40), days_ago=39)
    return timeline


def test_a_digest_counts_the_day(timeline: Timeline) -> None:
    timeline.prefer(digest=True, digest_hour=12)
    message = timeline.mail("cleo@example.com")
    timeline.hit(message, days_ago=0.5)
    timeline.hit(message, days_ago=0.3)
    timeline.hit(message, days_ago=0.2, kind=Kind.CLICK)
    assert timeline.emit_due(-1) == frozenset()
    timeline.emit_due()
    assert timeline.emit_due(3600) == frozenset()
    (event,) = timeline.events("digest")
    assert event["verdict"]["sentence"] == "2 opens, 1 link followed, in 1 mail"
    assert event["message"]["id"] == ""
    assert event["path"] == "/history/digest/2027-01-15"


def test_a_clock_that_was_a_year_ahead_costs_no_digest(timeline: Timeline) -> None:
    timeline.prefer(digest=True, digest_hour=12)
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=0.5)
    ahead = Preference.update(digest_at=NOON + 365 * DAY)
    timeline.storage.transaction(ahead.execute)
    timeline.emit_due()
    (event,) = timeline.events("digest")
    assert event["verdict"]["sentence"] == "1 open, in 1 mail"


def test_a_day_without_news_has_no_digest(timeline: Timeline) -> None:
    timeline.prefer(digest=True, digest_hour=12)
    assert timeline.emit_due() == frozenset()
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=-0.1)
    assert timeline.emit_due(DAY) != frozenset()


def test_the_first_digest_comes_at_the_next_digest_hour(timeline: Timeline) -> None:
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=0.1)
    now = NOON + 60
    timeline.storage.transaction(
        put_preferences, timeline.account.id, {"digest": True, "digest_hour": 12}, now
    )
    assert timeline.emit_due(120) == frozenset()


def test_a_digest_counts_events_of_kinds_that_this_version_does_not_know(
    timeline: Timeline,
) -> None:
    timeline.prefer(digest=True, digest_hour=12)
    timeline.hit(timeline.mail("cleo@example.com"), days_ago=0.5)
    (opened,) = timeline.events("opened")[-1:]
    shown = {
        **opened,
        "kind": "printed",
        "message": {**opened["message"], "subject": '"kind":"hot"'},
    }
    silent = {"version": 1, "kind": "marker", "time": opened["time"]}
    for number, body in ((900, shown), (901, silent)):
        new = Event.insert(
            account=timeline.account.id, number=number, message="", created_at=NOON - 60,
            body=orjson.dumps({**body, "number": number}).decode(),
        )  # fmt: skip
        timeline.storage.transaction(new.execute)
    timeline.emit_due()
    (event,) = timeline.events("digest")
    assert event["verdict"]["sentence"] == "1 open, 1 other event, in 1 mail"
