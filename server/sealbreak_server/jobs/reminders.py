"""Emits reminders and digests when they are due."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.events import scheduled

TELL_EVERY_SECONDS = 60.0

log = logging.getLogger(__name__)


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
