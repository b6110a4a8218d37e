"""From stored rows to facts, and from new verdicts to what the account is told. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sealbreak_server.alerts import Look, network_of, reopened
from sealbreak_server.folding import Folding, Span, Thing, out_of_sight, spans
from sealbreak_server.hits import Hit, Kind
from sealbreak_server.verdicts import Actor, Facts, Nearby, Verdict

Judge = Callable[[Facts], Verdict]

COMPANY_SECONDS = 5 * 60
"""A scanner may echo a reader's click minutes later: `classification.behaviour.echo`."""
VIEW_BEFORE_SECONDS = 20
VIEW_AFTER_SECONDS = 10
"""The sender's program says what it shows while Gmail fetches the images."""
SETTLE_SECONDS = 4.0
THREAD_SECONDS = 10.0
"""Loads of a thread's other messages that are nearer may belong to the same look."""


@dataclass(frozen=True, slots=True)
class Addressee:
    address: str
    name: str | None
    kind: str
    copy: int


@dataclass(frozen=True, slots=True)
class Target:
    n: int
    url: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A registered message, as far as judging and telling need it."""

    id: str
    account: int
    owner: str
    subject: str
    level: str
    sent_at: float
    recipients: tuple[Addressee, ...] = ()
    links: tuple[Target, ...] = ()
    thread_id: str | None = None
    gmail_thread_id: str | None = None

    def readers(self, copy: int) -> tuple[Addressee, ...]:
        return tuple(person for person in self.recipients if person.copy == copy)

    def link(self, number: int | None) -> Target | None:
        return next((link for link in self.links if link.n == number), None)


@dataclass(frozen=True, slots=True)
class Record:
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
class Company:
    """Everything known around the hits of one message; `records` in the order of time."""

    letter: Letter
    records: tuple[Record, ...]
    views: tuple[float, ...] = ()
    own_addresses: tuple[str, ...] = ()
    copies: Mapping[int, CopyState] = field(default_factory=dict)
    looks: tuple[tuple[int, Look], ...] = ()
    """Opens by readers before these records, each with its copy, as far as they can matter."""
    newer: tuple[float, ...] = ()
    """When the account sent newer messages in the same thread."""
    newer_loads: tuple[Hit, ...] = ()
    """Loads of these, as far as they are near in time."""


class _Shape(NamedTuple):
    """Hits alike in all of this say the same about their neighbours."""

    kind: Kind
    address: str
    agent: str
    link: int | None


def _shape(hit: Hit) -> _Shape:
    agent = next((value for name, value in hit.headers if name == "user-agent"), "")
    return _Shape(hit.kind, hit.address, agent, hit.link)


def _domain(people: Sequence[Addressee]) -> str | None:
    domains = {person.address.rpartition("@")[2].lower() for person in people}
    return domains.pop() if len(domains) == 1 else None


class Surroundings:
    """The facts of each hit. Of neighbours that are alike only the nearest are shown."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._hidden = {link.n for link in company.letter.links if link.hidden}
        self._shapes = {record.number: _shape(record.hit) for record in company.records}
        self._alike: dict[_Shape, list[tuple[float, int]]] = {}
        for record in company.records:
            alike = self._alike.setdefault(self._shapes[record.number], [])
            alike.append((record.hit.time, record.number))

    def facts(self, record: Record) -> Facts:
        company, letter, hit = self._company, self._company.letter, record.hit
        people = letter.readers(hit.copy)
        return Facts(
            kind=hit.kind,
            method=hit.method,
            headers=dict(hit.headers),
            address=hit.address,
            seconds_after_send=hit.time - letter.sent_at,
            recipient_domain=_domain(people),
            recipients=len(people) or None,
            links_in_message=len(letter.links) - len(self._hidden),
            link=hit.link,
            hidden=hit.link in self._hidden,
            sender_viewing=self._viewed(hit.time),
            sender_addresses=company.own_addresses,
            own_click=hit.own_click,
            nearby=tuple(self._nearby(record)),
            seconds_after_reply=self._after_reply(hit.time),
            newer_loads=tuple(self._newer_loads(hit.time)),
        )

    def is_news_to(self, record: Record, fresh: set[int]) -> bool:
        """Whether `fresh` changes its facts. A load like its own says nothing new, but when the
        sender was looking."""
        own = self._shapes[record.number]
        dull = own if own.kind is Kind.OPEN else None
        return any(
            number in fresh and (shape != dull or self._viewed(time))
            for shape, time, number in self._neighbours(record)
        )

    def _after_reply(self, time: float) -> float | None:
        sent = [moment for moment in self._company.newer if moment <= time]
        return time - max(sent) if sent else None

    def _newer_loads(self, time: float) -> Iterable[Nearby]:
        for hit in self._company.newer_loads:
            if abs(hit.time - time) <= THREAD_SECONDS:
                yield Nearby(Kind.OPEN, hit.time - time, hit.address, _shape(hit).agent)

    def _viewed(self, time: float) -> bool:
        return any(
            time - VIEW_BEFORE_SECONDS <= view <= time + VIEW_AFTER_SECONDS
            for view in self._company.views
        )

    def _nearby(self, record: Record) -> Iterable[Nearby]:
        for shape, time, _ in self._neighbours(record):
            yield Nearby(
                shape.kind,
                time - record.hit.time,
                shape.address,
                shape.agent,
                shape.link,
                hidden=shape.link in self._hidden,
                sender_viewing=self._viewed(time),
            )

    def _neighbours(self, record: Record) -> Iterable[tuple[_Shape, float, int]]:
        """Of each shape the last one before and the first one after, near in time."""
        moment = record.hit.time
        for shape, alike in self._alike.items():
            at = bisect_left(alike, (moment, 0))
            after = [other for other in alike[at : at + 2] if other[1] != record.number][:1]
            for time, number in alike[max(0, at - 1) : at] + after:
                if abs(time - moment) <= COMPANY_SECONDS:
                    yield shape, time, number


