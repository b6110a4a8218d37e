"""A tray app counts as connected from its first moment to its last, and not for long after."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events.alerting import tray_disconnected, trays_connected
from sealbreak_server.web import presence
from sealbreak_server.web.presence import LEASE_SECONDS, RENEW_SECONDS, Presence
from support.server.account import NOW

ONE, OTHER = "d" * 16, "e" * 16


class Machine:
    """A clock, and a record of what was written."""

    def __init__(self) -> None:
        self.now = NOW
        self.written: list[tuple[Any, ...]] = []
        self.has_written = asyncio.Event()
        storage = SimpleNamespace(write=self.write)
        services = SimpleNamespace(clock=lambda: self.now, storage=storage)
        self.presence = Presence(cast("Services", services))

    async def write(self, *what: Any) -> None:
        self.written.append(what)
        self.has_written.set()

    async def until_renewed(self) -> tuple[Any, ...]:
        """Only the renewal runs meanwhile."""
        self.has_written.clear()
        await self.has_written.wait()
        return self.written[-1]


def principal(device: str = ONE, kind: str = "desktop") -> Principal:
    return Principal(1, "a" * 8, "Ann", device, kind)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(presence, "RENEW_SECONDS", 0)
    return Machine()


def test_browsers_are_quiet_for_a_minute_at_most_after_a_server_was_killed() -> None:
    assert LEASE_SECONDS <= 60
    assert LEASE_SECONDS >= 2 * RENEW_SECONDS, "one late renewal changes nothing"


def test_all_connected_trays_are_renewed_by_one_write(machine: Machine) -> None:
    async def connect_two() -> None:
        await machine.presence.begin(principal(ONE))
        await machine.presence.begin(principal(OTHER))
        machine.now += RENEW_SECONDS
        until = machine.now + LEASE_SECONDS
        assert await machine.until_renewed() == (trays_connected, [ONE, OTHER], until)
        await machine.presence.end(principal(OTHER), 0)
        assert await machine.until_renewed() == (trays_connected, [ONE], until)
        await machine.presence.end(principal(ONE), 0)

    asyncio.run(connect_two())


def test_the_end_names_what_was_last_written_and_the_last_event_that_was_sent(
    machine: Machine,
) -> None:
    async def connect() -> None:
        await machine.presence.begin(principal())
        await machine.presence.end(principal(), 7)

    asyncio.run(connect())
    assert machine.written[0] == (trays_connected, [ONE], NOW + LEASE_SECONDS)
    assert machine.written[-1] == (tray_disconnected, 1, ONE, NOW + LEASE_SECONDS, 7)


def test_a_device_is_connected_until_its_last_connection_ends(machine: Machine) -> None:
    async def connect_twice() -> None:
        await machine.presence.begin(principal())
        await machine.presence.begin(principal())
        await machine.presence.end(principal(), 7)
        assert machine.written[-1] == (tray_disconnected, 1, ONE, 0.0, 7), "ends no lease"
        assert await machine.until_renewed() == (trays_connected, [ONE], NOW + LEASE_SECONDS)
        await machine.presence.end(principal(), 8)

    asyncio.run(connect_twice())
    assert machine.written[-1] == (tray_disconnected, 1, ONE, NOW + LEASE_SECONDS, 8)


@pytest.mark.parametrize("kind", ["extension", "api"])
def test_only_a_tray_keeps_browsers_quiet(machine: Machine, kind: str) -> None:
    async def connect() -> None:
        await machine.presence.begin(principal(kind=kind))
        await machine.presence.end(principal(kind=kind), 7)

    asyncio.run(connect())
    assert machine.written == []
