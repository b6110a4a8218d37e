"""Keeps it known that a tray app is connected, for browsers, which alert only without one."""

from contextlib import suppress

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import alerting
from sealbreak_server.web.auth import TOUCH_SECONDS

LEASE_SECONDS = 2 * TOUCH_SECONDS + 60
"""If the server is killed, browsers are quiet for this long at most."""


class Presence:
    """Of one live connection. Only that of a tray app counts."""

    def __init__(self, services: Services, principal: Principal) -> None:
        self._services = services
        self._principal = principal
        self._until = 0.0
        self.sent = 0
        """The number of the newest event that the device got."""

    async def keep(self) -> None:
        """To be called at the start, and then at least every `TOUCH_SECONDS`."""
        now = self._services.clock()
        left = self._until - now
        # A clock that was set back leaves more than was given.
        is_kept = LEASE_SECONDS - TOUCH_SECONDS < left <= LEASE_SECONDS
        if self._principal.kind != alerting.TRAY or is_kept:
            return
        is_first = not self._until
        self._until = now + LEASE_SECONDS
        with suppress(UnavailableError):
            await self._services.storage.write(
                alerting.tray_connected, self._principal.device, self._until
            )
        if is_first:
            self._services.feed.wake([self._principal.owner])

    async def end(self) -> None:
        if not self._until:
            return
        account, device = self._principal.account, self._principal.device
        with suppress(UnavailableError):
            await self._services.storage.write(
                alerting.tray_disconnected, account, device, self._until, self.sent
            )
        self._services.feed.wake([self._principal.owner])
