"""What must come of a world: slow, and written from the documents (`docs/accuracy.md`).

It shares with the server only the verdict on one hit from its facts. Everything that follows from
several hits is said here again, in the plainest way.
"""

from collections import Counter
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from sealbreak_server.model.context import Classify
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from support.worlds.world import (
    OWNER,
    Change,
    Come,
    Look,
    Mail,
    OptOut,
    Register,
    Step,
    World,
)

MINUTE = 60.0


@dataclass
class Sitting:
    """A visit to a copy, or clicks on a link that are one."""

    program: str
    country: str | None
    lines: set[str]
    began: float
    last: float
    hits: list[Come] = field(default_factory=list)


@dataclass
class Expected:
    """What must be known about one mail in the end."""

    verdicts: dict[float, tuple[str, str, str]]
    """By the time of the hit: actor, way and reason."""
    opens: dict[int, list[Sitting]]
    """For each copy."""
    clicks: dict[tuple[int, int], list[Sitting]]
    """For each copy and link."""

    @property
    def counted(self) -> set[float]:
        every = (*self.opens.values(), *self.clicks.values())
        return {sitting.began for sittings in every for sitting in sittings}

    @property
    def first_opened_at(self) -> float | None:
        return min((s.began for some in self.opens.values() for s in some), default=None)

    def last_seen(self, copy: int) -> float | None:
        """The last open, or the last click where that was later."""
        clicks = (s.began for (of, _), some in self.clicks.items() if of == copy for s in some)
        opens = (sitting.began for sitting in self.opens.get(copy, ()))
        return max((*clicks, *opens), default=None)

    def row(self) -> dict[str, Any]:
        actors = Counter(actor for actor, _, _ in self.verdicts.values())
        return {
            "opens": sum(map(len, self.opens.values())),
            "clicks": sum(map(len, self.clicks.values())),
            "machines": actors["machine"],
            "unclear": actors["unknown"],
            "own": actors["sender"],
            "apple": sum(via == "apple-mpp" for _, via, _ in self.verdicts.values()),
            "first_opened_at": self.first_opened_at,
        }

    @property
    def implied_opens(self) -> int:
        return len({copy for copy, _ in self.clicks} - self.opens.keys())


