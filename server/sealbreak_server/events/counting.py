"""Which hits count after verdicts changed: those that begin a visit or a click. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.visit import Target, Visits, source_of, target_of


class Span(NamedTuple):
    """The times of the first and the last changed hit of a target."""

    first: float
    last: float
    retracted: bool
    """Some hit ceased to be a reader's."""


def changed_spans(
    changes: Iterable[tuple[ClassifiedHit, ClassifiedHit]],
) -> dict[Target, Span]:
    """`changes`: hits as they were and as they are. What counts depends on readers' hits and on
    their sources."""
    found: dict[Target, Span] = {}
    for old, new in changes:
        if old.is_reader != new.is_reader or (new.is_reader and _moved(old, new)):
            target, time = target_of(new.hit), new.hit.time
            first, last, retracted = found.get(target, Span(time, time, False))
            retracted |= not new.is_reader
            found[target] = Span(min(first, time), max(last, time), retracted)
    return found


def _moved(old: ClassifiedHit, new: ClassifiedHit) -> bool:
    assert old.verdict is not None
    assert new.verdict is not None
    return source_of(old.hit, old.verdict) != source_of(new.hit, new.verdict)


def count(
    target: Target, hits: Sequence[ClassifiedHit], since: float, until: float = inf
) -> tuple[dict[int, int], Visits]:
    """Goes through the hits of readers on a target, which are in the order of time.

    Those before `since` count as they did, and so do those whose address is gone. Those after
    `until` are left out. Returns for each the number of the hit that began its visit, and the
    visits at the end.
    """
    visits, found = Visits(target), {}
    for one in hits:
        time, verdict = one.hit.time, one.verdict
        if time > until or verdict is None:
            continue
        decided = one.counted if time < since or not one.hit.address else None
        found[one.number] = visits.add(one.number, time, source_of(one.hit, verdict), decided)
    return found, visits


def agree(
    target: Target,
    old: Sequence[ClassifiedHit],
    new: Sequence[ClassifiedHit],
    since: float,
    until: float,
) -> bool:
    """Whether changes since some time have no effect on what comes after `until`."""
    before, after = count(target, old, inf)[1], count(target, new, since)[1]
    return before.running(until) == after.running(until)


def by_target(hits: Iterable[ClassifiedHit]) -> Mapping[Target, list[ClassifiedHit]]:
    """The hits of readers."""
    found: dict[Target, list[ClassifiedHit]] = {}
    for one in hits:
        if one.is_reader:
            found.setdefault(target_of(one.hit), []).append(one)
    return found
