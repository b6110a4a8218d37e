"""The server as it would be without batches: each hit has a transaction of its own."""

import asyncio
import sys

from sealbreak_server.cli import main
from sealbreak_server.hits import Hit
from sealbreak_server.intake import Intake
from sealbreak_server.storage.recording import record_hits


def receive(self: Intake, hit: Hit) -> asyncio.Future[bool]:
    return asyncio.ensure_future(self._write(record_hits, self._judge, [hit], self._clock()))


Intake.receive = receive  # type: ignore[assignment,method-assign]  # that is the point
sys.exit(main())
