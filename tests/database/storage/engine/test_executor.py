"""Who queues, and what becomes of it when the database is found away."""

import asyncio
import threading

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.storage.engine.executor import JobExecutor


def test_jobs_queued_during_an_outage_fail_with_the_first_one() -> None:
    executor, queued, ran = JobExecutor(1, "writer"), threading.Event(), []

    def in_vain() -> None:
        queued.wait(20)
        raise UnavailableError("It hangs.")

    async def crowd() -> list[BaseException | None]:
        first = asyncio.create_task(executor.run(in_vain))
        others = [asyncio.create_task(executor.run(lambda: ran.append(1))) for _ in range(3)]
        await asyncio.sleep(0)
        queued.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    assert [str(error) for error in asyncio.run(crowd())] == ["It hangs."] * 4
    assert ran == []


def test_a_job_after_a_failure_runs() -> None:
    executor = JobExecutor(1, "writer")

    def in_vain() -> None:
        raise UnavailableError("It hangs.")

    async def one_after_the_other() -> str:
        with pytest.raises(UnavailableError):
            await executor.run(in_vain)
        return await executor.run(lambda: "done")

    assert asyncio.run(one_after_the_other()) == "done"
