"""From new verdicts to their effects: which hits count, and which events are emitted. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from sealbreak_server.events.counting import by_target, changed_spans, count
from sealbreak_server.events.forwarded import PERHAPS_FORWARDED, Place, perhaps_forwarded
from sealbreak_server.events.reopened import Open, reopened
from sealbreak_server.model.context import SETTLE_SECONDS, ClassifiedHit, CopyState, HitContext
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from sealbreak_server.model.visit import source_of, target_of


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event that is not written yet. It gets its number when it is."""

    kind: str
    classified: ClassifiedHit
    corrects: int | None = None
    """The number of the event that it corrects."""
    words: str = ""
    """Its sentence, where that says more than the sentence of the verdict."""
    note: str = ""
    """What its sentence adds."""
    implies_open: bool = False
    """A click on a copy without an open."""
    no_image: bool = False
    """Nobody loaded the image of the copy: most likely its reader's program blocks images."""


@dataclass(frozen=True, slots=True)
class Decision:
    classified_hits: tuple[ClassifiedHit, ...]
    """The hits that changed."""
    events: tuple[PendingEvent, ...]
    copies: Mapping[int, CopyState]
    """The copies that changed; the number of a new event is filled in when it is written."""


def decide(context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> Decision:
    """`verdicts`: the new ones, by the number of the hit."""
    return _Decider(context, verdicts, now).decision()


class _Decider:
    """Decides about the hits of one message, in five steps.

    1. `with_verdict`: each hit gets its new verdict. An unsure one waits until it is due.
    2. `_correct`: an event that the new verdict of its hit contradicts is corrected.
    3. `_count`: a reader's hit counts when it begins a visit or a click.
    4. `_emit`: a reader's hit that needs an event and has none gets one.
    5. `_copy_states`: what is known about each copy is kept for the next decision.
    """

    def __init__(self, context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> None:
        self._context = context
        self._verdicts = verdicts
        self._now = now
        self._wants_events = context.message.level == "full"
        self._events: list[PendingEvent] = []
        self._announced = {copy: state.event for copy, state in context.copies.items()}
        """For each copy the event that tells that it was opened, 0 for one of this decision."""
        self._hot_at = {copy: state.hot_at for copy, state in context.copies.items()}
        self._revoked: set[int] = set()
        """Copies whose open was told and was none."""

    def decision(self) -> Decision:
        before = self._context.classified_hits
        with_verdicts = with_new_verdicts(before, self._verdicts, self._now)
        corrected = [
            self._correct(old, new) for old, new in zip(before, with_verdicts, strict=True)
        ]
        self._hits = self._count(corrected)
        self._changed = {
            new.number for old, new in zip(before, self._hits, strict=True) if old != new
        }
        self._first_of = self._visits()
        self._told = {self._first_of.get(one.number) for one in self._hits if one.event}
        for classified in self._hits:
            self._emit(classified)
        changed = tuple(one for one in self._hits if one.number in self._changed)
        return Decision(changed, tuple(self._events), self._copy_states())

    # 2. Corrections.

    def _correct(self, old: ClassifiedHit, new: ClassifiedHit) -> ClassifiedHit:
        if not old.event or old.verdict is None or new.verdict is None:
            return new
        if (old.verdict.actor, old.verdict.via) == (new.verdict.actor, new.verdict.via):
            return new
        self._events.append(PendingEvent("corrected", new, corrects=old.event))
        if new.is_reader:
            return new
        copy = new.hit.copy
        if new.hit.kind is Kind.OPEN and self._announced.get(copy) == old.event:
            self._announced[copy] = None
            self._revoked.add(copy)
        elif new.hit.kind is Kind.OPEN:
            self._hot_at[copy] = None
        return replace(new, event=None)

    # 3. Counting.

    def _count(self, hits: Sequence[ClassifiedHit]) -> list[ClassifiedHit]:
        spans = changed_spans(zip(self._context.classified_hits, hits, strict=True))
        mine, begins = by_target(hits), dict[int, bool]()
        for target, span in spans.items():
            until = self._context.recounted.get(target, inf)
            some = [
                one for one in mine.get(target, ()) if one.hit.time >= span.first - target.reach
            ]
            first_of, _ = count(target, some, span.first, until)
            again = {one.number for one in some if one.hit.time >= span.first and one.hit.address}
            begins |= {n: first == n for n, first in first_of.items() if n in again}
        return [_counted(one, begins.get(one.number, one.counted)) for one in hits]

    def _visits(self) -> dict[int, int]:
        """For the readers' hits on targets with a change: the hit that began their visit."""
        changed = {target_of(one.hit) for one in self._hits if one.number in self._changed}
        found: dict[int, int] = {}
        for target, some in by_target(self._hits).items():
            if target in changed:
                found |= count(target, some, inf)[0]
        return found

    # 4. Events.

    def _emit(self, classified: ClassifiedHit) -> None:
        if not self._wants_events or not classified.is_reader or classified.due is not None:
            return
        copy, changed = classified.hit.copy, classified.number in self._changed
        if classified.hit.kind is Kind.CLICK:
            if changed and classified.counted and not self._is_told(classified):
                self._emit_click(classified)
        elif self._announced.get(copy) is None:
            if changed or copy in self._revoked:
                self._emit_opened(classified)
        elif changed and classified.counted and not self._is_told(classified):
            self._emit_reopened(classified)

    def _is_told(self, classified: ClassifiedHit) -> bool:
        """A hit of the same visit has an event."""
        return self._first_of[classified.number] in self._told

    def _emit_click(self, classified: ClassifiedHit) -> None:
        copy = classified.hit.copy
        unread = self._newest_open(copy) is None
        loaded = copy in self._context.loaded or any(
            one.hit.kind is Kind.OPEN and one.hit.copy == copy for one in self._hits
        )
        note = self._forwarded(classified)
        self._events.append(
            PendingEvent("clicked", classified, note=note, implies_open=unread, no_image=not loaded)
        )

    def _emit_opened(self, classified: ClassifiedHit) -> None:
        """Where the first open was none, another one that was told as hot may now be the first."""
        if classified.event:
            self._events.append(PendingEvent("corrected", classified, corrects=classified.event))
            self._hot_at[classified.hit.copy] = None
        self._announced[classified.hit.copy] = 0
        self._events.append(PendingEvent("opened", classified))

    def _emit_reopened(self, classified: ClassifiedHit) -> None:
        """An open after the first one makes an event only when the copy is hot or revived."""
        copy, time = classified.hit.copy, classified.hit.time
        before = [one for one in self._counted_of(copy) if one.hit.time < time]
        found = reopened(
            [*map(_open, (*self._opens_before(classified), classified))],
            max((one.hit.time for one in before), default=None),
            self._hot_at.get(copy),
            len(self._context.message.readers(copy)),
        )
        if found is None:
            return
        if found.kind == "hot":
            self._hot_at[copy] = time
        note = self._forwarded(classified)
        self._events.append(PendingEvent(found.kind, classified, words=found.words, note=note))

    def _forwarded(self, classified: ClassifiedHit) -> str:
        earlier = map(_open, self._opens_before(classified))
        here = _open(classified)
        place, places = (
            Place(here.network, here.country),
            (Place(o.network, o.country) for o in earlier),
        )
        readers = len(self._context.message.readers(classified.hit.copy))
        return PERHAPS_FORWARDED if perhaps_forwarded(place, places, readers) else ""

    def _opens_before(self, classified: ClassifiedHit) -> Iterator[ClassifiedHit]:
        """The opens of its copy that came no later than this hit."""
        for one in self._counted_of(classified.hit.copy):
            is_before = one.hit.time <= classified.hit.time and one.number != classified.number
            if is_before and one.hit.kind is Kind.OPEN:
                yield one

    def _counted_of(self, copy: int) -> Iterator[ClassifiedHit]:
        return (one for one in self._hits if one.counted and one.hit.copy == copy)

    # 5. Copies.

    def _newest_open(self, copy: int) -> float | None:
        """The newest of all, as long as none was taken back: then all that may be it are here."""
        here = [one.hit.time for one in self._counted_of(copy) if one.hit.kind is Kind.OPEN]
        known = self._context.copies.get(copy, CopyState()).opened_at
        if known is not None and not self._took_back(copy):
            here.append(known)
        return max(here, default=None)

    def _took_back(self, copy: int) -> bool:
        return any(
            old.counted and not new.counted and new.hit.kind is Kind.OPEN and new.hit.copy == copy
            for old, new in zip(self._context.classified_hits, self._hits, strict=True)
        )

    def _copy_states(self) -> Mapping[int, CopyState]:
        """Those that differ from the context's, and those whose event is new."""
        before = self._context.copies
        after: dict[int, CopyState] = {}
        told = (event.classified.number for event in self._events)
        touched = self._changed.union(told)
        for copy in {one.hit.copy for one in self._hits if one.number in touched}:
            event, hot_at = self._announced.get(copy), self._hot_at.get(copy)
            state = CopyState(self._newest_open(copy), event or None, hot_at)
            if event == 0 or state != before.get(copy, CopyState()):
                after[copy] = state
        return after


def with_new_verdicts(
    hits: Sequence[ClassifiedHit], verdicts: Mapping[int, Verdict], now: float
) -> list[ClassifiedHit]:
    return [
        one if (new := verdicts.get(one.number)) is None else _with_verdict(one, new, now)
        for one in hits
    ]


def _with_verdict(classified: ClassifiedHit, verdict: Verdict, now: float) -> ClassifiedHit:
    due = classified.due or classified.hit.time + SETTLE_SECONDS
    waits = not verdict.sure and due > now
    return replace(classified, verdict=verdict, due=due if waits else None)


def _counted(classified: ClassifiedHit, begins: bool) -> ClassifiedHit:
    counted = begins and classified.is_reader
    return classified if counted == classified.counted else replace(classified, counted=counted)


def _open(classified: ClassifiedHit) -> Open:
    assert classified.verdict is not None
    source = source_of(classified.hit, classified.verdict)
    return Open(classified.hit.time, source.network, source.country)
