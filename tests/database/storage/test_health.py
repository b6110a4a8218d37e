import pytest
from sealbreak_server.model.self_test import SelfTestVisit, Visitor
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.accounts import account_named
from sealbreak_server.storage.health import GmailRecords, gmail_records, records
from sealbreak_server.storage.self_tests import add, note_picture
from support.server.account import NOW, AccountBuilder

BY_GMAIL = Verdict(Actor.HUMAN, "gmail", "gmail-image-proxy")


def test_an_empty_database_shows_nothing(storage: Storage) -> None:
    found = storage.transaction(records, NOW)
    assert (found.accounts, found.newest_ids, found.newest_time) == (0, [], None)
    assert (found.gmail_at, found.sent_since, found.hit_addresses) == (None, 0, [])


def test_the_newest_of_everything_is_found(storage: Storage) -> None:
    ann = AccountBuilder(storage)
    ann.register(sent_at="2027-01-15T08:00:00Z")
    ann.record(ann.hit(1), ann.hit(5), classify=lambda facts: BY_GMAIL)
    ann.record(ann.hit(400, address="192.0.2.9"))
    found = storage.transaction(records, NOW + 500)
    assert found.newest_ids == [(ann.account.owner, ann.message)]
    assert (found.gmail_at, found.sent_since) == (NOW + 5, 0)
    assert found.hit_addresses[0] == "192.0.2.9"
    assert found.newest_time is not None
    assert found.newest_time >= NOW + 400
    assert found.zones == ["UTC"]
    assert abs(found.sender_ahead or 0.0) < 1
    assert storage.transaction(records, NOW + 91 * 24 * 3600).gmail_at is None


def test_mails_after_the_last_visit_are_counted_and_a_wrong_clock_shows(storage: Storage) -> None:
    ann = AccountBuilder(storage)
    ann.register(sent_at="2027-01-15T10:00:00Z", now="2027-01-15T10:00:00Z")
    found = storage.transaction(records, NOW)
    assert found.sent_since == 1
    assert found.sender_ahead == 7200


def test_each_account_has_its_own_last_visit_of_gmail(storage: Storage) -> None:
    ann = AccountBuilder(storage)
    ann.register(sent_at="2027-01-15T08:00:00Z")
    ann.record(ann.hit(1), ann.hit(5), classify=lambda facts: BY_GMAIL)
    ben = storage.transaction(account_named, "Ben", NOW).id
    now = NOW + 500
    assert storage.transaction(gmail_records, ann.account.id, now) == GmailRecords(NOW + 5, 0)
    assert storage.transaction(gmail_records, ben, now) == GmailRecords(None, 0)
    visit = SelfTestVisit(NOW + 9, "66.249.84.1", Visitor.GMAIL)
    storage.transaction(add, ben, "n" * 32, "https://track.example.com", NOW, NOW + 60)
    storage.transaction(note_picture, "n" * 32, visit)
    assert storage.transaction(gmail_records, ben, now) == GmailRecords(NOW + 9, 0)
    assert storage.transaction(records, now).gmail_at == NOW + 9


def test_among_very_many_visits_of_others_none_is_said_to_be_the_last(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sealbreak_server.storage.health.LOOKED_THROUGH", 2)
    ann = AccountBuilder(storage)
    ann.register(sent_at="2027-01-15T08:00:00Z")
    ben = storage.transaction(account_named, "Ben", NOW).id
    ann.record(ann.hit(1), classify=lambda facts: BY_GMAIL)
    assert storage.transaction(gmail_records, ben, NOW + 500) == GmailRecords(None, 0)
    ann.record(ann.hit(50), classify=lambda facts: BY_GMAIL)
    assert storage.transaction(gmail_records, ben, NOW + 500) is None
