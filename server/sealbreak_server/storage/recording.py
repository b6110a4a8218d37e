"""What the writer does: take hits in, judge them and their company, tell the account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from peewee import fn

from sealbreak_server.alerts import HOT_AGAIN_SECONDS, NETWORKS_SECONDS, Look, network_of
from sealbreak_server.hits import Hit, Kind
from sealbreak_server.judging import (
    COMPANY_SECONDS,
    SETTLE_SECONDS,
    THREAD_SECONDS,
    Company,
    CopyState,
    Judge,
    Letter,
    Outcome,
    Record,
    decide,
    judge_company,
    missing_opens,
)
from sealbreak_server.models import (
    Copy,
    Counter,
    Judgement,
    Message,
    OptOut,
    OwnAddress,
    SpooledBatch,
    View,
)
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.storage import threads
from sealbreak_server.storage.ledger import Ledger
from sealbreak_server.storage.prepared import Prepared, PreparedForMany, insert_rows
from sealbreak_server.storage.rows import hit_row, letters, record_of, records, tuples
from sealbreak_server.verdicts import Verdict

COMPANY_LIMIT = 30
"""Of a flood only the newest hits are company; more would change no verdict."""
OPENS_LIMIT = 200
OWN_ADDRESS_SECONDS = 2 * 3600
LOOKED_AT_SECONDS = 60
SETTLED_AT_ONCE = 50


_hit_numbers = Prepared(
    lambda more: (
        Counter.update({Counter.value: Counter.value + more})
        .where(Counter.name == "hit")
        .returning(Counter.value)
    )
)
_around = Prepared(
    lambda message, owner, since, until: (
        records()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.time >= since,
            HitRow.time <= until,
        )
        .order_by(HitRow.time.desc())
        .limit(COMPANY_LIMIT)
    )
)
_opens = Prepared(
    lambda message, owner, copy, kind, since, until: (
        records()
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.copy == copy,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time <= until,
        )
        .order_by(HitRow.time.desc())
        .limit(OPENS_LIMIT)
    )
)
_views = Prepared(
    lambda message, since: View.select(View.time).where(View.message == message, View.time >= since)
)
_own_addresses = Prepared(
    lambda account, since: OwnAddress.select(OwnAddress.address).where(
        OwnAddress.account == account, OwnAddress.seen_at > since
    )
)
_copies = Prepared(
    lambda message: Copy.select(Copy.copy, Copy.opened_at, Copy.event, Copy.hot_at).where(
        Copy.message == message
    )
)
_looks = Prepared(
    lambda message, owner, kind, since, until: (
        HitRow.select(HitRow.copy, HitRow.time, HitRow.address, Judgement.location_known)
        .join(Judgement)
        .where(
            HitRow.message == message,
            HitRow.owner == owner,
            HitRow.kind == kind,
            HitRow.time >= since,
            HitRow.time < until,
            Judgement.actor == "human",
        )
        .order_by(HitRow.time.desc())
        .limit(COMPANY_LIMIT)
    )
)
_opted_out = PreparedForMany(
    lambda ids: OptOut.select(OptOut.message, OptOut.copy).where(OptOut.message.in_(ids))
)
_untracked = PreparedForMany(
    lambda ids: Message.select(Message.id).where(Message.id.in_(ids), Message.level == "off")
)
_overdue = Prepared(
    lambda now, some: (
        Judgement.select(Judgement.message)
        .where(Judgement.due <= now)
        .order_by(Judgement.due)
        .limit(some)
    )
)
_due = Prepared(lambda: Judgement.select(fn.MIN(Judgement.due)).where(Judgement.due.is_null(False)))


@dataclass(frozen=True, slots=True)
class News:
    """What a transaction brought: whom to wake and when to look again."""

    owners: frozenset[str] = field(default_factory=frozenset)
    due: float | None = None


def record_hits(judge: Judge, hits: Sequence[Hit], now: float, batch: str | None = None) -> News:
    """`batch`: the line of the spool that these come from; one that was taken in before is left."""
    if batch is not None and not _is_new_batch(batch, now):
        return News(due=next_due())
    fresh = _numbered(_wanted(hits))
    insert_rows(HitRow, [hit_row(record.number, record.hit) for record in fresh])
    return News(_judge_fresh(judge, fresh, now), next_due())


def _judge_fresh(judge: Judge, fresh: Sequence[Record], now: float) -> frozenset[str]:
    """The owners that are told something."""
    groups = _by_message(fresh)
    ledger, owners, late = Ledger(now), set(), []
    for message, letter in letters(groups).items():
        mine = [record for record in groups[message] if record.hit.owner == letter.owner]
        if mine and _judge(judge, company_of(letter, mine, now), mine, now, ledger):
            owners.add(letter.owner)
        if mine and mine[0].hit.time < now - SETTLE_SECONDS:
            late.append((letter, mine[0].hit.time))
    ledger.write()
    for letter, time in late:
        owners |= judge_older(judge, letter, now, since=time).owners
    return frozenset(owners)


def judge_older(judge: Judge, letter: Letter, now: float, *, since: float) -> News:
    """The older messages of its thread, when what they waited for comes late."""
    older = threads.older(letter)
    return judge_again(judge, older, now, since=since - THREAD_SECONDS) if older else News()


def _is_new_batch(batch: str, now: float) -> bool:
    if SpooledBatch.get_or_none(SpooledBatch.id == batch):
        return False
    SpooledBatch.insert(id=batch, taken_at=now).execute()
    return True


def _wanted(hits: Sequence[Hit]) -> list[Hit]:
    """Without those of readers who opted out and of mails that are not tracked."""
    ids = list({hit.message for hit in hits})
    gone = set(_opted_out.rows(ids))
    off = {message for (message,) in _untracked.rows(ids)}
    return [hit for hit in hits if hit.message not in off and (hit.message, hit.copy) not in gone]


def _numbered(hits: Sequence[Hit]) -> list[Record]:
    if not hits:
        return []
    first = _hit_numbers.rows(len(hits))[0][0] - len(hits) + 1
    return [Record(first + at, hit) for at, hit in enumerate(hits)]


def _by_message(fresh: Iterable[Record]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = {}
    for record in fresh:
        groups.setdefault(record.hit.message, []).append(record)
    return groups


def _judge(
    judge: Judge, company: Company, fresh: Iterable[Record], now: float, ledger: Ledger
) -> bool:
    """True when the account is told something."""
    company, outcome = weigh(judge, company, fresh, now)
    ledger.add(company.letter, {record.number: record for record in company.records}, outcome)
    return bool(outcome.tellings)


def weigh(
    judge: Judge, company: Company, fresh: Iterable[Record], now: float
) -> tuple[Company, Outcome]:
    """What follows from `fresh`, and the company that it rests on; nothing is written."""
    verdicts = judge_company(judge, company, {record.number for record in fresh})
    company = _with_missing_opens(company, verdicts)
    return company, decide(company, verdicts, now)


def company_of(letter: Letter, fresh: Sequence[Record], now: float) -> Company:
    known = {record.number for record in fresh}
    first = min(record.hit.time for record in fresh)
    last = max(record.hit.time for record in fresh)
    since, until = first - COMPANY_SECONDS, last + COMPANY_SECONDS
    around = (record_of(row) for row in _around.rows(letter.id, letter.owner, since, until))
    records = [*fresh, *(record for record in around if record.number not in known)]
    records.sort(key=lambda record: (record.hit.time, record.number))
    copies = {copy: CopyState(*state) for copy, *state in _copies.rows(letter.id)}
    newer = threads.newer(letter)
    return Company(
        letter,
        tuple(records),
        tuple(time for (time,) in _views.rows(letter.id, since)),
        tuple(
            a for (a,) in _own_addresses.rows(letter.account, min(first, now) - OWN_ADDRESS_SECONDS)
        ),
        copies,
        looks=_earlier_looks(letter, copies.values(), records[0].hit.time, now),
        newer=tuple(newer.values()),
        newer_loads=threads.loads(newer, letter.owner, first, last),
    )


def _with_missing_opens(company: Company, verdicts: Mapping[int, Verdict]) -> Company:
    """Which open counts depends on the one before, which may be older than all company."""
    letter, known = company.letter, {record.number for record in company.records}
    found = [
        record
        for copy, span in missing_opens(company, verdicts)
        for row in _opens.rows(letter.id, letter.owner, copy, str(Kind.OPEN), span.first, span.last)
        if (record := record_of(row)).number not in known
    ]
    if not found:
        return company
    both = sorted([*company.records, *found], key=lambda one: (one.hit.time, one.number))
    return replace(company, records=tuple(both))


def _earlier_looks(
    letter: Letter, copies: Iterable[CopyState], until: float, now: float
) -> tuple[tuple[int, Look], ...]:
    """Asked for only where a copy could become hot."""
    if not any(copy.event and (copy.hot_at or 0.0) < now - HOT_AGAIN_SECONDS for copy in copies):
        return ()
    rows = _looks.rows(letter.id, letter.owner, str(Kind.OPEN), until - NETWORKS_SECONDS, until)
    return tuple(
        (copy, Look(time, network_of(address) if own else None))
        for copy, time, address, own in rows
    )


def touch() -> None:
    """Proves that the database takes writes."""
    Counter.update(value=Counter.value).where(Counter.name == "hit").execute()


def next_due() -> float | None:
    due: float | None = _due.rows()[0][0]
    return due


def settle(judge: Judge, now: float) -> News:
    """Judges some of what waited for company again, and announces it."""
    overdue = {message for (message,) in _overdue.rows(now, SETTLED_AT_ONCE)}
    return judge_again(judge, list(overdue), now)


def note_views(judge: Judge, account: int, messages: Sequence[str], now: float) -> News:
    mine = Message.select(Message.id).where(Message.account == account, Message.id.in_(messages))
    ids = [message for (message,) in tuples(mine)]
    for message in ids:
        View.insert(message=message, time=now).on_conflict_ignore().execute()
    return judge_again(judge, ids, now, since=now - LOOKED_AT_SECONDS)


def judge_again(
    judge: Judge, messages: Sequence[str], now: float, *, since: float | None = None
) -> News:
    """The latest hits of these messages, and those that wait to be judged."""
    ledger, owners = Ledger(now), set()
    for letter in letters(messages).values():
        waiting = _waiting(letter, now, since)
        if not waiting:
            continue
        company = company_of(letter, waiting, now)
        if _judge(judge, company, company.records, now, ledger):
            owners.add(letter.owner)
    ledger.write()
    return News(frozenset(owners), next_due())


def _waiting(letter: Letter, now: float, since: float | None) -> list[Record]:
    waits = Judgement.hit.is_null() | Judgement.due.is_null(False)
    recent = HitRow.time >= (now - COMPANY_SECONDS - SETTLE_SECONDS if since is None else since)
    query = (
        records()
        .where(HitRow.message == letter.id, HitRow.owner == letter.owner, waits | recent)
        .order_by(HitRow.time.desc())
        .limit(1000)
    )
    return [record_of(row) for row in tuples(query)]
