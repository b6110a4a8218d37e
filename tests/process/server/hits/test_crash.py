"""A real server, killed and stopped under load. `make soak` kills it 50 times."""

import asyncio
from pathlib import Path

from soak import crash
from soak.crash import Tally, loaded
from support.server.process import running


def test_no_answered_hit_is_lost_by_a_kill_under_load(tmp_path: Path) -> None:
    tally = crash.run(tmp_path / "data", kills=1)
    assert len(tally.answered) > len(tally.opened) > 0


def test_a_stop_under_load_keeps_every_answered_hit_and_exits_with_0(tmp_path: Path) -> None:
    tally = Tally()
    with running(tmp_path / "data") as server:

        async def stop_under_load() -> list[int | None]:
            async with loaded(server, tally) as following:
                await asyncio.sleep(0.5)
                assert await asyncio.to_thread(server.stop) == 0
            return await asyncio.gather(*following)

        closed_with = asyncio.run(stop_under_load())
    crash.check(tmp_path / "data", tally)
    assert len(tally.answered) > 0
    assert set(closed_with) <= {1001, 1012}
