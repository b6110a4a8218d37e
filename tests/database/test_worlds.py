"""Random worlds: the server agrees with the reference, and nothing moves without something new.

`make soak` runs many more of them (`tests/soak/worlds.py`).
"""

from collections.abc import Iterator
from random import Random

import pytest
from support.server.fixtures import POSTGRESQL, SQLITE, fresh
from support.worlds.ground import Ground, ground
from support.worlds.hunt import found_in
from support.worlds.world import world_of

WORLDS = {SQLITE: 150, POSTGRESQL: 60}
"""Together less than 20 s of processor time."""


@pytest.fixture(params=[SQLITE, POSTGRESQL])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Ground, int]]:
    kind = request.param
    with fresh(kind, request) as url, ground(url) as made:
        yield made, WORLDS[kind]


@pytest.mark.timeout(120)
def test_in_random_worlds_the_server_does_what_the_documents_say(
    place: tuple[Ground, int],
) -> None:
    made, count = place
    seeds = Random()
    for _ in range(count):
        wrong = found_in(made, seeds.randrange(1 << 32))
        assert not wrong, wrong


def test_a_seed_makes_the_same_world_again() -> None:
    assert world_of(7) == world_of(7)
    assert world_of(7) != world_of(8)
