"""Erases by age what the settings say is not kept."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.storage import retention

FORGET_EVERY_SECONDS = 3600.0
log = logging.getLogger(__name__)
DAY = 24 * 3600


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
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = await services.storage.write(retention.delete_evidence, now, begin)
    await services.storage.write(retention.delete_context, now)
    while await services.storage.write(retention.delete_batch_names, now):
        pass
    days = services.settings.keep_days
    while days and await services.storage.write(retention.delete_expired, now - days * DAY, now):
        pass
