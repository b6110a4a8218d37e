"""The only path of a hit: gather, commit together, answer, announce."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sealbreak_server.errors import MigrationError, UnavailableError
from sealbreak_server.feed import Feed
from sealbreak_server.hits import Hit
from sealbreak_server.judging import Judge
from sealbreak_server.spool import Spool
from sealbreak_server.storage import Storage
from sealbreak_server.storage.recording import News, record_hits, settle, take_in

MAX_WAITING = 5000
"""Hits in memory. Beyond, a hit is answered and lost: the server is being flooded."""
BURST = 8
"""A batch of more goes to the spool: judging costs ten times what keeping costs."""
RETRY_SECONDS = 1.0
QUIET_SECONDS = 0.02
"""Without a batch of more, a burst is over: what one leaves for the next is small, now and then."""
BUSY_REST = 19
"""Chores have their turn when no hit came for a moment; else a twentieth of the time is theirs."""
SPOOL_CHUNK = 512
"""Hits taken in from the spool before new hits have their turn again: a tenth of a second."""
STOP_SECONDS = 5.0
"""For taking in the spool at the end; what is left has its turn at the next start."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Batch:
    hits: list[Hit] = field(default_factory=list)
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def answer(self) -> None:
        for safe in self.waiting:
            if not safe.done():
                safe.set_result(None)


