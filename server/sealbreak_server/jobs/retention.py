"""Erases data by age: evidence that no verdict needs any more, and what `--keep-days` excludes."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage import retention

INTERVAL_SECONDS = 3600.0
log = logging.getLogger(__name__)
DAY = 24 * 3600


async def apply_retention(services: Services) -> None:
    """Runs until it is cancelled."""
    while True:
        try:
            await erase_expired(services)
        except UnavailableError:
            log.warning("expired data cannot be erased; retry in an hour")
        await asyncio.sleep(INTERVAL_SECONDS)


async def erase_expired(services: Services) -> None:
    now = services.clock()
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = await services.storage.write(retention.delete_evidence, now, begin)
    await services.storage.write(retention.delete_context, now)
    while await services.storage.write(retention.delete_batch_names, now):
        pass
    days = services.settings.keep_days
    while days and await services.storage.write(retention.delete_expired, now - days * DAY, now):
        pass
