"""The server as it would be without batches: each hit has a transaction of its own."""

import sys

from sealbreak_server.cli import main
from sealbreak_server.hits import Hit
from sealbreak_server.intake import Intake
from sealbreak_server.storage.recording import record_hits


async def receive(self: Intake, hit: Hit) -> None:
    await self._try(record_hits, self._judge, [hit], self._clock())


Intake.receive = receive  # type: ignore[assignment,method-assign]  # that is the point
sys.exit(main())
