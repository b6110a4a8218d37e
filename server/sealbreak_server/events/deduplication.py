"""Repeated loads count as one open, repeated clicks on a link as one click. Pure.

A reader's hit counts when no other reader's hit on the same target came in the gap before it.
What counts therefore depends on the hits alone, not on the order in which they are classified.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sealbreak_server.model.hit import Hit, Kind

OPEN_GAP_SECONDS = 30 * 60
"""A program loads images again while a mail stays open."""
CLICK_GAP_SECONDS = 10
"""Long enough for a double click and for a page that is loaded again at once."""


class Target(NamedTuple):
    """What is opened or followed: a copy, or a link in it."""

    kind: Kind
    copy: int
    link: int | None

    @property
    def gap(self) -> float:
        """Seconds."""
        return OPEN_GAP_SECONDS if self.kind is Kind.OPEN else CLICK_GAP_SECONDS


@dataclass(frozen=True, slots=True)
class Span:
    """The times of the first and the last hit that became a reader's or ceased to be one."""

    first: float
    last: float
    retracted: bool
    """Some hit ceased to be a reader's."""


Newest = Mapping[int, float | None]
"""For each copy that readers opened the time of the newest open; `None` when it is not known."""


def target_of(hit: Hit) -> Target:
    return Target(hit.kind, hit.copy, hit.link)


def spans(steps: Iterable[tuple[Hit, bool, bool]]) -> dict[Target, Span]:
    """`steps`: each hit, whether it was a reader's before, and whether it is one now."""
    found: dict[Target, Span] = {}
    for hit, was, now in steps:
        if was != now:
            old = found.get(target_of(hit), Span(hit.time, hit.time, was))
            found[target_of(hit)] = Span(
                min(old.first, hit.time), max(old.last, hit.time), old.retracted or was
            )
    return found


def needed_opens(changed: Mapping[Target, Span], newest: Newest) -> Iterator[tuple[int, Span]]:
    """Copies, each with the times between which all opens must be known to decide what counts.

    An open after all others needs no more than the newest open, which is known.
    """
    for target, span in changed.items():
        if target.kind is not Kind.OPEN or target.copy not in newest:
            continue
        last = newest[target.copy]
        if span.retracted or last is None or span.first < last:
            gap = target.gap
            yield target.copy, Span(span.first - gap, span.last + gap, span.retracted)


class Deduplicator:
    """Decides which hits count. Call `counts` for each reader's hit, in the order of time."""

    def __init__(self, changed: Mapping[Target, Span], newest: Newest) -> None:
        self._changed = changed
        self._newest = newest
        self._seen: dict[Target, float] = {}

    def counts(self, hit: Hit, before: bool) -> bool:
        """`before`: whether the hit counted so far. That stays so where nothing has changed."""
        target = target_of(hit)
        last = self._last(target, hit.time)
        self._seen[target] = hit.time
        span = self._changed.get(target)
        if span is None or not span.first <= hit.time <= span.last + target.gap:
            return before
        return last is None or hit.time - last > target.gap

    def newest(self, copy: int) -> float | None:
        target = Target(Kind.OPEN, copy, None)
        times = (self._seen.get(target), self._known(target))
        return max((time for time in times if time is not None), default=None)

    def _last(self, target: Target, time: float) -> float | None:
        seen, known = self._seen.get(target), self._known(target)
        if known is not None and known < time:
            return max(known, seen or known)
        return seen

    def _known(self, target: Target) -> float | None:
        """The newest open before this decision, unless it may be one that was retracted."""
        span = self._changed.get(target)
        retracted = span is not None and span.retracted
        return None if retracted or target.kind is Kind.CLICK else self._newest.get(target.copy)