def judge_company(judge: Judge, company: Company, fresh: set[int]) -> dict[int, Verdict]:
    """Verdicts of `fresh`, and of the others when it brings them something new."""
    surroundings = Surroundings(company)
    return {
        record.number: _at_level(judge(surroundings.facts(record)), company.letter.level)
        for record in company.records
        if can_be_judged(record)
        and (record.number in fresh or surroundings.is_news_to(record, fresh))
    }


def can_be_judged(record: Record) -> bool:
    """Once address and headers are forgotten, the verdict is all that is left."""
    return record.verdict is None or bool(record.hit.address or record.hit.headers)


def _at_level(verdict: Verdict, level: str) -> Verdict:
    if level == "full":
        return verdict
    return replace(
        verdict, device=None, country=None, network=None, evidence=(),
        device_known=False, location_known=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telling:
    """An event to be: its number is given when it is written."""

    kind: str
    record: Record
    corrects: int | None = None
    words: str = ""
    """What it says, when that is more than the verdict's sentence."""
    implies_open: bool = False
    """A click on a copy that nobody was seen to open: its images are blocked, most likely."""


@dataclass(frozen=True, slots=True)
class Outcome:
    records: tuple[Record, ...]
    """Those that changed."""
    tellings: tuple[Telling, ...]
    copies: Mapping[int, CopyState]
    """Those that changed; the number of a new event is filled in when it is written."""


def decide(company: Company, verdicts: Mapping[int, Verdict], now: float) -> Outcome:
    """What follows from `verdicts`: who counts, who waits, what is told and what is taken back."""
    return _Decision(company, verdicts, now).outcome()


def _changed(company: Company, verdicts: Mapping[int, Verdict]) -> dict[Thing, Span]:
    return spans(
        (record.hit, _actor(record) is Actor.HUMAN, verdict.actor is Actor.HUMAN)
        for record in company.records
        if (verdict := verdicts.get(record.number)) is not None
    )


def missing_opens(company: Company, verdicts: Mapping[int, Verdict]) -> Iterable[tuple[int, Span]]:
    """Copies, and between which times all opens have to be in the company before `decide`."""
    newest = {copy: state.opened_at for copy, state in company.copies.items()}
    return out_of_sight(_changed(company, verdicts), newest)


class _Decision:
    def __init__(self, company: Company, verdicts: Mapping[int, Verdict], now: float) -> None:
        self._company = company
        self._verdicts = verdicts
        self._now = now
        self._tells = company.letter.level == "full"
        self._tellings: list[Telling] = []
        self._standing = {copy for copy, state in company.copies.items() if state.event}
        self._last = {copy: state.opened_at for copy, state in company.copies.items()}
        self._hot = {copy: state.hot_at for copy, state in company.copies.items()}
        newest = {copy: state.opened_at for copy, state in company.copies.items()}
        self._folding = Folding(_changed(company, verdicts), newest)

    def outcome(self) -> Outcome:
        judged = [self._judged(record) for record in self._company.records]
        corrected = [self._correct(old, new) for old, new in self._pairs(judged)]
        counted = [self._count(record) for record in corrected]
        final = [self._announce(record, counted) for record in counted]
        changed = tuple(new for old, new in self._pairs(final) if old != new)
        return Outcome(changed, tuple(self._tellings), self._copies(final))

    def _pairs(self, records: list[Record]) -> Iterable[tuple[Record, Record]]:
        return zip(self._company.records, records, strict=True)

    def _judged(self, record: Record) -> Record:
        verdict = self._verdicts.get(record.number, record.verdict)
        due = record.due
        if record.verdict is None and verdict is not None and not verdict.sure:
            due = record.hit.time + SETTLE_SECONDS
        if verdict is not None and (verdict.sure or (due is not None and due <= self._now)):
            due = None
        if verdict is record.verdict and due == record.due:
            return record
        return replace(record, verdict=verdict, due=due)

    def _correct(self, old: Record, new: Record) -> Record:
        if not old.event or old.verdict is None or new.verdict is None:
            return new
        if (old.verdict.actor, old.verdict.via) == (new.verdict.actor, new.verdict.via):
            return new
        if self._tells:
            self._tellings.append(Telling("corrected", new, corrects=old.event))
        if new.verdict.actor is Actor.HUMAN:
            return new
        if new.hit.kind is Kind.OPEN:
            self._take_back(new.hit.copy, old.event)
        return replace(new, event=None)

    def _take_back(self, copy: int, event: int) -> None:
        state = self._company.copies.get(copy)
        if state is None or state.event in (None, event):
            self._standing.discard(copy)
        else:
            self._hot[copy] = None

    def _count(self, record: Record) -> Record:
        human = _actor(record) is Actor.HUMAN
        counted = human and self._folding.counts(record.hit, record.counted)
        return record if counted == record.counted else replace(record, counted=counted)

    def _announce(self, record: Record, all_records: list[Record]) -> Record:
        if record.event or record.due is not None or not self._tells:
            return record
        if _actor(record) is not Actor.HUMAN:
            return record
        if record.hit.kind is Kind.CLICK and record.counted:
            unseen = self._folding.newest(record.hit.copy) is None
            self._tellings.append(Telling("clicked", record, implies_open=unseen))
        if record.hit.kind is Kind.OPEN and record.hit.copy not in self._standing:
            self._standing.add(record.hit.copy)
            self._tellings.append(Telling("opened", record))
        elif record.hit.kind is Kind.OPEN:
            self._announce_again(record, all_records)
        return record

    def _announce_again(self, record: Record, all_records: list[Record]) -> None:
        """Of the opens after the first only those of a mail that is hot or revived are told."""
        copy = record.hit.copy
        readers = len(self._company.letter.readers(copy))
        earlier = self._looks(copy, [one for one in all_records if one.number != record.number])
        last, hot_at = self._last.get(copy), self._hot.get(copy)
        found = reopened(_look(record), earlier, last, hot_at, readers)
        if found is None:
            return
        self._last[copy] = record.hit.time
        if found.kind == "hot":
            self._hot[copy] = record.hit.time
        self._tellings.append(Telling(found.kind, record, words=found.words))

    def _looks(self, copy: int, records: list[Record]) -> list[Look]:
        here = [_look(record) for record in records if _is_read(record, copy)]
        return [look for its_copy, look in self._company.looks if its_copy == copy] + here

    def _copies(self, records: list[Record]) -> Mapping[int, CopyState]:
        before = self._company.copies
        after: dict[int, CopyState] = {}
        for copy in {record.hit.copy for record in records}:
            event = before.get(copy, CopyState()).event if copy in self._standing else None
            state = CopyState(self._folding.newest(copy), event, self._hot.get(copy))
            if state != before.get(copy, CopyState()):
                after[copy] = state
        return after


def _is_read(record: Record, copy: int) -> bool:
    return (
        record.hit.kind is Kind.OPEN and record.hit.copy == copy and _actor(record) is Actor.HUMAN
    )


def _look(record: Record) -> Look:
    own = record.verdict is not None and record.verdict.location_known
    return Look(record.hit.time, network_of(record.hit.address) if own else None)


def _actor(record: Record) -> Actor | None:
    return record.verdict.actor if record.verdict else None
