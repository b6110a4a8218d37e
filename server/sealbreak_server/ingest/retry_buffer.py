"""Hits that wait to be judged: in the spool, or in memory where nothing can be written."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit

MAX_HELD = 5000
"""Hits in memory. Beyond, a hit is answered and lost."""
QUICK_SECONDS = 0.005
QUICK_TIMES = 16
"""After so many writes in a row that took less, the next is made in the loop's own thread."""
CHUNK = 512
"""Hits taken in from the spool before something else has its turn: a tenth of a second."""

Batches = Mapping[str, Sequence[Hit]]
Take = Callable[[Batches], Awaitable[bool]]
"""Puts batches into the database; False while that is out of reach. Raises what is at fault with
the batches themselves."""

log = logging.getLogger(__name__)


class Backlog:
    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._held: dict[str, Sequence[Hit]] = {}
        self._lost = 0
        self._why = ""
        """What the spool had against the last batch that it did not take."""
        self._bundle: list[tuple[str, list[Hit]]] = []
        self._bundles = spool.bundles(CHUNK)
        self._at_once = 1
        """Batches to be taken in together."""
        self._quick = 0
        """Writes since the last that was not quick."""

    @property
    def waits(self) -> bool:
        """There is something to take in."""
        return self._spool.waits or bool(self._held)

    def takes_bursts(self) -> bool:
        return self._spool.takes_bursts()

    async def put_aside(self, name: str, hits: Sequence[Hit]) -> bool:
        """In the spool. False when it is full, or cannot be written."""
        try:
            if await self._write(name, hits):
                return True
            self._why = "the spool is full"
        except OSError as error:
            self._why = f"the spool cannot be written: {error}"
        except Exception:
            log.exception("a batch of hits cannot be put in the spool")
            self._why = "it cannot be put in the spool"
        return False

    def hold(self, name: str, hits: Sequence[Hit]) -> None:
        """In memory, the last resort before losing them."""
        room = MAX_HELD - sum(map(len, self._held.values()))
        if room > 0:
            self._held[name] = hits[:room]
        if len(hits) > room:
            self.lose(len(hits) - room, self._why)

    async def _write(self, name: str, hits: Sequence[Hit]) -> bool:
        """In a burst on a quick disk, the way to a thread and back costs thrice what writing does.

        A disk that turns slow holds the loop up once, and has a thread again.
        """
        if self._quick >= QUICK_TIMES:
            return self._timed(name, hits)
        return await asyncio.to_thread(self._timed, name, hits)

    def _timed(self, name: str, hits: Sequence[Hit]) -> bool:
        start, self._quick = time.monotonic(), self._quick + 1
        try:
            return self._spool.append(hits, name)
        finally:
            if time.monotonic() > start + QUICK_SECONDS:
                self._quick = 0

    def lose(self, count: int, why: str) -> None:
        if self._lost == 0 or (self._lost + count) // 1000 > self._lost // 1000:
            log.error("a hit was answered but not kept: %s (%d so far)", why, self._lost + count)
        self._lost += count

    async def take_in(self, take: Take, *, busy: bool) -> None:
        """Some of what waits. `busy`: a batch only, so that new hits need not wait; else ever
        more at a time."""
        if self._held:
            await self._release(take)
        if not self._bundle and self._spool.waits:
            self._bundle = await asyncio.to_thread(next, self._bundles, [])
        if not self._bundle:
            self._bundles = self._spool.bundles(CHUNK)
            return
        count = self._at_once = 1 if busy else min(2 * self._at_once, CHUNK)
        if await self._hand(take, dict(self._bundle[:count])):
            del self._bundle[:count]

    async def _release(self, take: Take) -> None:
        held, self._held = self._held, {}
        taken = False
        try:
            taken = await self._hand(take, held)
        finally:
            for name, hits in () if taken else held.items():
                if not await self.put_aside(name, hits):
                    self.hold(name, hits)

    async def _hand(self, take: Take, batches: Batches) -> bool:
        try:
            return await take(batches)
        except Exception:
            if parts := _parts(batches):
                return all([await self._hand(take, part) for part in parts])
            log.exception("a spooled hit was not understood: it is kept as refused")
            for name, hits in batches.items():
                await asyncio.to_thread(self._spool.refuse, name, hits)
            return True

    def close(self) -> None:
        self._spool.close()


def _parts(batches: Batches) -> list[Batches]:
    """Each batch alone; of a single one its halves, and of a single hit nothing.

    A half is named after its batch: when that has to be taken in again, it is known.
    """
    if len(batches) > 1:
        return [{name: hits} for name, hits in batches.items()]
    ((name, hits),) = batches.items()
    middle = len(hits) // 2
    halves = (hits[:middle], hits[middle:]) if middle else ()
    return [{_name_of_half(name, at): half} for at, half in enumerate(halves)]


def _name_of_half(batch: str, at: int) -> str:
    return hashlib.sha256(f"{batch} {at}".encode()).hexdigest()[:32]
