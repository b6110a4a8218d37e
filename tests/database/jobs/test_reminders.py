"""The job only; which reminders are due is in test_scheduled.py and test_reminders.py."""

import asyncio
from pathlib import Path

import pytest
from sealbreak_server.jobs import reminders
from support.server.jobs import Unavailable, run_until, services_at
from support.server.timeline import BEN, NOON, Timeline


def test_a_due_reminder_is_emitted_and_wakes_the_live_connection(tmp_path: Path) -> None:
    services = services_at(tmp_path, NOON)
    timeline = Timeline(services.storage)
    timeline.hit(timeline.mail(BEN, days_ago=40), days_ago=39)
    message = timeline.mail(BEN)

    async def play() -> None:
        with services.feed.subscribe(timeline.account.owner) as connection:
            await run_until(connection, reminders.emit_reminders, services)

    asyncio.run(play())
    (event,) = timeline.events("reminder")
    assert event["message"]["id"] == message
    services.storage.close()


def test_during_an_outage_it_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services, write = services_at(tmp_path, NOON), Unavailable()
    monkeypatch.setattr(services.storage, "write", write)
    monkeypatch.setattr(reminders, "INTERVAL_SECONDS", 0.001)
    asyncio.run(run_until(write.retried, reminders.emit_reminders, services))
    assert "reminders and digests that are due cannot be emitted" in caplog.text
    services.storage.close()