class Intake:
    def __init__(
        self,
        storage: Storage,
        judge: Judge,
        feed: Feed,
        spool: Spool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._storage = storage
        self._judge = judge
        self._feed = feed
        self._spool = spool
        self._clock = clock
        self._batch = Batch()
        self._work = asyncio.Event()
        self._stopping = False
        self._retry_at = 0.0
        self._due: float | None = 0.0
        self._came_at = 0.0
        self._burst_at = 0.0
        self._rested_at = 0.0
        self._held: list[Hit] = []
        self._lost = 0
        self.commits = True
        """False since the database refused hits, until it takes some again."""
        self._bundle: list[tuple[str, list[Hit]]] = []
        self._bundles = spool.bundles(SPOOL_CHUNK)
        self._at_once = 1
        """Batches to be taken in together."""

    def receive(self, hit: Hit) -> asyncio.Future[None]:
        """Done when the hit is on the disk, or when nothing more can be done for it."""
        batch = self._batch
        safe = asyncio.get_running_loop().create_future()
        if len(batch.hits) >= MAX_WAITING:
            self._lose(1, "too many are waiting")
            safe.set_result(None)
            return safe
        batch.hits.append(hit)
        batch.waiting.append(safe)
        self._work.set()
        return safe

    def look_again(self, news: News) -> None:
        """After a transaction made elsewhere: wakes whom it concerns, and settles in time."""
        self._feed.wake(news.owners)
        self._due = news.due
        self._work.set()

    async def run(self) -> None:
        """Until `stop`, and then until nothing waits."""
        while not self._stopping or self._batch.hits:
            await self._wait()
            await self._commit()
            if self._turn() <= self._clock():
                await self._tidy()
        await self._finish()

    async def _finish(self) -> None:
        end = self._clock() + STOP_SECONDS
        while (self._spool.waits or self._held) and self._retry_at <= self._clock() < end:
            await self._tidy()
        self._spool.close()

    def stop(self) -> None:
        self._stopping = True
        self._work.set()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._pause()):
                await self._work.wait()
        except TimeoutError:
            pass
        self._work.clear()
        await self._gather()

    async def _gather(self) -> None:
        """Requests that are being read in this moment still get into this batch."""
        gathered = -1
        while gathered < len(self._batch.hits):
            gathered = len(self._batch.hits)
            await asyncio.sleep(0)

    def _pause(self) -> float | None:
        """Seconds until something is to be done without being asked."""
        moments = [self._due] if self._due is not None else []
        if self._spool.waits or self._held or not self.commits:
            moments.append(0.0)
        if not moments:
            return None
        return max(0.0, max(min(moments), self._turn()) - self._clock())

    def _turn(self) -> float:
        """When chores may be done."""
        return max(min(self._came_at + QUIET_SECONDS, self._rested_at), self._retry_at)

    async def _commit(self) -> None:
        batch, self._batch = self._batch, Batch()
        if not batch.hits:
            return
        self._came_at = self._clock()
        try:
            await self._keep(batch.hits)
        finally:
            batch.answer()

    async def _keep(self, hits: list[Hit]) -> None:
        if len(hits) > BURST:
            self._burst_at = self._clock()
        is_burst = self._clock() < self._burst_at + QUIET_SECONDS
        if not is_burst or not self._spool.takes_bursts():
            try:
                if await self._try(record_hits, self._judge, hits, self._clock()):
                    return
            except Exception:
                log.exception("a batch of hits was not understood")
        await self._put_aside(hits)

    async def _try(self, job: Callable[..., News], *args: object) -> bool:
        """False while the database is out of reach; it is not asked again before the retry time."""
        if self._clock() < self._retry_at:
            return False
        try:
            news = await self._storage.write(job, *args)
        except (MigrationError, UnavailableError) as error:
            log.error("hits go to the spool: %s", error.message)
            self._retry_at = self._clock() + RETRY_SECONDS
            self.commits = False
            return False
        self.commits = True
        self._due = news.due
        self._feed.wake(news.owners)
        return True

    async def _put_aside(self, hits: list[Hit]) -> None:
        try:
            if not await asyncio.to_thread(self._spool.append, hits):
                self._hold(hits, "the spool is full")
        except OSError as error:
            self._hold(hits, f"the spool cannot be written: {error}")

    def _hold(self, hits: list[Hit], why: str) -> None:
        """In memory, until something can be written: the last resort before losing them."""
        room = MAX_WAITING - len(self._held)
        self._held += hits[:room]
        self._retry_at = self._clock() + RETRY_SECONDS
        if len(hits) > room:
            self._lose(len(hits) - room, why)

    def _lose(self, count: int, why: str) -> None:
        if self._lost == 0 or (self._lost + count) // 1000 > self._lost // 1000:
            log.error("a hit was answered but not kept: %s (%d so far)", why, self._lost + count)
        self._lost += count

    async def _tidy(self) -> None:
        """What is due: settling, and taking in what was held or put aside."""
        now = self._clock()
        try:
            held, self._held = self._held, []
            if held:
                await self._keep(held)
            if not self.commits or (self._due is not None and self._due <= now):
                await self._try(settle, self._judge, now)
            if self._spool.waits:
                await self._take_in()
        except Exception:
            log.exception("settling or taking in the spool failed")
            self._retry_at = self._clock() + RETRY_SECONDS
        self._rested_at = self._clock() + BUSY_REST * (self._clock() - now)

    async def _take_in(self) -> None:
        """While new hits come a batch at a time, so that they need not wait; else ever more."""
        if not self._bundle:
            self._bundle = next(self._bundles, [])
        some, self._bundle = self._bundle[: self._at_once], self._bundle[self._at_once :]
        if not some or not await self._take_in_these(dict(some)):
            self._bundle, self._bundles = [], self._spool.bundles(SPOOL_CHUNK)
        self._at_once = 1 if self._batch.hits else min(2 * self._at_once, SPOOL_CHUNK)

    async def _take_in_these(self, batches: dict[str, list[Hit]]) -> bool:
        """False while the database is out of reach."""
        try:
            return await self._try(take_in, self._judge, batches, self._clock())
        except Exception:
            if parts := _parts(batches):
                return all([await self._take_in_these(part) for part in parts])
            log.exception("a spooled hit was not understood: it is kept as refused")
            for name, hits in batches.items():
                await asyncio.to_thread(self._spool.refuse, name, hits)
            return True


def _parts(batches: dict[str, list[Hit]]) -> list[dict[str, list[Hit]]]:
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
