"""From new verdicts to their effects: which hits count, and which events are emitted. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sealbreak_server.events.deduplication import Deduplicator, Span, Target, needed_opens, spans
from sealbreak_server.events.forwarded import PERHAPS_FORWARDED, Place, perhaps_forwarded
from sealbreak_server.events.reopened import network_of, reopened
from sealbreak_server.model.context import SETTLE_SECONDS, ClassifiedHit, CopyState, HitContext
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import Visit, program_of


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
    """A click on a copy without an open: most likely its reader's program blocks images."""


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


def missing_opens(
    context: HitContext, verdicts: Mapping[int, Verdict]
) -> Iterable[tuple[int, Span]]:
    """Copies, each with the times between which `decide` needs all opens in the context."""
    return needed_opens(_changed_spans(context, verdicts), _last_opens(context))


class _Decider:
    """Decides about the hits of one message, in five steps.

    1. `_with_verdict`: each hit gets its new verdict. An unsure one waits until it is due.
    2. `_correct`: an event that the new verdict of its hit contradicts is corrected.
    3. `_count`: a reader's hit counts unless it repeats one that came shortly before.
    4. `_emit`: a reader's hit that needs an event and has none gets one.
    5. `_copy_states`: what is known about each copy is kept for the next decision.
    """

    def __init__(self, context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> None:
        self._context = context
        self._verdicts = verdicts
        self._now = now
        self._wants_events = context.message.level == "full"
        self._events: list[PendingEvent] = []
        self._announced = {copy for copy, state in context.copies.items() if state.event}
        """The copies whose first open has an event that still holds."""
        self._last_open = _last_opens(context)
        self._hot_at = {copy: state.hot_at for copy, state in context.copies.items()}
        self._visits: dict[int, list[tuple[int | None, Visit]]] = {}
        """For each copy its visits, with the number of the hit where that is known."""
        self._changed_since: dict[int, float] = {}
        """For each copy the time of the first open whose classification changed."""
        self._deduplicator = Deduplicator(_changed_spans(context, verdicts), _last_opens(context))

    def decision(self) -> Decision:
        before = self._context.classified_hits
        with_verdicts = [self._with_verdict(classified) for classified in before]
        corrected = [self._correct(old, new) for old, new in self._pairs(with_verdicts)]
        counted = [self._count(classified) for classified in corrected]
        self._note_changes(counted)
        for classified in counted:
            self._emit(classified, counted)
        changed = tuple(new for old, new in self._pairs(counted) if old is not new and old != new)
        return Decision(changed, tuple(self._events), self._copy_states(counted))

    def _pairs(
        self, classified_hits: list[ClassifiedHit]
    ) -> Iterable[tuple[ClassifiedHit, ClassifiedHit]]:
        """Each hit as it was and as it is in `classified_hits`."""
        return zip(self._context.classified_hits, classified_hits, strict=True)

    # 1. Verdicts.

    def _with_verdict(self, classified: ClassifiedHit) -> ClassifiedHit:
        verdict = self._verdicts.get(classified.number, classified.verdict)
        due = classified.due
        if verdict is classified.verdict and due is None:
            return classified
        if classified.verdict is None and verdict is not None and not verdict.sure:
            due = classified.hit.time + SETTLE_SECONDS
        if verdict is not None and (verdict.sure or (due is not None and due <= self._now)):
            due = None
        if verdict is classified.verdict and due == classified.due:
            return classified
        return replace(classified, verdict=verdict, due=due)

    # 2. Corrections.

    def _correct(self, old: ClassifiedHit, new: ClassifiedHit) -> ClassifiedHit:
        if not old.event or old.verdict is None or new.verdict is None:
            return new
        if (old.verdict.actor, old.verdict.via) == (new.verdict.actor, new.verdict.via):
            return new
        if self._wants_events:
            self._events.append(PendingEvent("corrected", new, corrects=old.event))
        if new.verdict.actor is Actor.HUMAN:
            return new
        if new.hit.kind is Kind.OPEN:
            self._revoke(new.hit.copy, old.event)
        return replace(new, event=None)

    def _revoke(self, copy: int, event: int) -> None:
        """An `opened` event frees its copy for another one, any other event was about hot opens."""
        state = self._context.copies.get(copy)
        if state is None or state.event in (None, event):
            self._announced.discard(copy)
        else:
            self._hot_at[copy] = None
        self._changed_since[copy] = float("-inf")

    # 3. Counting.

    def _count(self, classified: ClassifiedHit) -> ClassifiedHit:
        human = _actor(classified) is Actor.HUMAN
        counted = human and self._deduplicator.counts(classified.hit, classified.counted)
        return classified if counted == classified.counted else replace(classified, counted=counted)

    def _note_changes(self, classified_hits: list[ClassifiedHit]) -> None:
        for old, new in self._pairs(classified_hits):
            if old is not new and new.hit.kind is Kind.OPEN:
                copy, time = new.hit.copy, new.hit.time
                self._changed_since[copy] = min(self._changed_since.get(copy, time), time)

    # 4. Events.

    def _emit(self, classified: ClassifiedHit, all_hits: list[ClassifiedHit]) -> None:
        if classified.event or classified.due is not None or not self._wants_events:
            return
        if _actor(classified) is not Actor.HUMAN:
            return
        copy = classified.hit.copy
        if classified.hit.kind is Kind.CLICK:
            if classified.counted:
                no_open = self._deduplicator.newest(copy) is None
                self._events.append(
                    PendingEvent(
                        "clicked",
                        classified,
                        note=self._forwarded(classified, all_hits),
                        implies_open=no_open,
                    )
                )
        elif copy not in self._announced:
            self._announced.add(copy)
            self._events.append(PendingEvent("opened", classified))
        else:
            self._emit_reopened(classified, all_hits)

    def _emit_reopened(self, classified: ClassifiedHit, all_hits: list[ClassifiedHit]) -> None:
        """An open after the first one makes an event only when the copy is hot or revived.

        A change has no effect on the opens before it, so these are left alone.
        """
        copy, time = classified.hit.copy, classified.hit.time
        if time < self._changed_since.get(copy, float("inf")):
            return
        found = reopened(
            _visit(classified),
            self._other_visits(classified, all_hits),
            self._last_open.get(copy),
            self._hot_at.get(copy),
            len(self._context.message.readers(copy)),
        )
        if found is None:
            return
        self._last_open[copy] = time
        if found.kind == "hot":
            self._hot_at[copy] = time
        note = self._forwarded(classified, all_hits)
        self._events.append(PendingEvent(found.kind, classified, words=found.words, note=note))

    def _forwarded(self, classified: ClassifiedHit, all_hits: list[ClassifiedHit]) -> str:
        visit = _visit(classified)
        earlier = (
            Place(one.network, one.country)
            for one in self._other_visits(classified, all_hits)
            if one.time <= visit.time
        )
        readers = len(self._context.message.readers(classified.hit.copy))
        here = Place(visit.network, visit.country)
        return PERHAPS_FORWARDED if perhaps_forwarded(here, earlier, readers) else ""

    def _other_visits(
        self, classified: ClassifiedHit, all_hits: list[ClassifiedHit]
    ) -> Iterator[Visit]:
        """The other visits to its copy. A generator, as `reopened` seldom needs them; each copy's
        visits are collected once."""
        copy = classified.hit.copy
        if copy not in self._visits:
            here = [(one.number, _visit(one)) for one in all_hits if _is_visit(one, copy)]
            before = [(None, visit) for its_copy, visit in self._context.visits if its_copy == copy]
            self._visits[copy] = [*before, *here]
        yield from (visit for number, visit in self._visits[copy] if number != classified.number)

    # 5. Copies.

    def _copy_states(self, classified_hits: list[ClassifiedHit]) -> Mapping[int, CopyState]:
        """Those that differ from the context's."""
        before = self._context.copies
        after: dict[int, CopyState] = {}
        for copy in {classified.hit.copy for classified in classified_hits}:
            event = before.get(copy, CopyState()).event if copy in self._announced else None
            state = CopyState(self._deduplicator.newest(copy), event, self._hot_at.get(copy))
            if state != before.get(copy, CopyState()):
                after[copy] = state
        return after


def _changed_spans(context: HitContext, verdicts: Mapping[int, Verdict]) -> dict[Target, Span]:
    return spans(
        (classified.hit, _actor(classified) is Actor.HUMAN, verdict.actor is Actor.HUMAN)
        for classified in context.classified_hits
        if (verdict := verdicts.get(classified.number)) is not None
    )


def _last_opens(context: HitContext) -> dict[int, float | None]:
    return {copy: state.opened_at for copy, state in context.copies.items()}


def _is_visit(classified: ClassifiedHit, copy: int) -> bool:
    hit = classified.hit
    return hit.kind is Kind.OPEN and hit.copy == copy and _actor(classified) is Actor.HUMAN


def _visit(classified: ClassifiedHit) -> Visit:
    hit, verdict = classified.hit, classified.verdict
    if verdict is None:
        return Visit(hit.time)
    program = program_of(verdict.via, verdict.device)
    if not verdict.location_known:
        return Visit(hit.time, program=program)
    return Visit(hit.time, network_of(hit.address), verdict.country, program)


def _actor(classified: ClassifiedHit) -> Actor | None:
    return classified.verdict.actor if classified.verdict else None
