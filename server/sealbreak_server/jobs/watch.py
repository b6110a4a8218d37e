"""Wakes live connections for what commands and other servers wrote into the database."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts

POLL_SECONDS = 1.0
POLL_LISTENING_SECONDS = 30.0
"""While the database sends notifications: polling finds changes whose notification was lost."""
LISTEN_RETRY_SECONDS = (0.5, 8.0)
"""The pause after a failure, and the longest one: each consecutive failure doubles it."""
log = logging.getLogger(__name__)


async def poll_changes(services: Services) -> None:
    """For databases without notifications, and for lost ones. Runs until it is cancelled."""
    known: dict[str, tuple[int, ...]] = {}
    while True:
        await asyncio.sleep(POLL_LISTENING_SECONDS if services.storage.listens else POLL_SECONDS)
        if not services.feed.is_needed():
            continue
        try:
            found = await services.storage.read(accounts.changes)
        except UnavailableError:
            continue
        services.feed.wake(owner for owner, mark in found.items() if known.get(owner) != mark)
        known = found


async def listen_for_changes(services: Services) -> None:
    """Where the database sends notifications: reports changes before `poll_changes` finds them."""
    least, most = LISTEN_RETRY_SECONDS
    pause = least

    def wake(owner: str | None) -> None:
        nonlocal pause
        pause = least
        if owner is None:
            services.feed.wake_all()
        else:
            services.feed.wake([owner])

    while services.storage.can_listen:
        try:
            await services.storage.listen(wake)
        except UnavailableError as error:
            log.warning("%s Listening for changes is retried.", error.message)
        await asyncio.sleep(pause)
        pause = min(2 * pause, most)
