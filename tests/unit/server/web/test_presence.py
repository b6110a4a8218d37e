"""A tray app counts as connected from its first moment to its last, and no longer than it says."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import alerting
from sealbreak_server.web.auth import TOUCH_SECONDS
from sealbreak_server.web.presence import LEASE_SECONDS, Presence
from support.server.account import NOW


class Machine:
    """A clock, and a record of what was written."""

    def __init__(self) -> None:
        self.now = NOW
        self.written: list[tuple[Any, ...]] = []
        storage = SimpleNamespace(write=self.write)
        self.services = cast("Services", SimpleNamespace(clock=lambda: self.now, storage=storage))

    async def write(self, *what: Any) -> None:
        self.written.append(what)

    def presence(self, kind: str = "desktop") -> Presence:
        return Presence(self.services, Principal(1, "a" * 8, "Ann", "d" * 16, kind))


def run(machine: Machine, presence: Presence, *times: float) -> None:
    for time in times:
        machine.now = NOW + time
        asyncio.run(presence.keep())


def test_each_time_reaches_beyond_the_next_look() -> None:
    machine = Machine()
    looks = [0.0, TOUCH_SECONDS - 1, 2 * TOUCH_SECONDS - 2, 3 * TOUCH_SECONDS - 3]
    run(machine, machine.presence(), *looks)
    ends = [until - NOW for _, _, until in machine.written]
    assert all(any(look < end for end in ends[: at + 1]) for at, look in enumerate(looks[1:]))
    assert len(machine.written) < len(looks)


@pytest.mark.parametrize("kind", ["extension", "api"])
def test_only_a_tray_keeps_browsers_quiet(kind: str) -> None:
    machine = Machine()
    presence = machine.presence(kind)
    run(machine, presence, 0)
    asyncio.run(presence.end())
    assert machine.written == []


def test_a_clock_that_was_set_back_does_not_keep_browsers_quiet_for_long() -> None:
    machine = Machine()
    run(machine, machine.presence(), 0, -86_400)
    assert machine.written[-1][-1] == NOW - 86_400 + LEASE_SECONDS


def test_the_end_names_the_last_event_that_was_sent() -> None:
    machine = Machine()
    presence = machine.presence()
    run(machine, presence, 0)
    presence.sent = 7
    asyncio.run(presence.end())
    ended = (alerting.tray_disconnected, 1, "d" * 16, NOW + LEASE_SECONDS, 7)
    assert machine.written[-1] == ended
