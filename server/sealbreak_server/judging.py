"""From new verdicts to what the account is told. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sealbreak_server.alerts import Visit, network_of, reopened
from sealbreak_server.deduplication import Deduplicator, Span, Target, out_of_sight, spans
from sealbreak_server.hits import Hit, Kind
from sealbreak_server.verdicts import Actor, Facts, Verdict

Classify = Callable[[Facts], Verdict]

CONTEXT_SECONDS = 5 * 60
"""A scanner may echo a reader's click minutes later: `classification.behaviour.echo`."""
SETTLE_SECONDS = 4.0
THREAD_SECONDS = 10.0
"""Loads of a thread's other messages that are nearer may belong to the same look."""


@dataclass(frozen=True, slots=True)
class Recipient:
    address: str
    name: str | None
    kind: str
    copy: int


@dataclass(frozen=True, slots=True)
class Link:
    n: int
    url: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A registered message, as far as judging and telling need it."""

    id: str
    account: int
    owner: str
    subject: str
    level: str
    sent_at: float
    recipients: tuple[Recipient, ...] = ()
    links: tuple[Link, ...] = ()
    thread_id: str | None = None
    gmail_thread_id: str | None = None

    def readers(self, copy: int) -> tuple[Recipient, ...]:
        return tuple(person for person in self.recipients if person.copy == copy)

    def link(self, number: int | None) -> Link | None:
        return next((link for link in self.links if link.n == number), None)


@dataclass(frozen=True, slots=True)
class ClassifiedHit:
    """A stored hit with what is made of it so far."""

    number: int
    hit: Hit
    verdict: Verdict | None = None
    counted: bool = False
    due: float | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class CopyState:
    opened_at: float | None = None
    event: int | None = None
    hot_at: float | None = None


@dataclass(frozen=True, slots=True)
class HitContext:
    """Everything known around the hits of one message; `classified_hits` in the order of time."""

    message: Message
    classified_hits: tuple[ClassifiedHit, ...]
    views: tuple[float, ...] = ()
    own_addresses: tuple[str, ...] = ()
    copies: Mapping[int, CopyState] = field(default_factory=dict)
    visits: tuple[tuple[int, Visit], ...] = ()
    """Opens by readers before these records, each with its copy, as far as they can matter."""
    newer: tuple[float, ...] = ()
    """When the account sent newer messages in the same thread."""
    newer_loads: tuple[Hit, ...] = ()
    """Loads of these, as far as they are near in time."""


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
