"""Keeps it known which tray apps are connected, for browsers, which alert only without one."""

import asyncio
from collections import Counter
from contextlib import suppress

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import alerting

RENEW_SECONDS = 20
LEASE_SECONDS = 60
"""If the server is killed, its trays keep browsers quiet for this long at most."""


class Presence:
    """The tray apps that are connected to this process.

    One write renews all of them, so its cost does not depend on their number.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._connections: Counter[str] = Counter()
        """By device."""
        self._until: dict[str, float] = {}
        """What was last written, by device."""
        self._renewal: asyncio.Task[None] | None = None

    async def begin(self, principal: Principal) -> None:
        if principal.kind != alerting.TRAY:
            return
        self._connections[principal.device] += 1
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew_for_ever())
        await self._renew([principal.device])

    async def end(self, principal: Principal, sent: int) -> None:
        """`sent`: the number of the newest event that the tray got."""
        account, device = principal.account, principal.device
        if principal.kind != alerting.TRAY:
            return
        self._connections[device] -= 1
        is_last = not self._connections[device]
        if is_last:
            del self._connections[device]
        until = self._until.pop(device, 0.0) if is_last else 0.0
        if not self._connections and self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
        with suppress(UnavailableError):
            await self._services.storage.write(
                alerting.tray_disconnected, account, device, until, sent
            )

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._renew(list(self._connections))

    async def _renew(self, devices: list[str]) -> None:
        until = self._services.clock() + LEASE_SECONDS
        self._until.update(dict.fromkeys(devices, until))
        with suppress(UnavailableError):
            await self._services.storage.write(alerting.trays_connected, devices, until)
