"""Several loads of one view are one open, and a link followed twice in a moment is one click. Pure.

A hit counts when none of its kind by a reader came in the gap before it. So what counts depends
on the hits alone, not on the order in which they were judged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sealbreak_server.hits import Hit, Kind

OPEN_GAP_SECONDS = 30 * 60
CLICK_GAP_SECONDS = 10


class Thing(NamedTuple):
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


def thing_of(hit: Hit) -> Thing:
    return Thing(hit.kind, hit.copy, hit.link)


def spans(steps: Iterable[tuple[Hit, bool, bool]]) -> dict[Thing, Span]:
    """`steps`: each hit, whether it was a reader's, and whether it is now."""
    found: dict[Thing, Span] = {}
    for hit, was, now in steps:
        if was != now:
            old = found.get(thing_of(hit), Span(hit.time, hit.time, was))
            found[thing_of(hit)] = Span(
                min(old.first, hit.time), max(old.last, hit.time), old.taken_back or was
            )
    return found


def out_of_sight(changed: Mapping[Thing, Span], newest: Newest) -> Iterator[tuple[int, Span]]:
    """Copies, and between which times their opens must be known before it can be said what counts.

    An open after all others needs none: the newest is known.
    """
    for thing, span in changed.items():
        if thing.kind is not Kind.OPEN or thing.copy not in newest:
            continue
        last = newest[thing.copy]
        if span.taken_back or last is None or span.first < last:
            gap = thing.gap
            yield thing.copy, Span(span.first - gap, span.last + gap, span.taken_back)


class Folding:
    """Asked of each reader's hit, in the order of time."""

    def __init__(self, changed: Mapping[Thing, Span], newest: Newest) -> None:
        self._changed = changed
        self._newest = newest
        self._seen: dict[Thing, float] = {}

    def counts(self, hit: Hit, before: bool) -> bool:
        """`before`: whether it did. That stands where nothing has changed."""
        thing = thing_of(hit)
        last = self._last(thing, hit.time)
        self._seen[thing] = hit.time
        span = self._changed.get(thing)
        if span is None or not span.first <= hit.time <= span.last + thing.gap:
            return before
        return last is None or hit.time - last > thing.gap

    def newest(self, copy: int) -> float | None:
        thing = Thing(Kind.OPEN, copy, None)
        moments = (self._seen.get(thing), self._known(thing))
        return max((moment for moment in moments if moment is not None), default=None)

    def _last(self, thing: Thing, time: float) -> float | None:
        seen, known = self._seen.get(thing), self._known(thing)
        if known is not None and known < time:
            return max(known, seen or known)
        return seen

    def _known(self, thing: Thing) -> float | None:
        """The newest before, unless it may be what was taken back."""
        span = self._changed.get(thing)
        taken_back = span is not None and span.taken_back
        return None if taken_back or thing.kind is Kind.CLICK else self._newest.get(thing.copy)
