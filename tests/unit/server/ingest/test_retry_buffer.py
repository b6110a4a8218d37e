import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sealbreak_server.ingest.retry_buffer import MAX_IN_MEMORY, QUICK_TIMES, Batches, RetryBuffer
from sealbreak_server.ingest.spool import Spool, read_batches
from sealbreak_server.model.hit import Hit, Kind
from support.server.intake import batches_of

HIT = Hit(Kind.OPEN, "a" * 8, "b" * 16, 0, None, 1.0, "GET", "192.0.2.7", ())


class Database:
    """Remembers what is recorded, unless it is unavailable."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.hits = 0
        self.unavailable = False

    async def __call__(self, batches: Batches) -> bool:
        if not self.unavailable:
            self.names += batches
            self.hits += sum(map(len, batches.values()))
        return not self.unavailable


@pytest.fixture
def full(tmp_path: Path) -> RetryBuffer:
    return RetryBuffer(Spool(tmp_path, max_bytes=1))


def add(buffer: RetryBuffer, name: str, hits: Sequence[Hit]) -> bool:
    done = asyncio.run(buffer.append(name, hits))
    if not done:
        buffer.keep_in_memory(name, hits)
    return done


def retry(buffer: RetryBuffer, database: Database) -> None:
    asyncio.run(buffer.retry(database, busy=False))


def test_a_spooled_batch_is_recorded_under_its_name(tmp_path: Path) -> None:
    buffer, database = RetryBuffer(Spool(tmp_path)), Database()
    assert add(buffer, "one", [HIT] * 3)
    assert buffer.has_batches
    while buffer.has_batches:
        retry(buffer, database)
    assert (database.names, database.hits) == (["one"], 3)


def test_without_room_in_the_spool_a_batch_stays_in_memory_until_it_is_recorded(
    full: RetryBuffer,
) -> None:
    database = Database()
    database.unavailable = True
    assert not add(full, "one", [HIT])
    retry(full, database)
    assert (full.has_batches, database.hits) == (True, 0)
    database.unavailable = False
    retry(full, database)
    assert (full.has_batches, database.names) == (False, ["one"])


def test_a_batch_in_memory_goes_to_the_spool_when_that_has_room_again(tmp_path: Path) -> None:
    (tmp_path / "spool").touch()
    spool = Spool(tmp_path / "spool")
    buffer, database = RetryBuffer(spool), Database()
    database.unavailable = True
    assert not add(buffer, "one", [HIT])
    (tmp_path / "spool").unlink()
    retry(buffer, database)
    assert [name for name, _ in batches_of(Spool(tmp_path / "spool"))] == ["one"]


def test_a_hit_that_the_spool_cannot_write_stays_in_memory(tmp_path: Path) -> None:
    buffer, database = RetryBuffer(Spool(tmp_path)), Database()
    odd = HIT._replace(headers=(("user-agent", "\ud800"),))
    assert not add(buffer, "odd", [odd])
    retry(buffer, database)
    assert database.names == ["odd"]


def test_hits_beyond_the_limit_in_memory_are_dropped(
    full: RetryBuffer, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database()
    with caplog.at_level(logging.ERROR):
        add(full, "one", [HIT] * (MAX_IN_MEMORY - 1))
        add(full, "two", [HIT] * 3)
        add(full, "three", [HIT])
    retry(full, database)
    assert (database.names, database.hits) == (["one", "two"], MAX_IN_MEMORY)
    assert "(2 so far)" in caplog.text


def test_a_batch_in_memory_that_cannot_become_a_dead_letter_is_kept(
    full: RetryBuffer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_batches: Batches) -> bool:
        raise ValueError("odd")

    add(full, "one", [HIT])
    (tmp_path / "refused").mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        asyncio.run(full.retry(fail, busy=False))
    assert full.has_batches
    (tmp_path / "refused").rmdir()
    asyncio.run(full.retry(fail, busy=False))
    assert not full.has_batches
    assert (tmp_path / "refused").read_text().count('"one"') == 1


def test_a_spool_file_is_read_once_however_often_recording_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def recorded(path: Path, *rest: Any) -> Iterator[tuple[str, list[Hit]]]:
        opened.append(path)
        return read_batches(path, *rest)

    monkeypatch.setattr("sealbreak_server.ingest.spool.read_batches", recorded)
    buffer, database = RetryBuffer(Spool(tmp_path)), Database()
    names = [f"batch {number}" for number in range(5)]
    for name in names:
        assert add(buffer, name, [HIT])
    for unavailable in (False, True, True, False):
        database.unavailable = unavailable
        retry(buffer, database)
    while buffer.has_batches:
        retry(buffer, database)
    assert database.names == names
    assert len(opened) == 1


def test_a_spooled_batch_that_cannot_become_a_dead_letter_is_kept(tmp_path: Path) -> None:
    async def fail(_batches: Batches) -> bool:
        raise ValueError("odd")

    buffer, database = RetryBuffer(Spool(tmp_path)), Database()
    assert add(buffer, "one", [HIT])
    (tmp_path / "refused").mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        asyncio.run(buffer.retry(fail, busy=False))
    while buffer.has_batches:
        retry(buffer, database)
    assert database.names == ["one"]


def test_a_quick_disk_is_written_without_a_thread_until_it_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    class RecordingSpool(Spool):
        def append(self, hits: Sequence[Hit], batch: str = "") -> bool:
            threads.append(threading.current_thread().name)
            return super().append(hits, batch)

    async def play(buffer: RetryBuffer) -> None:
        for number in range(QUICK_TIMES + 1):
            assert await buffer.append(str(number), [HIT])
        monkeypatch.setattr("sealbreak_server.ingest.retry_buffer.QUICK_SECONDS", -1)
        for number in range(2):
            assert await buffer.append(f"slow {number}", [HIT])

    monkeypatch.setattr("sealbreak_server.ingest.retry_buffer.QUICK_SECONDS", 60)
    asyncio.run(play(RetryBuffer(RecordingSpool(tmp_path / "spool"))))
    here = [name == threading.main_thread().name for name in threads]
    assert here == [False] * QUICK_TIMES + [True, True, False]
