"""Emits reminders and digests when they are due."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage.events import scheduled

INTERVAL_SECONDS = 60.0

log = logging.getLogger(__name__)


async def emit_reminders(services: Services) -> None:
    """Emits each reminder and digest within a minute; after an outage, those still of use.

    Runs until it is cancelled.
    """
    while True:
        try:
            services.intake.after_commit(
                await services.storage.write(scheduled.emit_due, services.clock())
            )
        except UnavailableError:
            log.warning("reminders and digests that are due cannot be emitted; retry in a minute")
        await asyncio.sleep(INTERVAL_SECONDS)
