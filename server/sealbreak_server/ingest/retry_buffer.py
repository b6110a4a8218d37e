"""Hits that wait for the database: in the spool, or in memory when that cannot be written."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit

MAX_IN_MEMORY = 5000
"""Hits. Beyond this, a hit is answered and dropped."""
QUICK_SECONDS = 0.005
"""A write that takes longer shows a slow disk."""
QUICK_TIMES = 16
"""After this many consecutive writes that took less than `QUICK_SECONDS`, the next one is made in
the thread of the loop."""
CHUNK = 512
"""Hits recorded from the spool in one transaction, which takes about a tenth of a second."""

Batches = Mapping[str, Sequence[Hit]]
Record = Callable[[Batches], Awaitable[bool]]
"""Writes batches to the database. False when that is unavailable; raises when the batches are the
problem."""

log = logging.getLogger(__name__)


class RetryBuffer:
    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._in_memory: dict[str, Sequence[Hit]] = {}
        self._dropped = 0
        self._reason = ""
        """Why the spool did not accept the last batch that it refused."""
        self._bundle: list[tuple[str, list[Hit]]] = []
        self._bundles = spool.bundles(CHUNK)
        self._batch_count = 1
        """How many batches the next transaction records."""
        self._quick_writes = 0
        """Writes since the last slow one."""

    @property
    def has_batches(self) -> bool:
        return self._spool.has_batches or bool(self._in_memory)

    def accepts_bursts(self) -> bool:
        return self._spool.accepts_bursts()

    async def append(self, name: str, hits: Sequence[Hit]) -> bool:
        """To the spool. False when it is full or cannot be written."""
        try:
            if await self._write(name, hits):
                return True
            self._reason = "the spool is full"
        except OSError as error:
            self._reason = f"the spool cannot be written: {error}"
        except Exception:
            log.exception("a batch of hits cannot be written to the spool")
            self._reason = "it cannot be written to the spool"
        return False

    def keep_in_memory(self, name: str, hits: Sequence[Hit]) -> None:
        """The last resort before hits are dropped."""
        room = MAX_IN_MEMORY - sum(map(len, self._in_memory.values()))
        if room > 0:
            self._in_memory[name] = hits[:room]
        if len(hits) > room:
            self.drop(len(hits) - room, self._reason)

    async def _write(self, name: str, hits: Sequence[Hit]) -> bool:
        """In a burst on a quick disk, handing a write to a thread costs three times the write.

        When the disk becomes slow, it delays the loop once; the following writes use a thread.
        """
        if self._quick_writes >= QUICK_TIMES:
            return self._timed(name, hits)
        return await asyncio.to_thread(self._timed, name, hits)

    def _timed(self, name: str, hits: Sequence[Hit]) -> bool:
        start, self._quick_writes = time.monotonic(), self._quick_writes + 1
        try:
            return self._spool.append(hits, name)
        finally:
            if time.monotonic() > start + QUICK_SECONDS:
                self._quick_writes = 0

    def drop(self, count: int, reason: str) -> None:
        if self._dropped == 0 or (self._dropped + count) // 1000 > self._dropped // 1000:
            log.error(
                "a hit was answered but not kept: %s (%d so far)", reason, self._dropped + count
            )
        self._dropped += count

    async def retry(self, record: Record, *, busy: bool) -> None:
        """Records some batches. `busy`: only one, so that new hits do not wait; otherwise each
        call records twice as many as the one before."""
        if self._in_memory:
            await self._retry_memory(record)
        if not self._bundle and self._spool.has_batches:
            self._bundle = await asyncio.to_thread(next, self._bundles, [])
        if not self._bundle:
            self._bundles = self._spool.bundles(CHUNK)
            return
        count = self._batch_count = 1 if busy else min(2 * self._batch_count, CHUNK)
        if await self._record(record, dict(self._bundle[:count])):
            del self._bundle[:count]

    async def _retry_memory(self, record: Record) -> None:
        batches, self._in_memory = self._in_memory, {}
        recorded = False
        try:
            recorded = await self._record(record, batches)
        finally:
            for name, hits in () if recorded else batches.items():
                if not await self.append(name, hits):
                    self.keep_in_memory(name, hits)

    async def _record(self, record: Record, batches: Batches) -> bool:
        try:
            return await record(batches)
        except Exception:
            if parts := _parts(batches):
                return all([await self._record(record, part) for part in parts])
            log.exception("a spooled hit cannot be recorded: it is kept as a dead letter")
            for name, hits in batches.items():
                await asyncio.to_thread(self._spool.add_dead_letter, name, hits)
            return True

    def close(self) -> None:
        self._spool.close()


def _parts(batches: Batches) -> list[Batches]:
    """Each batch alone, or the halves of a single batch; none for a single hit.

    The name of a half derives from its batch, so that a second attempt finds it recorded already.
    """
    if len(batches) > 1:
        return [{name: hits} for name, hits in batches.items()]
    ((name, hits),) = batches.items()
    middle = len(hits) // 2
    halves = (hits[:middle], hits[middle:]) if middle else ()
    return [{_name_of_half(name, at): half} for at, half in enumerate(halves)]


def _name_of_half(batch: str, at: int) -> str:
    return hashlib.sha256(f"{batch} {at}".encode()).hexdigest()[:32]
