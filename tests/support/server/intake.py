"""An intake as seen by a request, and a spool as seen by the intake."""

import asyncio
from collections.abc import Iterator

from sealbreak_server.ingest.intake import Intake
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit


async def kept(intake: Intake, hit: Hit) -> None:
    """Returns when the hit is answered."""
    answered = asyncio.Event()
    intake.take(hit, answered.set)
    await answered.wait()


def batches_of(spool: Spool) -> Iterator[tuple[str, list[Hit]]]:
    """Each batch with its name. Asking for the one after a file's last removes the file."""
    for bundle in spool.bundles(1):
        yield from bundle
