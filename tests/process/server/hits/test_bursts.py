"""A burst goes to the spool, is answered, and is classified when there is time."""

import asyncio
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import BURST, Intake
from sealbreak_server.ingest.retry_buffer import RetryBuffer
from sealbreak_server.ingest.spool import DEAD_LETTERS, SUFFIX, Spool, read_batches
from sealbreak_server.model.context import Classify
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.recording import record_batch
from sealbreak_server.storage.tables import Hit as HitRow
from soak import crash
from soak.crash import Tally
from support.server.intake import batches_of, kept
from support.server.process import Server

HIT = Hit(Kind.OPEN, "a" * 8, "b" * 16, 0, None, 1.0, "GET", "192.0.2.7", ())
OTHER_SERVER = """
import sys
from pathlib import Path
from sealbreak_server.ingest.spool import Spool
Spool(Path(sys.argv[1])).append([])
print("written", flush=True)
sys.stdin.read()
"""


def classify(_facts: object) -> Verdict:
    return Verdict(Actor.HUMAN, "direct", "nothing_odd")


async def taken(
    storage: Storage, spool: Spool, hits: list[Hit], classify: Classify = classify
) -> None:
    """All hits arrive at once and are answered; then the intake is stopped as by the server."""
    intake = Intake(storage, classify, Feed(), spool)
    running = asyncio.create_task(intake.run())
    await asyncio.gather(*(kept(intake, hit) for hit in hits))
    intake.stop()
    await running


def count(storage: Storage) -> int:
    return int(storage.transaction(lambda: HitRow.select().count()))