class Reference:
    def __init__(self, world: World, classify: Classify) -> None:
        self._world = world
        self._classify = classify
        self._come: list[list[Come]] = [[] for _ in world.mails]
        self._looks: list[list[float]] = [[] for _ in world.mails]
        self.levels = [mail.level for mail in world.mails]
        self.gone: set[tuple[int, int]] = set()
        self._registered: set[int] = set()
        for step in world.steps:
            self._take(step)

    def _take(self, step: Step) -> None:
        if isinstance(step, Come) and (step.mail, step.copy) not in self.gone:
            self._come[step.mail].append(step)
        elif isinstance(step, Look):
            self._looks[step.mail].append(step.time)
        elif isinstance(step, Register):
            self._registered.add(step.mail)
            self.levels[step.mail] = self._world.mails[step.mail].level
        elif isinstance(step, Change):
            self.levels[step.mail] = step.level
        elif isinstance(step, OptOut):
            self._leave(step)

    def _leave(self, step: OptOut) -> None:
        """Of a mail that is not registered yet, nothing of the copy was told, and nothing is."""
        self.gone.add((step.mail, step.copy))
        if step.mail not in self._registered:
            come = self._come[step.mail]
            self._come[step.mail] = [one for one in come if one.copy != step.copy]

    def of(self, mail: int) -> Expected:
        verdicts = {come.time: self._classify(self._facts(mail, come)) for come in self._come[mail]}
        opens: dict[int, list[Sitting]] = {}
        clicks: dict[tuple[int, int], list[Sitting]] = {}
        for come in sorted(self._come[mail]):
            verdict = verdicts[come.time]
            if verdict.actor != "human":
                continue
            if come.link:
                some = clicks.setdefault((come.copy, come.link), [])
            else:
                some = opens.setdefault(come.copy, [])
            self._sit(some, come, verdict, known=self.levels[mail] == "full")
        texts = {time: (str(v.actor), v.via, str(v.reason)) for time, v in verdicts.items()}
        return Expected(texts, opens, clicks)

    def _sit(self, sittings: list[Sitting], come: Come, verdict: Verdict, *, known: bool) -> None:
        """One visit: loads of a copy by the same program and network, each less than 5 minutes
        after the one before, 30 minutes in all at most. Clicks within 10 s are one click."""
        device = verdict.device if known else None
        program, line = f"{verdict.via}/{device}", None
        country = None
        if known and verdict.location_known:
            line, country = _line(come.visitor.address), verdict.country
        for one in sittings:
            goes_on = come.time - one.last < 5 * MINUTE and come.time - one.began <= 30 * MINUTE
            if come.link:
                goes_on = come.time - one.began <= 10
            is_same = (one.program, one.country) == (program, country)
            if goes_on and is_same and _is_one_line(one.lines, line):
                one.last = come.time
                one.hits.append(come)
                one.lines |= {line} if line else set()
                return
        lines = {line} if line else set()
        sittings.append(Sitting(program, country, lines, come.time, come.time, [come]))

    # The facts of one hit.

    def _facts(self, mail: int, come: Come) -> Facts:
        world, hit = self._world.mails[mail], come.hit(OWNER, "")
        readers = {p.address.lower() for p in world.people if p.copy == come.copy}
        newer = [
            one.sent_at for one in self._world.mails if world.sent_at < one.sent_at <= come.time
        ]
        return Facts(
            kind=hit.kind,
            method="GET",
            headers=dict(hit.headers),
            address=hit.address,
            seconds_after_send=come.time - world.sent_at,
            recipients=len(readers) or None,
            links_in_message=world.links - 1,
            link=hit.link,
            hidden=come.link == world.links,
            sender_viewing=self._is_viewed(mail, come.time),
            nearby=tuple(self._nearby(mail, come)),
            seconds_after_reply=come.time - max(newer) if newer else None,
            recipient_domains=("example.com",) * len(readers),
            newer_loads=tuple(self._newer_loads(world, come)),
        )

    def _is_viewed(self, mail: int, time: float) -> bool:
        """The sender looked up to 20 s before or up to 10 s after it."""
        return any(-20 <= look - time <= 10 for look in self._looks[mail])

    def _nearby(self, mail: int, come: Come) -> list[Nearby]:
        """All hits within 5 minutes; of those that differ in time only, the nearest on each side.
        For a click also the last load of each source in the hour before."""
        found: dict[object, Come] = {}
        for other in self._come[mail]:
            seconds = other.time - come.time
            far = abs(seconds) > 5 * MINUTE
            if other is come or (far and not (come.link and not other.link)):
                continue
            if far and not -60 * MINUTE <= seconds < 0:
                continue
            kind = (far, seconds < 0, self._shape(mail, other, far=far))
            if kind not in found or abs(found[kind].time - come.time) > abs(seconds):
                found[kind] = other
        return [self._near(mail, come, other) for other in found.values()]

    def _shape(self, mail: int, come: Come, *, far: bool) -> object:
        if far:
            return come.visitor.agent, come.visitor.address
        copy = come.copy if come.link else None
        return come.visitor[:2], come.link, copy, self._is_viewed(mail, come.time)

    def _near(self, mail: int, come: Come, other: Come) -> Nearby:
        hit, seconds = other.hit(OWNER, ""), other.time - come.time
        far = abs(seconds) > 5 * MINUTE
        return Nearby(
            hit.kind, seconds, hit.address, dict(hit.headers)["user-agent"], hit.link,
            hidden=other.link == self._world.mails[mail].links,
            sender_viewing=self._is_viewed(mail, other.time) and not far,
            same_copy=not other.link or other.copy == come.copy,
        )  # fmt: skip

    def _newer_loads(self, world: Mail, come: Come) -> list[Nearby]:
        """Loads of newer mails of the conversation within 10 s."""
        return [
            Nearby(Kind.OPEN, other.time - come.time, hit.address, dict(hit.headers)["user-agent"])
            for mail, one in enumerate(self._world.mails)
            if one.sent_at > world.sent_at
            for other in self._come[mail]
            if not other.link and abs(other.time - come.time) <= 10
            for hit in [other.hit(OWNER, "")]
        ]

    # All mails together.

    def seen(self) -> dict[str, float | None]:
        """For each person when a copy that nobody else got was last opened or a link followed."""
        found: dict[str, float | None] = {}
        for number, mail in enumerate(self._world.mails):
            expected = self.of(number)
            for person in mail.people:
                address = person.address.lower()
                others = {p.address.lower() for p in mail.people if p.copy == person.copy}
                last = expected.last_seen(person.copy) if others == {address} else None
                times = [time for time in (last, found.get(address)) if time is not None]
                found[address] = max(times, default=None)
        return found

    def totals(self) -> Counter[tuple[str, int]]:
        found: Counter[tuple[str, int]] = Counter()
        for number in range(len(self._world.mails)):
            self._add_totals(found, number)
        return found

    def _add_totals(self, found: Counter[tuple[str, int]], number: int) -> None:
        mail, expected = self._world.mails[number], self.of(number)
        row, day = expected.row(), int(mail.sent_at // 86400)
        read = row["opens"] or row["clicks"]
        doubted = row["apple"] or row["unclear"]
        untouched = not read and not doubted
        lists = {
            "is-all": True, "is-opened": row["opens"], "is-not-opened": untouched,
            "is-clicked": row["clicks"], "is-only-machines": untouched and row["machines"],
            "is-unknowable": not read and row["apple"],
            "is-unclear": row["unclear"], "is-own": row["own"],
        }  # fmt: skip
        found.update((name, 0) for name, is_in in lists.items() if is_in)
        found["sent", day] += 1
        if expected.first_opened_at is not None:
            wait = expected.first_opened_at - mail.sent_at
            steps = (300, 3600, 4 * 3600, 86400, 7 * 86400)
            found[f"wait-{sum(wait >= step for step in steps)}", day] += 1
        copies = {person.copy for person in mail.people}
        tracked = any((number, copy) not in self.gone for copy in copies)
        if tracked and not (doubted and not row["opens"]):
            fates = {"knowable": 1, "opened": row["opens"], "linked": 1, "clicked": row["clicks"]}
            found.update((name, day) for name, happened in fates.items() if happened)
        for sittings in expected.opens.values():
            found.update(("opens", int(one.began // 900)) for one in sittings)


def _line(address: str) -> str:
    """The first 16 bits of IPv4, the first 32 bits of IPv6."""
    ip = ip_address(address)
    return f"{ip.version}/{ip.packed[: 2 if ip.version == 4 else 4].hex()}"


def _is_one_line(lines: set[str], line: str | None) -> bool:
    """A line may have one IPv4 and one IPv6 network."""
    if line is None or not lines:
        return line is None and not lines
    return line in lines or all(one[0] != line[0] for one in lines)
