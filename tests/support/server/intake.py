"""An intake as those see it who wait for an answer."""

import asyncio

from sealbreak_server.hits import Hit
from sealbreak_server.intake import Intake


async def kept(intake: Intake, hit: Hit) -> None:
    """Ends when the hit would be answered."""
    answered = asyncio.Event()
    intake.take(hit, answered.set)
    await answered.wait()
