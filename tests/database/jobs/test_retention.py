import asyncio
import json
from pathlib import Path

import pytest
from sealbreak_server.jobs import retention
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import new_id
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage import registration as registrations
from sealbreak_server.storage.hits.recording import record_batch, record_hits, take_in
from sealbreak_server.storage.tables import Event, Message
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.jobs import Unavailable, run_until, services_at
from support.server.process import READER, registration

DAY = 24 * 3600
SENT = 1_800_000_000.0


def services_after(tmp_path: Path, seconds: float, **flags: str) -> Services:
    """With a clock that stands this many seconds after `SENT`."""
    return services_at(tmp_path, SENT + seconds, **flags)


def opened(services: Services) -> Hit:
    """A hit on a mail that is not registered yet, at the time `SENT`."""
    account = services.storage.transaction(accounts.the_account, "Ann", SENT)
    return Hit(
        Kind.OPEN, account.owner, new_id(), 0, None, SENT, "GET", "192.0.2.1",
        tuple(READER.items()),
    )  # fmt: skip


def register(services: Services, hit: Hit, now: float, **changes: object) -> None:
    account = services.storage.transaction(accounts.the_account, "Ann", SENT)
    body = read_registration(registration(sent_at="2027-01-15T08:00:00Z", **changes))
    args = (services.classify, account.id, hit.message, body, now)
    services.storage.transaction(registrations.register, *args)


def erased_after(tmp_path: Path, seconds: float, **flags: str) -> Services:
    """Services with one opened message, this many seconds after the open."""
    services = services_after(tmp_path, seconds, **flags)
    hit = opened(services)
    services.storage.transaction(record_hits, services.classify, [hit], SENT)
    register(services, hit, SENT)
    asyncio.run(retention.erase_expired(services))
    return services


def test_addresses_and_headers_are_erased_after_a_day_and_the_verdict_stays(tmp_path: Path) -> None:
    services = erased_after(tmp_path, DAY + 1)
    row = services.storage.query(HitRow.get)
    assert (row.address, row.headers) == ("", "[]")
    assert services.storage.query(VerdictRow.get).reason
    services.storage.close()


def test_addresses_and_headers_are_kept_for_a_day(tmp_path: Path) -> None:
    services = erased_after(tmp_path, DAY - 60)
    assert services.storage.query(HitRow.get).address == "192.0.2.1"
    services.storage.close()


def test_messages_are_kept_by_default(tmp_path: Path) -> None:
    services = erased_after(tmp_path, 4000 * DAY)
    assert services.storage.query(Message.select().count) == 1
    services.storage.close()


def test_messages_and_hits_are_erased_after_keep_days(tmp_path: Path) -> None:
    services = erased_after(tmp_path, 31 * DAY, keep_days="30")
    assert (
        services.storage.query(Message.select().count),
        services.storage.query(HitRow.select().count),
    ) == (0, 0)
    services.storage.close()


def test_an_open_emits_an_event_though_its_registration_comes_days_later(tmp_path: Path) -> None:
    services = services_after(tmp_path, 3 * DAY)
    hit = opened(services)
    services.storage.transaction(record_hits, services.classify, [hit], SENT)
    asyncio.run(retention.erase_expired(services))
    register(services, hit, services.clock())
    assert services.storage.query(VerdictRow.get).reason == "reader"
    assert json.loads(services.storage.query(Event.get).body)["kind"] == "opened"
    asyncio.run(retention.erase_expired(services))
    assert services.storage.query(HitRow.get).address == ""
    services.storage.close()


def test_a_scheduled_mail_ages_from_when_it_is_sent(tmp_path: Path) -> None:
    services = services_after(tmp_path, 31 * DAY, keep_days="30")
    register(services, opened(services), SENT, scheduled_for="2027-03-01T08:00:00Z")
    asyncio.run(retention.erase_expired(services))
    assert services.storage.query(Message.select().count) == 1
    services.storage.close()


def test_a_spooled_batch_is_recorded_once_though_the_server_was_off(tmp_path: Path) -> None:
    """Its commit was not confirmed, so its hits are in the database too."""
    services = services_after(tmp_path, 20 * DAY)
    hit = opened(services)
    services.storage.transaction(record_batch, services.classify, "a" * 32, "", [hit], SENT)
    asyncio.run(retention.erase_expired(services))
    services.storage.transaction(take_in, services.classify, {"a" * 32: [hit]}, services.clock())
    assert services.storage.query(HitRow.select().count) == 1
    services.storage.close()


def test_during_an_outage_it_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services, write = services_after(tmp_path, 0), Unavailable()
    monkeypatch.setattr(services.storage, "write", write)
    monkeypatch.setattr(retention, "INTERVAL_SECONDS", 0.001)
    asyncio.run(run_until(write.retried, retention.apply_retention, services))
    assert "expired data cannot be erased" in caplog.text
    services.storage.close()
