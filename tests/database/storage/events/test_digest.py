"""Digests in the database: when they are sent, and what they count."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sealbreak_server.events.digest import digest_hour
from sealbreak_server.events.digest_sections import digest_words
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.lists.digests import digest_between
from sealbreak_server.storage.preferences import preferences_of, put_preferences
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Event, Preference
from support.server.process import registration
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
    assert event["verdict"]["sentence"] == "1 link followed, 1 open, in 1 mail"
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


def page_words(timeline: Timeline, event: dict[str, Any]) -> str:
    """The sentence of the page that the digest leads to."""
    day = date.fromisoformat(event["path"].rpartition("/")[2])
    preferences = timeline.storage.query(preferences_of, int(timeline.account.id)).preferences
    begin, end = (digest_hour(preferences, at) for at in (day - timedelta(days=1), day))
    found = timeline.storage.query(digest_between, int(timeline.account.id), begin, end)
    return digest_words(found.sections)


def test_each_day_of_an_outage_has_a_digest_that_agrees_with_its_page(timeline: Timeline) -> None:
    account = int(timeline.account.id)
    timeline.storage.transaction(
        put_preferences, account, {"digest": True, "digest_hour": 12}, NOON - 4 * DAY
    )
    for days_ago in (3.5, 1.5, 1.4, 0.5):
        timeline.hit(timeline.mail(f"p{days_ago}@example.com", days_ago=9), days_ago=days_ago)
    timeline.emit_due()
    events = timeline.events("digest")
    assert [event["path"].rpartition("-")[2] for event in events] == ["12", "14", "15"]
    assert [event["verdict"]["sentence"] for event in events] == [
        "1 open, in 1 mail", "2 opens, in 2 mails", "1 open, in 1 mail"
    ]  # fmt: skip
    assert [page_words(timeline, event) for event in events] == [
        event["verdict"]["sentence"] for event in events
    ]


def test_a_mail_that_is_registered_after_the_hour_is_in_the_next_digest(
    timeline: Timeline,
) -> None:
    """Its open came before the hour, and was told after it."""
    timeline.prefer(digest=True, digest_hour=12)
    message = new_id()
    hit = Hit(Kind.OPEN, timeline.account.owner, message, 0, None, NOON - 60, "GET", "", ())
    timeline.storage.transaction(record_hits, timeline.classify, [hit], NOON - 60)
    assert timeline.emit_due() == frozenset()
    body = read_registration(registration(sent_at=wire_time(NOON - 3600)))
    args = (timeline.classify, timeline.account.id, message, body, NOON + 60)
    timeline.storage.transaction(register, *args)
    timeline.emit_due(DAY)
    (event,) = timeline.events("digest")
    assert event["verdict"]["sentence"] == page_words(timeline, event) == "1 open, in 1 mail"
