import asyncio

from sealbreak_desktop.system.timers import Coalescer

INTERVAL = 0.05


def refreshes(changes: int, wait: float) -> int:
    calls = []

    async def change() -> None:
        coalescer = Coalescer(INTERVAL, lambda: calls.append(1))
        for _ in range(changes):
            coalescer.change()
        await asyncio.sleep(wait)

    asyncio.run(change())
    return len(calls)


def test_the_first_change_shows_at_once() -> None:
    assert refreshes(1, 0) == 1


def test_a_burst_is_one_more_refresh() -> None:
    assert refreshes(500, INTERVAL * 4) == 2


def test_without_a_change_nothing_is_refreshed() -> None:
    assert refreshes(1, INTERVAL * 4) == 1
