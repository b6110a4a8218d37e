"""An intake as those see it who wait for an answer."""

import asyncio

from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.hit import Hit


async def kept(intake: Intake, hit: Hit) -> None:
    """Ends when the hit would be answered."""
    answered = asyncio.Event()
    intake.take(hit, answered.set)
    await answered.wait()
