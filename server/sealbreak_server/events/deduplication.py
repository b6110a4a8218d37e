"""Several loads of one view are one open, and a link followed twice in a moment is one click. Pure.

A hit counts when none of its kind by a reader came in the gap before it. So what counts depends
on the hits alone, not on the order in which they were judged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sealbreak_server.model.hit import Hit, Kind

OPEN_GAP_SECONDS = 30 * 60
CLICK_GAP_SECONDS = 10


class Target(NamedTuple):
    """What is opened or followed."""

    kind: Kind
    copy: int
    link: int | None

    @property
    def gap(self) -> float:
        """Seconds."""
        return OPEN_GAP_SECONDS if self.kind is Kind.OPEN else CLICK_GAP_SECONDS


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last hit that became a reader's, or is one no more."""

    first: float
    last: float
    taken_back: bool


Newest = Mapping[int, float | None]
"""For each copy that readers opened, when they last did; `None` when that has to be looked up."""


def target_of(hit: Hit) -> Target:
    return Target(hit.kind, hit.copy, hit.link)


def spans(steps: Iterable[tuple[Hit, bool, bool]]) -> dict[Target, Span]:
    """`steps`: each hit, whether it was a reader's, and whether it is now."""
    found: dict[Target, Span] = {}
    for hit, was, now in steps:
        if was != now:
            old = found.get(target_of(hit), Span(hit.time, hit.time, was))
            found[target_of(hit)] = Span(
                min(old.first, hit.time), max(old.last, hit.time), old.taken_back or was
            )
    return found


def out_of_sight(changed: Mapping[Target, Span], newest: Newest) -> Iterator[tuple[int, Span]]:
    """Copies, and between which times their opens must be known before it can be said what counts.

    An open after all others needs none: the newest is known.
    """
    for target, span in changed.items():
        if target.kind is not Kind.OPEN or target.copy not in newest:
            continue
        last = newest[target.copy]
        if span.taken_back or last is None or span.first < last:
            gap = target.gap
            yield target.copy, Span(span.first - gap, span.last + gap, span.taken_back)


class Deduplicator:
    """Asked of each reader's hit, in the order of time."""

    def __init__(self, changed: Mapping[Target, Span], newest: Newest) -> None:
        self._changed = changed
        self._newest = newest
        self._seen: dict[Target, float] = {}

    def counts(self, hit: Hit, before: bool) -> bool:
        """`before`: whether it did. That stands where nothing has changed."""
        target = target_of(hit)
        last = self._last(target, hit.time)
        self._seen[target] = hit.time
        span = self._changed.get(target)
        if span is None or not span.first <= hit.time <= span.last + target.gap:
            return before
        return last is None or hit.time - last > target.gap

    def newest(self, copy: int) -> float | None:
        target = Target(Kind.OPEN, copy, None)
        moments = (self._seen.get(target), self._known(target))
        return max((moment for moment in moments if moment is not None), default=None)

    def _last(self, target: Target, time: float) -> float | None:
        seen, known = self._seen.get(target), self._known(target)
        if known is not None and known < time:
            return max(known, seen or known)
        return seen

    def _known(self, target: Target) -> float | None:
        """The newest before, unless it may be what was taken back."""
        span = self._changed.get(target)
        taken_back = span is not None and span.taken_back
        return None if taken_back or target.kind is Kind.CLICK else self._newest.get(target.copy)
