"""What the running server does by itself: see what others wrote, and forget in time."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts, erasing, scheduled

WATCH_SECONDS = 1.0
WATCH_LISTENING_SECONDS = 30.0
"""Where the database passes on news by itself: in case that some are lost."""
LISTEN_AGAIN_SECONDS = (0.5, 8.0)
"""After a failure, and at most: each failure in a row doubles it."""
FORGET_EVERY_SECONDS = 3600.0
TELL_EVERY_SECONDS = 60.0
DAY = 24 * 3600

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


async def tell_in_time(services: Services) -> None:
    """Reminders and digests, soon after they are due; after a pause, what is still worth it."""
    while True:
        try:
            services.intake.after_commit(
                await services.storage.write(scheduled.emit_due, services.clock())
            )
        except UnavailableError:
            log.warning("nothing that is due could be told now; it is tried again in a minute")
        await asyncio.sleep(TELL_EVERY_SECONDS)


async def forget_in_time(services: Services) -> None:
    while True:
        try:
            await forget(services)
        except UnavailableError:
            log.warning("nothing could be forgotten now; it is tried again in an hour")
        await asyncio.sleep(FORGET_EVERY_SECONDS)


async def forget(services: Services) -> None:
    """What no verdict can need any more, and everything after the days that the owner chose."""
    now = services.clock()
    begin: erasing.Place | None = erasing.BEGINNING
    while begin is not None:
        begin = await services.storage.write(erasing.forget_evidence, now, begin)
    await services.storage.write(erasing.drop_context, now)
    while await services.storage.write(erasing.forget_batches, now):
        pass
    days = services.settings.keep_days
    while days and await services.storage.write(erasing.prune, now - days * DAY, now):
        pass
