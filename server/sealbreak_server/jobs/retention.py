"""Erases data by age: evidence that no verdict needs any more, and what `--keep-days` excludes."""

import asyncio
import logging

from sealbreak_server.errors import UnavailableError
from sealbreak_server.jobs.traces import remove_traces_later
from sealbreak_server.services import Services
from sealbreak_server.storage import retention, self_tests
from sealbreak_server.storage.migrations.backup import COPY_SECONDS

INTERVAL_SECONDS = 3600.0
REWRITE_SECONDS = 20 * 3600.0
"""From one rewriting of the database file to the next: once a day, as it holds up writes for about
a second for each 100 MB."""
log = logging.getLogger(__name__)
DAY = 24 * 3600


async def apply_retention(services: Services) -> None:
    """Runs until it is cancelled."""
    rewritten_at = 0.0
    while True:
        try:
            await erase_expired(services)
            rewrite = not rewritten_at <= services.clock() < rewritten_at + REWRITE_SECONDS
            if await _remove_traces(services, rewrite=rewrite) and rewrite:
                rewritten_at = services.clock()
        except UnavailableError:
            log.warning("expired data cannot be erased; retry in an hour")
        await asyncio.sleep(INTERVAL_SECONDS)


async def _remove_traces(services: Services, *, rewrite: bool) -> bool:
    before = services.clock() - COPY_SECONDS
    return await remove_traces_later(services, copies_before=before, rewrite=rewrite)


async def erase_expired(services: Services) -> None:
    now = services.clock()
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = await services.storage.write(retention.delete_evidence, now, begin)
    await services.storage.write(retention.delete_context, now)
    await services.storage.write(self_tests.delete_old, now)
    while await services.storage.write(retention.delete_batch_names, now):
        pass
    days = services.settings.keep_days
    while days and await services.storage.write(retention.delete_expired, now - days * DAY, now):
        pass
