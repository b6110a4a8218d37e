"""What was deleted leaves the files too: the database's own, its copies, and the dead letters."""

import logging
import math
from collections.abc import Callable, Sequence
from typing import ParamSpec

from sealbreak_server.errors import UnavailableError
from sealbreak_server.ingest import dead_letters
from sealbreak_server.model.hit import Hit
from sealbreak_server.services import Services
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage
from sealbreak_server.storage.erasure import Matches
from sealbreak_server.storage.hits.recording import wanted
from sealbreak_server.storage.migrations.backup import remove_copies
from sealbreak_server.storage.retention import DAY, LATE_SECONDS

P = ParamSpec("P")

log = logging.getLogger(__name__)


def remove_traces(
    storage: Storage,
    settings: Settings,
    now: float,
    *,
    copies_before: float,
    rewrite: bool,
    unattended: bool = False,
) -> None:
    """In this thread. `copies_before`: older copies are removed, as nothing can be erased from
    them. Raises `UnavailableError`."""
    remove_copies(storage.backups, copies_before)

    def still_wanted(hits: Sequence[Hit]) -> list[Hit]:
        return storage.transaction(wanted, hits)

    kept_seconds = min(LATE_SECONDS, DAY * (settings.keep_days or math.inf))
    dead_letters.keep(settings.spool_folder, still_wanted, now - kept_seconds)
    storage.purge(rewrite=rewrite, unattended=unattended)


async def erase(
    services: Services, job: Callable[P, Matches], *args: P.args, **kwargs: P.kwargs
) -> Matches:
    """On request. What cannot be removed from the files now is removed within a day."""
    found = await services.storage.write(job, *args, **kwargs)
    if found:
        await remove_traces_later(services, copies_before=math.inf, rewrite=True)
    return found


async def remove_traces_later(services: Services, *, copies_before: float, rewrite: bool) -> bool:
    """In the thread of the writer. False when it has to be tried again."""
    storage, now = services.storage, services.clock()

    def attempt() -> bool:
        try:
            remove_traces(
                storage, services.settings, now,
                copies_before=copies_before, rewrite=rewrite, unattended=True,
            )  # fmt: skip
        except (UnavailableError, OSError) as error:
            log.warning("what was deleted is still in a file; another attempt follows: %s", error)
            return False
        return True

    return await storage.on_writer(attempt)
