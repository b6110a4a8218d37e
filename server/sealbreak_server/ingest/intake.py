"""The way of every hit: gather a batch, commit it, answer its requests, wake live connections."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sealbreak_server.errors import MigrationError, UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.retry_buffer import Batches, RetryBuffer
from sealbreak_server.ingest.spool import Spool, new_batch_name
from sealbreak_server.model.context import Classify
from sealbreak_server.model.hit import Hit
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import CommitResult
from sealbreak_server.storage.hits.recording import record_batch, take_in
from sealbreak_server.storage.hits.unsettled import settle

MAX_BATCH = 5000
"""Hits in memory. Beyond this, a hit is answered and dropped: the server is being flooded."""
BURST = 8
"""A larger batch goes to the spool: classifying a hit takes ten times as long as storing it."""
COMMIT_TIMEOUT_SECONDS = 1.0
"""After this time, the hits of a hanging commit are spooled too, and answered."""
LONG_COMMIT_TIMEOUT_SECONDS = 10.0
"""The same once bursts have filled their half of the spool. In a long flood, a disk that stalls at
times would otherwise fill the half that is reserved for outages, and hits would be dropped."""
GATHER_SECONDS = 0.1
"""The longest time that a batch waits for more hits."""
RETRY_SECONDS = 1.0
"""From a failed write to the next one."""
QUIET_SECONDS = 0.02
"""A burst is over after this time without a large batch; some of its batches are small."""
PAUSE_FACTOR = 1
BUSY_PAUSE_FACTOR = 49
"""The background task runs when no hit arrived for `QUIET_SECONDS`. During a flood, it pauses for
this many times the duration of its last run: it gets half of the time, or a fiftieth while new hits
keep the loop busy."""
BUSY_SHARE = 0.5
"""The loop is busy when it used more than this share of the time since the last background task."""
STOP_SECONDS = 5.0
"""For draining the spool at the end. What remains is recorded after the next start."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Batch:
    name: str = field(default_factory=new_batch_name)
    """Stored with the hits, so that a spooled copy of the batch is not recorded again."""
    hits: list[Hit] = field(default_factory=list)
    answers: list[Callable[[], None]] = field(default_factory=list)
    started_at: float = 0.0
    """When its first hit arrived."""

    def answer(self) -> None:
        for answer in self.answers:
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
        monotonic: Callable[[], float] = time.monotonic,
        cpu_time: Callable[[], float] = time.thread_time,
    ) -> None:
        """`cpu_time`: seconds of processor time that the loop's thread has used."""
        self._storage = storage
        self._classify = classify
        self._feed = feed
        self._retry_buffer = RetryBuffer(spool)
        self._clock = clock
        self._monotonic = monotonic
        self._cpu_time = cpu_time
        self._batch = Batch()
        self._last = ""
        """The name of the previous batch, when it is known to be in the database."""
        self._work = asyncio.Event()
        self._stopping = False
        self._background: asyncio.Task[None] | None = None
        self._hangs = False
        """A commit has exceeded its timeout, and may still succeed."""
        self._retry_at = 0.0
        self._due: float | None = 0.0
        """When waiting verdicts are to be finalized."""
        self._write_seconds = 0.0
        """How long the last batch took."""
        self._batch_at = 0.0
        """When the last batch was answered."""
        self._burst_at = 0.0
        """When the last large batch was written."""
        self._pause_until = 0.0
        self._background_at = 0.0
        self._background_cpu_time = 0.0
        """When the last background task ended, by both clocks."""
        self.commits = True
        """False from a failed write to the next successful one."""

    def take(self, hit: Hit, answer: Callable[[], None]) -> None:
        """`answer` is called when the hit is on the disk or was dropped, after this returns."""
        batch = self._batch
        if len(batch.hits) >= MAX_BATCH:
            self._retry_buffer.drop(1, "too many are waiting")
            asyncio.get_running_loop().call_soon(answer)
            return
        if not batch.hits:
            batch.started_at = self._monotonic()
        batch.hits.append(hit)
        batch.answers.append(answer)
        self._work.set()

    def after_commit(self, result: CommitResult) -> None:
        """Wakes live connections, and schedules the verdicts that still wait."""
        self._feed.wake(result.owners)
        self._due = None if result.due is None else self._monotonic() + result.due - self._clock()
        self._work.set()

    async def run(self) -> None:
        """Until `stop`, and then until all hits are answered."""
        while not self._stopping or self._batch.hits:
            await self._wait()
            await self._commit()
            self._start_background()
        await self._drain()

    def stop(self) -> None:
        self._stopping = True
        self._work.set()

    async def _drain(self) -> None:
        if self._background is not None:
            await self._background
        end = self._monotonic() + STOP_SECONDS
        while self._retry_buffer.has_batches and self._retry_at <= self._monotonic() < end:
            await self._run_background()
        self._retry_buffer.close()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(self._pause()):
                await self._work.wait()
        except TimeoutError:
            pass
        self._work.clear()
        await self._gather()

    async def _gather(self) -> None:
        """Adds the requests that are being read at this moment to the batch.

        It waits no longer than twice the time that the last write took: later requests are read
        during this write. A shorter wait does not pay, as each batch costs as much as some hits.
        """
        gathered, end = -1, self._batch.started_at + min(2 * self._write_seconds, GATHER_SECONDS)
        while gathered < len(self._batch.hits) and self._monotonic() < end:
            gathered = len(self._batch.hits)
            await asyncio.sleep(0)

    def _pause(self) -> float | None:
        """Seconds until the next background task."""
        due = self._background_due()
        return None if due is None else max(0.0, due - self._monotonic())

    def _background_due(self) -> float | None:
        """When the next background task may start."""
        if self._background is not None:
            return None
        earliest = self._retry_at
        if self._retry_buffer.accepts_bursts():
            earliest = max(earliest, min(self._batch_at + QUIET_SECONDS, self._pause_until))
        if self._retry_buffer.has_batches or not self.commits:
            return earliest
        return None if self._due is None else max(self._due, earliest)

    async def _commit(self) -> None:
        batch, self._batch = self._batch, Batch()
        if not batch.hits:
            return
        start = self._monotonic()
        try:
            await self._store(batch)
        finally:
            self._write_seconds = self._monotonic() - start
            batch.answer()
            self._batch_at = self._monotonic()  # after it: a slow write is not a quiet time

    async def _store(self, batch: Batch) -> None:
        if len(batch.hits) > BURST:
            self._burst_at = self._monotonic()
        is_burst = self._monotonic() < self._burst_at + QUIET_SECONDS
        ways = [self._record, self._spool]
        if is_burst and self._retry_buffer.accepts_bursts():
            ways.reverse()
        for way in ways:
            if await way(batch):
                return
        self._retry_buffer.keep_in_memory(batch.name, batch.hits)

    async def _record(self, batch: Batch) -> bool:
        last, self._last = self._last, ""
        try:
            args = (self._classify, batch.name, last, batch.hits, self._clock())
            has_room = self._retry_buffer.accepts_bursts()
            limit = COMMIT_TIMEOUT_SECONDS if has_room else LONG_COMMIT_TIMEOUT_SECONDS
            done = await self._write(record_batch, *args, limit=limit)
        except Exception:
            log.exception("a batch of hits cannot be recorded")
            done = False
        if done:
            self._last = batch.name
        return done

    async def _spool(self, batch: Batch) -> bool:
        return await self._retry_buffer.append(batch.name, batch.hits)

    async def _write(
        self, job: Callable[..., CommitResult], *args: object, limit: float | None = None
    ) -> bool:
        """False while the database is unavailable, and until the next retry.

        False too after `limit` seconds; the write may still succeed then.
        """
        if self._monotonic() < self._retry_at:
            return False
        if self._hangs:
            self._retry_at = self._monotonic() + RETRY_SECONDS
            return False
        writing = asyncio.create_task(self._storage.write(job, *args))
        done, _ = await asyncio.wait([writing], timeout=limit)
        if done:
            return self._written(writing)
        self._hangs = True
        self._retry_at = self._monotonic() + RETRY_SECONDS
        writing.add_done_callback(self._written_after_timeout)
        return False

    def _written(self, writing: asyncio.Task[CommitResult]) -> bool:
        try:
            result = writing.result()
        except (MigrationError, UnavailableError) as error:
            log.error("hits go to the spool: %s", error.message)
            self._retry_at = self._monotonic() + RETRY_SECONDS
            self.commits = False
            return False
        self.commits = True
        self.after_commit(result)
        return True

    def _written_after_timeout(self, writing: asyncio.Task[CommitResult]) -> None:
        self._hangs = False
        if writing.cancelled():
            return
        try:
            self._written(writing)
        except Exception:
            log.exception("a batch of hits cannot be recorded; it is in the spool")

    def _start_background(self) -> None:
        due = self._background_due()
        if due is not None and due <= self._monotonic():
            self._background = asyncio.create_task(self._run_background())
            self._background.add_done_callback(self._end_background)

    def _end_background(self, _task: asyncio.Task[None]) -> None:
        self._background = None
        self._work.set()

    async def _run_background(self) -> None:
        """Finalizes the verdicts that are due, and records spooled hits. Never raises.

        When bursts have filled their half of the spool, new hits wait for this: recording them
        batch by batch takes twice as long as recording many at once.
        """
        start, busy = self._monotonic(), self._is_busy()
        try:
            if not self.commits or (self._due is not None and self._due <= start):
                await self._write(settle, self._classify, self._clock())
            if self._retry_buffer.has_batches:
                await self._retry_buffer.retry(self._record_spooled, busy=busy)
        except Exception:
            log.exception("finalizing verdicts or recording the spool failed")
            self._retry_at = self._monotonic() + RETRY_SECONDS
        self._background_at, self._background_cpu_time = self._monotonic(), self._cpu_time()
        if self._retry_at <= start:  # a failure takes no time from new hits
            factor = BUSY_PAUSE_FACTOR if busy else PAUSE_FACTOR
            self._pause_until = self._background_at + factor * (self._background_at - start)

    def _is_busy(self) -> bool:
        now = self._monotonic()
        if now >= self._batch_at + QUIET_SECONDS or not self._retry_buffer.accepts_bursts():
            return False
        return self._cpu_time() - self._background_cpu_time > BUSY_SHARE * (
            now - self._background_at
        )

    async def _record_spooled(self, batches: Batches) -> bool:
        return await self._write(take_in, self._classify, batches, self._clock())
