"""Live connections are woken for what other processes wrote; test_postgresql.py has two of them."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.jobs import watch
from sealbreak_server.services import Services
from sealbreak_server.storage import Storage
from support.server.account import AccountBuilder
from support.server.jobs import Unavailable, run_until, services_at

NOW = 1_800_000_000.0
Heard = Callable[[str | None], None]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = services_at(tmp_path, NOW)
    yield made
    made.storage.close()


def test_a_change_wakes_the_connections_of_its_account(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.01)
    ann, ben = AccountBuilder(services.storage, "Ann"), AccountBuilder(services.storage, "Ben")

    async def play() -> None:
        with (
            services.feed.subscribe(ann.account.owner) as anns,
            services.feed.subscribe(ben.account.owner) as bens,
        ):
            # What was written before the first look is unknown, so it wakes everybody.
            polling = asyncio.ensure_future(watch.poll_changes(services))
            await asyncio.wait_for(asyncio.gather(anns.wait(), bens.wait()), 20)
            anns.clear()
            bens.clear()
            await asyncio.to_thread(services.storage.transaction, _write_something, ann)
            await asyncio.wait_for(anns.wait(), 20)
            assert not bens.is_set()
            polling.cancel()

    asyncio.run(play())


def _write_something(builder: AccountBuilder) -> None:
    builder.account.erasures += 1
    builder.account.save()


def test_an_unavailable_database_is_polled_again(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.001)
    read = Unavailable()
    monkeypatch.setattr(services.storage, "read", read)

    async def play() -> None:
        with services.feed.subscribe("a" * 8):
            await run_until(read.retried, watch.poll_changes, services)

    asyncio.run(play())


def test_without_live_connections_nothing_is_read(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 0.001)
    pauses, done, sleep = itertools.count(), asyncio.Event(), asyncio.sleep

    async def counted(seconds: float) -> None:
        if next(pauses) == 3:
            done.set()
        await sleep(seconds)

    read = Unavailable()
    monkeypatch.setattr("asyncio.sleep", counted)
    monkeypatch.setattr(services.storage, "read", read)
    asyncio.run(run_until(done, watch.poll_changes, services))
    assert not read.called


class Notifying(Storage):
    """One that sends a notification for each try to listen, and then fails."""

    owner: str | None
    retried: asyncio.Event
    heard = False

    @property
    def can_listen(self) -> bool:
        return True

    async def listen(self, heard: Heard) -> None:
        if self.heard:
            self.retried.set()
        self.heard = True
        heard(self.owner)
        raise UnavailableError("The connection is lost.")


@pytest.mark.parametrize("owner", ["a" * 8, None], ids=["an account", "unknown accounts"])
def test_a_notification_wakes_its_connections_and_listening_is_retried(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    owner: str | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(watch, "LISTEN_RETRY_SECONDS", (0.001, 0.002))
    monkeypatch.setattr(services.storage, "__class__", Notifying)
    storage = services.storage
    assert isinstance(storage, Notifying)
    storage.owner, storage.retried = owner, asyncio.Event()

    async def play() -> None:
        with services.feed.subscribe("a" * 8) as anns, services.feed.subscribe("b" * 8) as bens:
            await run_until(storage.retried, watch.listen_for_changes, services)
            assert (anns.is_set(), bens.is_set()) == (True, owner is None)

    asyncio.run(play())
    assert "The connection is lost. Listening for changes is retried." in caplog.text


def test_a_database_without_notifications_is_not_listened_to(services: Services) -> None:
    asyncio.run(asyncio.wait_for(watch.listen_for_changes(services), 20))
