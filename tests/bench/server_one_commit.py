"""The server as it would be without batches: each hit has a transaction of its own."""

import asyncio
import sys
from collections.abc import Callable

from sealbreak_server.cli.main import main
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.hit import Hit
from sealbreak_server.storage.hits.recording import record_hits


def take(self: Intake, hit: Hit, answer: Callable[[], None]) -> None:
    writing = asyncio.ensure_future(self._write(record_hits, self._classify, [hit], self._clock()))
    writing.add_done_callback(lambda _: answer())


Intake.take = take  # type: ignore[method-assign]  # that is the point
sys.exit(main())
