"""Random worlds: the server agrees with the reference, and nothing moves without something new.

`make soak` runs many more of them (`tests/soak/worlds.py`).
"""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sealbreak_server.storage import Storage
from support.server.fixtures import POSTGRESQL, SQLITE, fresh
from support.worlds.hunt import found_in, quick_database
from support.worlds.world import world_of

SECONDS = {SQLITE: 20.0, POSTGRESQL: 10.0}
"""For each of two databases."""


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Storage, float]]:
    kind = request.param
    with fresh(kind, request) as url, quick_database(tmp_path, url) as storage:
        yield storage, SECONDS[kind]


@pytest.mark.timeout(120)
def test_in_random_worlds_the_server_does_what_the_documents_say(
    worlds: tuple[Storage, float],
) -> None:
    storage, seconds = worlds
    end, seeds = time.monotonic() + seconds, Random()
    while time.monotonic() < end:
        wrong = found_in(storage, seeds.randrange(1 << 32))
        assert not wrong, wrong


def test_a_seed_makes_the_same_world_again() -> None:
    assert world_of(7) == world_of(7)
    assert world_of(7) != world_of(8)
