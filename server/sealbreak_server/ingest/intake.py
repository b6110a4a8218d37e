"""The only path of a hit: gather, commit together, answer, announce."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sealbreak_server.errors import MigrationError, UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.retry_buffer import Backlog, Batches
from sealbreak_server.ingest.spool import Spool, new_name
from sealbreak_server.model.context import Classify
from sealbreak_server.model.hit import Hit
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import CommitResult
from sealbreak_server.storage.hits.recording import record_batch, take_in
from sealbreak_server.storage.hits.unsettled import settle

MAX_WAITING = 5000
"""Hits in memory. Beyond, a hit is answered and lost: the server is being flooded."""
BURST = 8
"""A batch of more goes to the spool: judging costs ten times what keeping costs."""
PATIENCE_SECONDS = 1.0
"""So long may a commit take until its hits go to the spool as well, and are answered."""
LONG_PATIENCE_SECONDS = 10.0
"""The same once bursts have filled their part of the spool: in a flood that goes on and on, a disk
that stalls now and then would fill the part that outages need, and then hits would be lost."""
GATHER_SECONDS = 0.1
"""Longer than so no batch waits for more hits."""
RETRY_SECONDS = 1.0
QUIET_SECONDS = 0.02
"""Without a batch of more, a burst is over: what one leaves for the next is small, now and then."""
REST = 1
BUSY_REST = 49
"""Chores have their turn when no hit came for a moment; else half of the time is theirs, and a
fiftieth while new hits keep the loop's thread busy."""
BUSY = 0.5
"""Of the time between two chores, spent in the loop's thread."""
STOP_SECONDS = 5.0
"""For taking in the spool at the end; what is left has its turn at the next start."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Batch:
    name: str = field(default_factory=new_name)
    """Stands in the database beside the hits: wherever else they lie, they are taken in once."""
    hits: list[Hit] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    begun_at: float = 0.0
    """When its first hit came."""

    def answer(self) -> None:
        for answer in self.waiting:
            try:
                answer()
            except Exception:
                log.exception("a hit was kept but not answered")


class Intake:
    def __init__(
        self,
        storage: Storage,
        classify: Classify,
        feed: Feed,
        spool: Spool,
        clock: Callable[[], float] = time.time,
        pace: Callable[[], float] = time.monotonic,
        effort: Callable[[], float] = time.thread_time,
    ) -> None:
        """`pace`: seconds that pass, whatever becomes of the clock. `effort`: seconds for which the
        loop's thread had the processor."""
        self._storage = storage
        self._classify = classify
        self._feed = feed
        self._backlog = Backlog(spool)
        self._clock = clock
        self._pace = pace
        self._effort = effort
        self._batch = Batch()
        self._last = ""
        """The batch before, when it is known to be in the database."""
        self._work = asyncio.Event()
        self._stopping = False
        self._chore: asyncio.Task[None] | None = None
        self._late = False
        """A commit has used up its patience, and may still happen."""
        self._retry_at = 0.0
        self._due: float | None = 0.0
        self._took = 0.0
        """Seconds for which the last batch was written."""
        self._came_at = 0.0
        self._burst_at = 0.0
        self._rested_at = 0.0
        self._tidied_at = 0.0
        self._effort_then = 0.0
        self.commits = True
        """False since the database refused hits, until it takes some again."""

    def take(self, hit: Hit, answer: Callable[[], None]) -> None:
        """`answer` is called when the hit is on the disk, or nothing more can be done for it.

        Not before this returns.
        """
        batch = self._batch
        if len(batch.hits) >= MAX_WAITING:
            self._backlog.lose(1, "too many are waiting")
            asyncio.get_running_loop().call_soon(answer)
            return
        if not batch.hits:
            batch.begun_at = self._pace()
        batch.hits.append(hit)
        batch.waiting.append(answer)
        self._work.set()

    def after_commit(self, result: CommitResult) -> None:
        """After a transaction made elsewhere: wakes whom it concerns, and settles in time."""
        self._feed.wake(result.owners)
        self._due = None if result.due is None else self._pace() + result.due - self._clock()
        self._work.set()

    async def run(self) -> None:
        """Until `stop`, and then until nothing waits."""
        while not self._stopping or self._batch.hits:
            await self._wait()
            await self._commit()
            self._begin_chore()
        await self._finish()

    def stop(self) -> None:
        self._stopping = True
        self._work.set()

    async def _finish(self) -> None:
        if self._chore is not None:
            await self._chore
        end = self._pace() + STOP_SECONDS
        while self._backlog.waits and self._retry_at <= self._pace() < end:
            await self._tidy()
        self._backlog.close()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._pause()):
                await self._work.wait()
        except TimeoutError:
            pass
        self._work.clear()
        await self._gather()

    async def _gather(self) -> None:
        """Requests that are being read in this moment still get into this batch.

        But for no longer than twice what the last one took to write: what comes then is read while
        this one is written. Sooner does not pay, since every batch costs as much as some hits.
        """
        gathered, end = -1, self._batch.begun_at + min(2 * self._took, GATHER_SECONDS)
        while gathered < len(self._batch.hits) and self._pace() < end:
            gathered = len(self._batch.hits)
            await asyncio.sleep(0)

    def _pause(self) -> float | None:
        """Seconds until something is to be done without being asked."""
        moment = self._chore_at()
        return None if moment is None else max(0.0, moment - self._pace())

    def _chore_at(self) -> float | None:
        """When the next chore may begin."""
        if self._chore is not None:
            return None
        turn = self._retry_at
        if self._backlog.takes_bursts():
            turn = max(turn, min(self._came_at + QUIET_SECONDS, self._rested_at))
        if self._backlog.waits or not self.commits:
            return turn
        return None if self._due is None else max(self._due, turn)

    async def _commit(self) -> None:
        batch, self._batch = self._batch, Batch()
        if not batch.hits:
            return
        start = self._pace()
        try:
            await self._keep(batch)
        finally:
            self._took = self._pace() - start
            batch.answer()
            self._came_at = self._pace()  # not before: what was slow to keep is no quiet moment

    async def _keep(self, batch: Batch) -> None:
        if len(batch.hits) > BURST:
            self._burst_at = self._pace()
        is_burst = self._pace() < self._burst_at + QUIET_SECONDS
        ways = [self._record, self._put_aside]
        if is_burst and self._backlog.takes_bursts():
            ways.reverse()
        for way in ways:
            if await way(batch):
                return
        self._backlog.hold(batch.name, batch.hits)

    async def _record(self, batch: Batch) -> bool:
        last, self._last = self._last, ""
        try:
            args = (self._classify, batch.name, last, batch.hits, self._clock())
            has_room = self._backlog.takes_bursts()
            patience = PATIENCE_SECONDS if has_room else LONG_PATIENCE_SECONDS
            done = await self._write(record_batch, *args, patience=patience)
        except Exception:
            log.exception("a batch of hits was not understood")
            done = False
        if done:
            self._last = batch.name
        return done

    async def _put_aside(self, batch: Batch) -> bool:
        return await self._backlog.put_aside(batch.name, batch.hits)

    async def _write(
        self, job: Callable[..., CommitResult], *args: object, patience: float | None = None
    ) -> bool:
        """False while the database is out of reach; it is not asked again before the retry time.

        False too when `patience`, in seconds, was not enough: what was to be written may yet be.
        """
        if self._pace() < self._retry_at:
            return False
        if self._late:
            self._retry_at = self._pace() + RETRY_SECONDS
            return False
        writing = asyncio.create_task(self._storage.write(job, *args))
        done, _ = await asyncio.wait([writing], timeout=patience)
        if done:
            return self._written(writing)
        self._late = True
        self._retry_at = self._pace() + RETRY_SECONDS
        writing.add_done_callback(self._written_late)
        return False

    def _written(self, writing: asyncio.Task[CommitResult]) -> bool:
        try:
            result = writing.result()
        except (MigrationError, UnavailableError) as error:
            log.error("hits go to the spool: %s", error.message)
            self._retry_at = self._pace() + RETRY_SECONDS
            self.commits = False
            return False
        self.commits = True
        self.after_commit(result)
        return True

    def _written_late(self, writing: asyncio.Task[CommitResult]) -> None:
        self._late = False
        if writing.cancelled():
            return
        try:
            self._written(writing)
        except Exception:
            log.exception("a batch of hits was not understood; it lies in the spool")

    def _begin_chore(self) -> None:
        moment = self._chore_at()
        if moment is not None and moment <= self._pace():
            self._chore = asyncio.create_task(self._tidy())
            self._chore.add_done_callback(self._end_chore)

    def _end_chore(self, _chore: asyncio.Task[None]) -> None:
        self._chore = None
        self._work.set()

    async def _tidy(self) -> None:
        """What is due: settling, and taking in what was put aside. Never raises.

        Bursts that have filled their part of the spool wait for it: their hits are judged one batch
        at a time, which takes twice what it takes for many.
        """
        start, gives_way = self._pace(), self._gives_way()
        try:
            if not self.commits or (self._due is not None and self._due <= start):
                await self._write(settle, self._classify, self._clock())
            if self._backlog.waits:
                await self._backlog.take_in(self._take_in, busy=gives_way)
        except Exception:
            log.exception("settling or taking in the spool failed")
            self._retry_at = self._pace() + RETRY_SECONDS
        self._tidied_at, self._effort_then = self._pace(), self._effort()
        if self._retry_at <= start:  # a failure's time is not work to rest from
            rest = BUSY_REST if gives_way else REST
            self._rested_at = self._tidied_at + rest * (self._tidied_at - start)

    def _gives_way(self) -> bool:
        now = self._pace()
        if now >= self._came_at + QUIET_SECONDS or not self._backlog.takes_bursts():
            return False
        return self._effort() - self._effort_then > BUSY * (now - self._tidied_at)

    async def _take_in(self, batches: Batches) -> bool:
        return await self._write(take_in, self._classify, batches, self._clock())
