"""Notices what other processes wrote, and wakes the live connections."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts

WATCH_SECONDS = 1.0
WATCH_LISTENING_SECONDS = 30.0
"""Where the database passes on news by itself: in case that some are lost."""
LISTEN_AGAIN_SECONDS = (0.5, 8.0)
"""After a failure, and at most: each failure in a row doubles it."""
log = logging.getLogger(__name__)


async def watch_outside(services: Services) -> None:
    """Wakes live connections for what a command or another server wrote into the same database."""
    known: dict[str, tuple[int, ...]] = {}
    while True:
        await asyncio.sleep(WATCH_LISTENING_SECONDS if services.storage.listens else WATCH_SECONDS)
        if not services.feed.is_needed():
            continue
        try:
            found = await services.storage.read(accounts.changes)
        except UnavailableError:
            continue
        services.feed.wake(owner for owner, mark in found.items() if known.get(owner) != mark)
        known = found


async def listen_outside(services: Services) -> None:
    """Hears at once, where the database passes it on, of what `watch_outside` would find later."""
    least, most = LISTEN_AGAIN_SECONDS
    pause = least

    def heard(owner: str | None) -> None:
        nonlocal pause
        pause = least
        if owner is None:
            services.feed.wake_all()
        else:
            services.feed.wake([owner])

    while services.storage.can_listen:
        try:
            await services.storage.listen(heard)
        except UnavailableError as error:
            log.warning("%s It is tried again.", error.message)
        await asyncio.sleep(pause)
        pause = min(2 * pause, most)
