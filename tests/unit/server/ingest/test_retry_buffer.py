import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sealbreak_server.ingest.retry_buffer import MAX_HELD, QUICK_TIMES, Backlog, Batches
from sealbreak_server.ingest.spool import Spool, read_batches
from sealbreak_server.model.hit import Hit, Kind

HIT = Hit(Kind.OPEN, "a" * 8, "b" * 16, 0, None, 1.0, "GET", "192.0.2.7", ())


class Taker:
    """Notes what it is given, unless it is away."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.hits = 0
        self.away = False

    async def __call__(self, batches: Batches) -> bool:
        if not self.away:
            self.names += batches
            self.hits += sum(map(len, batches.values()))
        return not self.away


@pytest.fixture
def full(tmp_path: Path) -> Backlog:
    return Backlog(Spool(tmp_path, max_bytes=1))


def put(backlog: Backlog, name: str, hits: Sequence[Hit]) -> bool:
    done = asyncio.run(backlog.put_aside(name, hits))
    if not done:
        backlog.hold(name, hits)
    return done


def take(backlog: Backlog, taker: Taker) -> None:
    asyncio.run(backlog.take_in(taker, busy=False))


def test_what_lies_in_the_spool_is_taken_in_under_its_name(tmp_path: Path) -> None:
    backlog, taker = Backlog(Spool(tmp_path)), Taker()
    assert put(backlog, "one", [HIT] * 3)
    assert backlog.waits
    while backlog.waits:
        take(backlog, taker)
    assert (taker.names, taker.hits) == (["one"], 3)


def test_what_no_spool_has_room_for_is_held_until_it_can_be_taken_in(full: Backlog) -> None:
    taker = Taker()
    taker.away = True
    assert not put(full, "one", [HIT])
    take(full, taker)
    assert (full.waits, taker.hits) == (True, 0)
    taker.away = False
    take(full, taker)
    assert (full.waits, taker.names) == (False, ["one"])


def test_what_is_held_goes_to_the_spool_when_there_is_room_again(tmp_path: Path) -> None:
    (tmp_path / "spool").touch()
    spool = Spool(tmp_path / "spool")
    backlog, taker = Backlog(spool), Taker()
    taker.away = True
    assert not put(backlog, "one", [HIT])
    (tmp_path / "spool").unlink()
    take(backlog, taker)
    assert [name for name, _ in Spool(tmp_path / "spool").batches()] == ["one"]


def test_a_hit_that_no_spool_can_write_is_held(tmp_path: Path) -> None:
    backlog, taker = Backlog(Spool(tmp_path)), Taker()
    odd = HIT._replace(headers=(("user-agent", "\ud800"),))
    assert not put(backlog, "odd", [odd])
    take(backlog, taker)
    assert taker.names == ["odd"]


def test_no_more_is_held_than_there_is_room_for(
    full: Backlog, caplog: pytest.LogCaptureFixture
) -> None:
    taker = Taker()
    with caplog.at_level(logging.ERROR):
        put(full, "one", [HIT] * (MAX_HELD - 1))
        put(full, "two", [HIT] * 3)
        put(full, "three", [HIT])
    take(full, taker)
    assert (taker.names, taker.hits) == (["one", "two"], MAX_HELD)
    assert "(2 so far)" in caplog.text


def test_what_can_be_neither_taken_in_nor_refused_is_kept(
    full: Backlog, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(_batches: Batches) -> bool:
        raise ValueError("odd")

    put(full, "one", [HIT])
    (tmp_path / "refused").mkdir()
    with pytest.raises(IsADirectoryError):
        asyncio.run(full.take_in(stumble, busy=False))
    assert full.waits
    (tmp_path / "refused").rmdir()
    asyncio.run(full.take_in(stumble, busy=False))
    assert not full.waits
    assert (tmp_path / "refused").read_text().count('"one"') == 1


def test_what_the_spool_holds_is_read_once_however_often_it_cannot_be_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def noting(path: Path) -> Iterator[tuple[str, list[Hit]]]:
        opened.append(path)
        return read_batches(path)

    monkeypatch.setattr("sealbreak_server.ingest.spool.read_batches", noting)
    backlog, taker = Backlog(Spool(tmp_path)), Taker()
    names = [f"batch {number}" for number in range(5)]
    for name in names:
        assert put(backlog, name, [HIT])
    for away in (False, True, True, False):
        taker.away = away
        take(backlog, taker)
    while backlog.waits:
        take(backlog, taker)
    assert taker.names == names
    assert len(opened) == 1


def test_what_the_spool_holds_and_nothing_can_refuse_is_kept(tmp_path: Path) -> None:
    async def stumble(_batches: Batches) -> bool:
        raise ValueError("odd")

    backlog, taker = Backlog(Spool(tmp_path)), Taker()
    assert put(backlog, "one", [HIT])
    (tmp_path / "refused").mkdir()
    with pytest.raises(IsADirectoryError):
        asyncio.run(backlog.take_in(stumble, busy=False))
    while backlog.waits:
        take(backlog, taker)
    assert taker.names == ["one"]


def test_a_quick_disk_is_written_without_a_thread_until_it_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    class Noting(Spool):
        def append(self, hits: Sequence[Hit], batch: str = "") -> bool:
            threads.append(threading.current_thread().name)
            return super().append(hits, batch)

    async def play(backlog: Backlog) -> None:
        for number in range(QUICK_TIMES + 1):
            assert await backlog.put_aside(str(number), [HIT])
        monkeypatch.setattr("sealbreak_server.ingest.retry_buffer.QUICK_SECONDS", -1)
        for number in range(2):
            assert await backlog.put_aside(f"slow {number}", [HIT])

    monkeypatch.setattr("sealbreak_server.ingest.retry_buffer.QUICK_SECONDS", 60)
    asyncio.run(play(Backlog(Noting(tmp_path / "spool"))))
    here = [name == threading.main_thread().name for name in threads]
    assert here == [False] * QUICK_TIMES + [True, True, False]
