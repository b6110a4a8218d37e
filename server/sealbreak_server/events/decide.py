"""From new verdicts to events: who counts, what is emitted, what is corrected. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sealbreak_server.events.deduplication import Deduplicator, Span, Target, out_of_sight, spans
from sealbreak_server.events.reopened import network_of, reopened
from sealbreak_server.model.context import SETTLE_SECONDS, ClassifiedHit, CopyState, HitContext
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.model.visit import Visit


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event to be: its number is given when it is written."""

    kind: str
    record: ClassifiedHit
    corrects: int | None = None
    words: str = ""
    """What it says, when that is more than the verdict's sentence."""
    implies_open: bool = False
    """A click on a copy that nobody was seen to open: its images are blocked, most likely."""


@dataclass(frozen=True, slots=True)
class Decision:
    classified_hits: tuple[ClassifiedHit, ...]
    """Those that changed."""
    events: tuple[PendingEvent, ...]
    copies: Mapping[int, CopyState]
    """Those that changed; the number of a new event is filled in when it is written."""


def decide(context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> Decision:
    """What follows from `verdicts`: who counts, who waits, what is told and what is taken back."""
    return _Decider(context, verdicts, now).decision()


def _changed(context: HitContext, verdicts: Mapping[int, Verdict]) -> dict[Target, Span]:
    return spans(
        (record.hit, _actor(record) is Actor.HUMAN, verdict.actor is Actor.HUMAN)
        for record in context.classified_hits
        if (verdict := verdicts.get(record.number)) is not None
    )


def missing_opens(
    context: HitContext, verdicts: Mapping[int, Verdict]
) -> Iterable[tuple[int, Span]]:
    """Copies, and between which times all opens have to be in the company before `decide`."""
    newest = {copy: state.opened_at for copy, state in context.copies.items()}
    return out_of_sight(_changed(context, verdicts), newest)


class _Decider:
    def __init__(self, context: HitContext, verdicts: Mapping[int, Verdict], now: float) -> None:
        self._context = context
        self._verdicts = verdicts
        self._now = now
        self._emits = context.message.level == "full"
        self._tellings: list[PendingEvent] = []
        self._standing = {copy for copy, state in context.copies.items() if state.event}
        self._last = {copy: state.opened_at for copy, state in context.copies.items()}
        self._hot = {copy: state.hot_at for copy, state in context.copies.items()}
        self._visits: dict[int, list[tuple[int | None, Visit]]] = {}
        self._affected: dict[int, float] = {}
        """Of each copy the time of the first open that is judged otherwise than before."""
        newest = {copy: state.opened_at for copy, state in context.copies.items()}
        self._deduplicator = Deduplicator(_changed(context, verdicts), newest)

    def decision(self) -> Decision:
        classified = [self._classified(record) for record in self._context.classified_hits]
        corrected = [self._correct(old, new) for old, new in self._pairs(classified)]
        counted = [self._count(record) for record in corrected]
        self._note_affected(counted)
        for record in counted:
            self._emit(record, counted)
        changed = tuple(new for old, new in self._pairs(counted) if old is not new and old != new)
        return Decision(changed, tuple(self._tellings), self._copies(counted))

    def _pairs(
        self, classified_hits: list[ClassifiedHit]
    ) -> Iterable[tuple[ClassifiedHit, ClassifiedHit]]:
        return zip(self._context.classified_hits, classified_hits, strict=True)

    def _classified(self, record: ClassifiedHit) -> ClassifiedHit:
        verdict = self._verdicts.get(record.number, record.verdict)
        due = record.due
        if verdict is record.verdict and due is None:
            return record
        if record.verdict is None and verdict is not None and not verdict.sure:
            due = record.hit.time + SETTLE_SECONDS
        if verdict is not None and (verdict.sure or (due is not None and due <= self._now)):
            due = None
        if verdict is record.verdict and due == record.due:
            return record
        return replace(record, verdict=verdict, due=due)

    def _correct(self, old: ClassifiedHit, new: ClassifiedHit) -> ClassifiedHit:
        if not old.event or old.verdict is None or new.verdict is None:
            return new
        if (old.verdict.actor, old.verdict.via) == (new.verdict.actor, new.verdict.via):
            return new
        if self._emits:
            self._tellings.append(PendingEvent("corrected", new, corrects=old.event))
        if new.verdict.actor is Actor.HUMAN:
            return new
        if new.hit.kind is Kind.OPEN:
            self._take_back(new.hit.copy, old.event)
        return replace(new, event=None)

    def _take_back(self, copy: int, event: int) -> None:
        state = self._context.copies.get(copy)
        if state is None or state.event in (None, event):
            self._standing.discard(copy)
        else:
            self._hot[copy] = None
        self._affected[copy] = float("-inf")

    def _count(self, record: ClassifiedHit) -> ClassifiedHit:
        human = _actor(record) is Actor.HUMAN
        counted = human and self._deduplicator.counts(record.hit, record.counted)
        return record if counted == record.counted else replace(record, counted=counted)

    def _note_affected(self, classified_hits: list[ClassifiedHit]) -> None:
        for old, new in self._pairs(classified_hits):
            if old is not new and new.hit.kind is Kind.OPEN:
                copy = new.hit.copy
                self._affected[copy] = min(self._affected.get(copy, new.hit.time), new.hit.time)

    def _emit(self, record: ClassifiedHit, all_records: list[ClassifiedHit]) -> None:
        if record.event or record.due is not None or not self._emits:
            return
        if _actor(record) is not Actor.HUMAN:
            return
        if record.hit.kind is Kind.CLICK and record.counted:
            unseen = self._deduplicator.newest(record.hit.copy) is None
            self._tellings.append(PendingEvent("clicked", record, implies_open=unseen))
        if record.hit.kind is Kind.OPEN and record.hit.copy not in self._standing:
            self._standing.add(record.hit.copy)
            self._tellings.append(PendingEvent("opened", record))
        elif record.hit.kind is Kind.OPEN:
            self._emit_reopened(record, all_records)

    def _emit_reopened(self, record: ClassifiedHit, all_records: list[ClassifiedHit]) -> None:
        """Of the opens after the first only those of a mail that is hot or revived are told.

        Opens change nothing for those before them.
        """
        copy = record.hit.copy
        if record.hit.time < self._affected.get(copy, float("inf")):
            return
        readers = len(self._context.message.readers(copy))
        last, hot_at = self._last.get(copy), self._hot.get(copy)
        # Most are told nothing for the times alone: only the rest need all that is known.
        others = self._others(record, all_records)
        found = reopened(_visit(record), others, last, hot_at, readers)
        if found is None:
            return
        self._last[copy] = record.hit.time
        if found.kind == "hot":
            self._hot[copy] = record.hit.time
        self._tellings.append(PendingEvent(found.kind, record, words=found.words))

    def _others(self, record: ClassifiedHit, all_records: list[ClassifiedHit]) -> Iterator[Visit]:
        """The looks at the same copy. Each is found out once, however many ask."""
        copy = record.hit.copy
        if copy not in self._visits:
            here = [(one.number, _visit(one)) for one in all_records if _is_read(one, copy)]
            before = [(None, visit) for its_copy, visit in self._context.visits if its_copy == copy]
            self._visits[copy] = [*before, *here]
        yield from (visit for number, visit in self._visits[copy] if number != record.number)

    def _copies(self, classified_hits: list[ClassifiedHit]) -> Mapping[int, CopyState]:
        before = self._context.copies
        after: dict[int, CopyState] = {}
        for copy in {record.hit.copy for record in classified_hits}:
            event = before.get(copy, CopyState()).event if copy in self._standing else None
            state = CopyState(self._deduplicator.newest(copy), event, self._hot.get(copy))
            if state != before.get(copy, CopyState()):
                after[copy] = state
        return after


def _is_read(record: ClassifiedHit, copy: int) -> bool:
    return (
        record.hit.kind is Kind.OPEN and record.hit.copy == copy and _actor(record) is Actor.HUMAN
    )


def _visit(record: ClassifiedHit) -> Visit:
    own = record.verdict is not None and record.verdict.location_known
    return Visit(record.hit.time, network_of(record.hit.address) if own else None)


def _actor(record: ClassifiedHit) -> Actor | None:
    return record.verdict.actor if record.verdict else None
