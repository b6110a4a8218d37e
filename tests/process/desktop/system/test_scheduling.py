import asyncio
from collections.abc import Callable

from sealbreak_desktop.system.scheduling import Tasks, Throttle, Timeout

INTERVAL = 0.05


def calls_after(requests: int, wait: float) -> int:
    calls = []

    async def request() -> None:
        throttle = Throttle(INTERVAL, lambda: calls.append(1))
        for _ in range(requests):
            throttle.request()
        await asyncio.sleep(wait)

    asyncio.run(request())
    return len(calls)


def test_the_first_request_calls_at_once() -> None:
    assert calls_after(1, 0) == 1


def test_a_burst_of_requests_makes_one_more_call() -> None:
    assert calls_after(500, INTERVAL * 4) == 2


def test_without_another_request_there_is_no_other_call() -> None:
    assert calls_after(1, INTERVAL * 4) == 1


def timed_out(use: Callable[[Timeout], None]) -> int:
    calls = []

    async def run() -> None:
        timeout = Timeout(lambda: calls.append(1))
        use(timeout)
        await asyncio.sleep(INTERVAL * 4)
        assert not timeout.running

    asyncio.run(run())
    return len(calls)


def test_a_timeout_calls_once() -> None:
    assert timed_out(lambda timeout: timeout.start(INTERVAL)) == 1


def test_a_timeout_that_is_started_again_calls_once() -> None:
    def start_twice(timeout: Timeout) -> None:
        timeout.start(INTERVAL)
        timeout.start(INTERVAL)

    assert timed_out(start_twice) == 1


def test_a_timeout_that_is_stopped_does_not_call() -> None:
    def stop(timeout: Timeout) -> None:
        timeout.start(INTERVAL)
        timeout.stop()

    assert timed_out(stop) == 0


def test_cancelling_ends_all_tasks_although_one_has_failed() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async def run() -> bool:
        tasks, ended = Tasks(), asyncio.Event()

        async def wait() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        tasks.start(fail())
        tasks.start(wait())
        await asyncio.sleep(0)
        await tasks.cancel()
        await tasks.cancel()
        return ended.is_set()

    assert asyncio.run(run())