def test_a_burst_is_in_the_database_after_a_stop(storage: Storage, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    asyncio.run(taken(storage, spool, [HIT] * 10 * BURST))
    assert count(storage) == 10 * BURST
    assert not spool.files()


def test_all_hits_of_a_burst_go_to_the_spool_until_it_is_over(
    storage: Storage, tmp_path: Path
) -> None:
    spooled: list[int] = []

    class RecordingSpool(Spool):
        def append(self, hits: Sequence[Hit], batch: str = "") -> bool:
            spooled.append(len(hits))
            return super().append(hits, batch)

    async def play() -> None:
        now = 100.0
        intake = Intake(
            storage, classify, Feed(), RecordingSpool(tmp_path / "spool"), monotonic=lambda: now
        )
        running = asyncio.create_task(intake.run())
        await asyncio.gather(*(kept(intake, HIT) for _ in range(2 * BURST)))
        await kept(intake, HIT)
        now += 1
        await kept(intake, HIT)
        intake.stop()
        await running

    asyncio.run(play())
    assert spooled == [2 * BURST, 1]
    assert count(storage) == 2 * BURST + 2


def test_a_burst_beside_a_full_spool_waits_for_the_database(
    storage: Storage, tmp_path: Path
) -> None:
    asyncio.run(taken(storage, Spool(tmp_path / "spool", max_bytes=0), [HIT] * 10 * BURST))
    assert count(storage) == 10 * BURST


def test_a_burst_that_the_spool_cannot_write_goes_to_the_database(
    storage: Storage, tmp_path: Path
) -> None:
    (tmp_path / "spool").touch()

    async def play() -> None:
        intake = Intake(storage, classify, Feed(), Spool(tmp_path / "spool"))
        running = asyncio.create_task(intake.run())
        await asyncio.gather(*(kept(intake, HIT) for _ in range(10 * BURST)))
        assert await storage.write(lambda: HitRow.select().count()) == 10 * BURST
        intake.stop()
        await running

    asyncio.run(play())


class Unreliable(Storage):
    """One that writes new hits slowly, or refuses them."""

    seconds = 0.0
    refusals = 0

    async def write(self, job: Any, *args: Any, **kwargs: Any) -> Any:
        if job is record_batch:
            if self.refusals:
                self.refusals -= 1
                raise UnavailableError("Not now.")
            await asyncio.sleep(self.seconds)
        return await super().write(job, *args, **kwargs)


async def flooded(intake: Intake, waves: int) -> None:
    """Each wave is answered before the next one arrives."""
    running = asyncio.create_task(intake.run())
    for _ in range(waves):
        await asyncio.gather(*(kept(intake, HIT) for _ in range(2 * BURST)))
        await asyncio.sleep(0.01)
    intake.stop()
    await running


@pytest.fixture
def unreliable(tmp_path: Path) -> Iterator[Unreliable]:
    made = Unreliable.at("", tmp_path / "data")
    assert isinstance(made, Unreliable)
    with closing(made):
        yield made


def test_stalling_commits_use_no_room_that_is_reserved_for_outages(
    unreliable: Unreliable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They delay the flood instead."""
    monkeypatch.setattr("sealbreak_server.ingest.intake.COMMIT_TIMEOUT_SECONDS", 0.05)
    unreliable.seconds, spool = 0.2, Spool(tmp_path / "spool")
    monkeypatch.setattr(spool, "accepts_bursts", lambda: False)
    asyncio.run(flooded(Intake(unreliable, classify, Feed(), spool), waves=5))
    assert not (tmp_path / "spool").exists()
    assert count(unreliable) == 5 * 2 * BURST


def test_while_a_commit_hangs_the_retries_have_pauses(
    unreliable: Unreliable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other write can succeed meanwhile, so retries without a pause would be in vain."""
    monkeypatch.setattr("sealbreak_server.ingest.intake.COMMIT_TIMEOUT_SECONDS", 0.05)
    monkeypatch.setattr("sealbreak_server.ingest.intake.RETRY_SECONDS", 0.1)
    unreliable.seconds, tries = 0.5, 0
    retry = RetryBuffer.retry

    async def counted(buffer: RetryBuffer, record: Any, *, busy: bool) -> None:
        nonlocal tries
        tries += 1
        await retry(buffer, record, busy=busy)

    monkeypatch.setattr(RetryBuffer, "retry", counted)

    async def play() -> None:
        intake = Intake(unreliable, classify, Feed(), Spool(tmp_path / "spool"))
        running = asyncio.create_task(intake.run())
        await kept(intake, HIT)
        await asyncio.sleep(2 * unreliable.seconds)
        assert 0 < tries < 50
        intake.stop()
        await running

    asyncio.run(play())
    assert count(unreliable) == 1


async def waves_until_empty(intake: Intake, spool: Spool, most: int) -> int:
    """The waves of a flood, each answered before the next one arrives."""
    running = asyncio.create_task(intake.run())
    waves = 0
    while spool.files() and waves < most:
        await asyncio.gather(*(kept(intake, HIT) for _ in range(2 * BURST)))
        await asyncio.sleep(0.02)
        waves += 1
    intake.stop()
    await running
    return waves


@pytest.mark.parametrize(
    ("cpu_time", "has_room", "most", "is_drained"),
    [
        (time.monotonic, True, 50, False),
        (time.monotonic, False, 1000, True),
        (lambda: 0.0, True, 1000, True),
    ],
    ids=["a busy loop", "a busy loop and no room for bursts", "a loop with time to spare"],
)
def test_the_spool_is_drained_during_a_flood_if_there_is_time_or_no_room(
    storage: Storage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    cpu_time: Callable[[], float],
    has_room: bool,
    most: int,
    is_drained: bool,
) -> None:
    monkeypatch.setattr("sealbreak_server.ingest.intake.QUIET_SECONDS", 60)
    monkeypatch.setattr("sealbreak_server.ingest.intake.STOP_SECONDS", 60)
    spool = Spool(tmp_path / "spool")
    for _ in range(100):
        spool.append([HIT])
    monkeypatch.setattr(spool, "accepts_bursts", lambda: has_room)
    intake = Intake(storage, classify, Feed(), spool, cpu_time=cpu_time)
    waves = asyncio.run(waves_until_empty(intake, spool, most))
    assert (waves < most) == is_drained
    assert count(storage) == 100 + waves * 2 * BURST


def test_a_flood_beside_a_full_spool_is_recorded_when_the_database_is_back(
    unreliable: Unreliable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """However fast its hits arrive: a hit that cannot be spooled delays no retry."""
    monkeypatch.setattr("sealbreak_server.ingest.intake.RETRY_SECONDS", 0.1)
    unreliable.refusals = 3
    asyncio.run(
        flooded(
            Intake(unreliable, classify, Feed(), Spool(tmp_path / "spool", max_bytes=0)), waves=100
        )
    )
    assert unreliable.refusals == 0
    assert "not kept" not in caplog.text
    assert count(unreliable) == 100 * 2 * BURST


def test_a_batch_that_cannot_be_recorded_becomes_a_dead_letter(
    storage: Storage, tmp_path: Path
) -> None:
    spool, odd = Spool(tmp_path / "spool"), HIT._replace(method=None)  # type: ignore[arg-type]  # what no table takes
    asyncio.run(taken(storage, spool, [odd]))
    asyncio.run(taken(storage, spool, [HIT]))
    assert count(storage) == 1
    assert (tmp_path / "spool" / "refused").read_text().count('"hits"') == 1


def test_a_batch_that_cannot_be_recorded_affects_no_other(storage: Storage, tmp_path: Path) -> None:
    spool, odd = Spool(tmp_path / "spool"), HIT._replace(method=None)  # type: ignore[arg-type]  # what no table takes
    for hits in ([HIT] * 2, [HIT], [odd, HIT], [HIT] * 3):
        spool.append(hits)
    asyncio.run(taken(storage, spool, []))
    assert count(storage) == 7
    assert (tmp_path / "spool" / "refused").read_text().count('"hits"') == 1
    assert not spool.files()


@pytest.mark.parametrize("context", [2, 2 * BURST], ids=["few hits", "a burst"])
def test_a_hit_that_cannot_be_recorded_affects_no_other_of_its_batch(
    storage: Storage, tmp_path: Path, context: int
) -> None:
    spool, odd = Spool(tmp_path / "spool"), HIT._replace(method=None)  # type: ignore[arg-type]  # what no table takes
    asyncio.run(taken(storage, spool, [HIT, odd] + [HIT] * context))
    assert count(storage) == 1 + context
    ((_, refused),) = read_batches(tmp_path / "spool" / DEAD_LETTERS)
    assert refused == [odd]


def test_a_partly_recorded_batch_is_not_recorded_again(storage: Storage, tmp_path: Path) -> None:
    folder, odd = tmp_path / "spool", HIT._replace(method=None)  # type: ignore[arg-type]  # what no table takes
    spool = Spool(folder)
    spool.append([HIT, HIT, odd, HIT])
    (line,) = [path.read_bytes() for path in spool.files()]
    asyncio.run(taken(storage, spool, []))
    (folder / f"000000001-again{SUFFIX}").write_bytes(line)
    asyncio.run(taken(storage, Spool(folder), []))
    assert count(storage) == 3


def test_the_spool_of_another_running_server_is_ignored(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER_SERVER, str(tmp_path)]
    other: Any = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with closing(other.stdout), other:
        other.stdout.readline()
        assert list(batches_of(Spool(tmp_path))) == []
        other.stdin.close()
        other.wait()
    assert len(list(batches_of(Spool(tmp_path)))) == 1


def test_all_hits_of_a_burst_are_recorded_once(server: Server) -> None:
    sender, tally = server.sender(), Tally()
    work = itertools.islice(crash.work_for(server, sender), 2000)

    async def ask_all() -> None:
        await asyncio.gather(*(crash.ask(server.url, work, tally) for _ in range(64)))

    asyncio.run(ask_all())
    end = time.monotonic() + 30
    while list((server.data / "spool").glob("*.jsonl")) and time.monotonic() < end:
        time.sleep(0.05)
    crash.check(server.data, Tally(tally.answered, told=[]))
    assert len(tally.answered) == 2000
