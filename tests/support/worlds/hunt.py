"""Finds worlds in which the server and the reference disagree, and makes them small."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.database import running_on
from support.worlds.play import Play, differences
from support.worlds.world import World, depends_on_order, in_another_order, without, world_of

Check = Callable[[Storage, World], list[str]]


@contextmanager
def quick_database(folder: Path, url: str = "") -> Iterator[Storage]:
    """Not safe from a power cut."""
    storage = Storage.at(url, folder)
    storage.transaction(lambda: None)
    if not url:
        storage.database.execute_sql("PRAGMA synchronous = off")  # type: ignore[no-untyped-call]  # stubs
    with running_on(storage.database):
        yield storage
    storage.close()


def as_documented(storage: Storage, world: World) -> list[str]:
    """The server agrees with the reference."""
    play = Play(storage, world)
    play.run()
    return list(differences(play))


def unmoved(storage: Storage, world: World) -> list[str]:
    """A repeated registration and the same rules change nothing."""
    play = Play(storage, world)
    play.run()
    before = play.state()
    play.put_again_and_reclassify()
    return _differ(before, play.state())


def in_any_order(storage: Storage, world: World) -> list[str]:
    """What counts does not depend on the order of arrival."""
    if any(map(depends_on_order, world.steps)):
        return []
    first, second = Play(storage, world), Play(storage, in_another_order(world, len(world.steps)))
    first.run()
    second.run()
    return _differ(first.counts(), second.counts())


def _differ(first: list[object], second: list[object]) -> list[str]:
    return [f"{a}\nis not\n{b}" for a, b in zip(first, second, strict=True) if a != b]


CHECKS: tuple[Check, ...] = (as_documented, unmoved, in_any_order)


def found_in(storage: Storage, seed: int) -> str:
    """What is wrong in the world of this seed, made small; empty for nothing."""
    world = world_of(seed)
    for check in CHECKS:
        if check(storage, world):
            small = _shrunk(storage, world, check)
            steps = "\n".join(map(repr, small.steps))
            wrong = "\n".join(check(storage, small))
            return f"seed {seed}, {check.__name__}:\n{small.mails}\n{steps}\n{wrong}"
    return ""


def _shrunk(storage: Storage, world: World, check: Check) -> World:
    """Leaves out steps as long as something stays wrong."""
    count = len(world.steps)
    while count:
        at = 0
        while at < len(world.steps):
            smaller = without(world, at, count)
            if _is_whole(smaller) and check(storage, smaller):
                world = smaller
            else:
                at += count
        count //= 2
    return world


def _is_whole(world: World) -> bool:
    """Each mail is registered."""
    return world.registered == set(range(len(world.mails)))
