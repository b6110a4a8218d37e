"""Finds worlds in which the server and the reference disagree, and makes them small."""

from collections.abc import Callable

from support.worlds.compare import Comparison
from support.worlds.ground import Ground
from support.worlds.play import Play
from support.worlds.world import World, depends_on_order, in_another_order, without, world_of

EVERYTHING = 4
"""In one of so many worlds the pages are compared too."""


def wrong_in(ground: Ground, world: World, *, everything: bool = True) -> list[str]:
    """The server agrees with the reference. A repeated registration and the same rules change
    nothing, and what counts does not depend on the order of arrival."""
    play = Play(ground, world)
    wrong = Comparison(play).run(everything=everything)
    if wrong:
        return wrong
    before = play.state()
    play.put_again_and_reclassify()
    wrong = [f"repeated: {text}" for text in _differ(before, play.state())]
    if wrong or any(map(depends_on_order, world.steps)):
        return wrong
    other = Play(ground, in_another_order(world, len(world.steps)))
    other.run()
    return [f"in another order: {text}" for text in _differ(before[2:], [other.counts()])]


def _differ(first: list[object], second: list[object]) -> list[str]:
    return [f"{a}\nis not\n{b}" for a, b in zip(first, second, strict=True) if a != b]


def found_in(ground: Ground, seed: int) -> str:
    """What is wrong in the world of this seed, made small; empty for nothing."""
    world, everything = world_of(seed), seed % EVERYTHING == 0

    def check(world: World) -> list[str]:
        return wrong_in(ground, world, everything=everything)

    if not check(world):
        return ""
    small = shrunk(world, check)
    steps = "\n".join(map(repr, small.steps))
    return f"seed {seed}:\n{small.mails}\n{steps}\n" + "\n".join(check(small))


def shrunk(world: World, check: Callable[[World], list[str]]) -> World:
    """Leaves out steps as long as something stays wrong."""
    count = len(world.steps)
    while count:
        at = 0
        while at < len(world.steps):
            smaller = without(world, at, count)
            if check(smaller):
                world = smaller
            else:
                at += count
        count //= 2
    return world
