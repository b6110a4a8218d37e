"""What must come of a world: slow, and written from the documents (`docs/accuracy.md`).

It shares with the server only the verdict on one hit from its facts. Everything that follows from
several hits is said here again, in the plainest way. It takes the steps one after another, but
derives everything anew from all that is known whenever it is asked.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, NamedTuple

from sealbreak_server.model.context import Classify
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.verdict import Verdict
from support.worlds.world import (
    DAY,
    OWNER,
    Change,
    Come,
    EraseMail,
    ErasePerson,
    Forget,
    Look,
    Mail,
    Mute,
    OptOut,
    Person,
    Register,
    Remind,
    Resend,
    Restart,
    Settle,
    Step,
    Stop,
    Withdraw,
    World,
)

MINUTE = 60.0
NOBODY: Any = None


@dataclass
class Sitting:
    """A visit to a copy, or clicks on a link that are one."""

    program: str
    country: str | None
    place_known: bool
    lines: set[str]
    began: float
    last: float
    hits: list[Come] = field(default_factory=list)
    first_line: str | None = None

    def takes(self, line: str | None) -> bool:
        """A line may have one IPv4 and one IPv6 network. Where the address is gone, or hidden by a
        proxy, program and country decide."""
        if line is None or not self.lines or line in self.lines:
            return True
        return all(one[0] != line[0] for one in self.lines)


class Found(NamedTuple):
    """The verdict on a hit, and whether device and place may be shown."""

    verdict: Verdict
    shown: bool

    @property
    def text(self) -> tuple[str, str, str]:
        return str(self.verdict.actor), self.verdict.via, str(self.verdict.reason)


@dataclass
class Expected:
    """What must be known about one mail."""

    verdicts: dict[float, Found]
    """By the time of the hit."""
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

    def signs(self, copy: int) -> tuple[list[float], list[float]]:
        """When its opens and its clicks began."""
        clicks = (s.began for (of, _), some in self.clicks.items() if of == copy for s in some)
        return [sitting.began for sitting in self.opens.get(copy, ())], list(clicks)

    def row(self) -> dict[str, Any]:
        actors = Counter(actor for actor, _, _ in (one.text for one in self.verdicts.values()))
        return {
            "opens": sum(map(len, self.opens.values())),
            "clicks": sum(map(len, self.clicks.values())),
            "machines": actors["machine"],
            "unclear": actors["unknown"],
            "own": actors["sender"],
            "apple": sum(one.verdict.via == "apple-mpp" for one in self.verdicts.values()),
            "first_opened_at": self.first_opened_at,
        }

    @property
    def implied_opens(self) -> int:
        return len({copy for copy, _ in self.clicks} - self.opens.keys())


@dataclass
class Known:
    """What the server knows of one mail."""

    mail: Mail
    level: str
    sent_at: float
    registered: bool = False
    sender_sent_at: float | None = None
    withdrawn: bool = False
    muted: bool = False
    erased: bool = False
    changed: bool = False
    """It had another level, was stopped, or sent again: what is told depends on when."""
    come: list[Come] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    """Copies whose readers opted out."""
    erased_people: set[str] = field(default_factory=set)
    erased_copies: set[int] = field(default_factory=set)
    verdicts: dict[float, Found] = field(default_factory=dict)
    began: dict[float, bool] = field(default_factory=dict)
    """Of hits without address and headers: whether they counted when these were deleted."""

    @property
    def people(self) -> list[Person]:
        return [one for one in self.mail.people if one.folded not in self.erased_people]

    @property
    def left_at(self) -> float:
        return self.sent_at if self.mail.scheduled_for is None else self.mail.scheduled_for

    @property
    def tracked(self) -> bool:
        return self.mail.pixel and self.level != "off"

    def readers(self, copy: int) -> set[str]:
        return {person.folded for person in self.people if person.copy == copy}


class Reference:
    def __init__(self, world: World, classify: Classify) -> None:
        self._classify = classify
        self.mails = [Known(mail, mail.level, mail.sent_at) for mail in world.mails]
        self._now = 0.0

    # Steps.

    def take(self, steps: list[Step], now: float) -> None:
        """Hits in a row come together."""
        self._now = now
        for step in steps:
            self._take(step)
        for mail in self.mails:
            if mail.began:  # they are classified once, with what is there
                self._look_at(mail)

    def _take(self, step: Step) -> None:
        if isinstance(step, ErasePerson):
            self._erase_person(step.address.lower())
        elif isinstance(step, Forget):
            for mail in self.mails:
                age = 1 if mail.registered else 14
                self._blank(mail, [c for c in mail.come if c.time < self._now - age * DAY])
        elif not isinstance(step, Settle | Remind | Restart) and not self.mails[step.mail].erased:
            self._take_of(self.mails[step.mail], step)

    def _take_of(self, mail: Known, step: Step) -> None:  # noqa: C901  # one line for each
        if isinstance(step, Come):
            if step.copy not in mail.gone | mail.erased_copies and mail.level != "off":
                mail.come.append(step)
        elif isinstance(step, Look):
            mail.looks.append(step.time)
        elif isinstance(step, Register):
            self._register(mail, mail.mail.sent_at, mail.mail.level)
        elif isinstance(step, Resend):
            self._register(mail, step.sent_at, mail.mail.level)
        elif isinstance(step, Change):
            self._register(mail, mail.mail.sent_at, step.level)
        elif isinstance(step, OptOut):
            self._opt_out(mail, step.copy)
        elif isinstance(step, EraseMail) and (mail.registered or mail.come):
            self._erase(mail)
        elif isinstance(step, Stop) and mail.registered:
            self._look_at(mail)
            mail.level, mail.changed = "off", True
        elif isinstance(step, Withdraw) and mail.registered:
            mail.withdrawn = step.withdrawn
        elif isinstance(step, Mute) and mail.registered:
            mail.muted = True

    def _register(self, mail: Known, sent_at: float, level: str) -> None:
        """A stopped mail stays stopped. Another sending under the same ID means that it is no
        longer withdrawn; an open proves that the mail had left before it."""
        if mail.erased_people and not mail.people:
            return
        corrected = sent_at if mail.mail.scheduled_for else min(sent_at, self._now)
        if not mail.registered:
            mail.sent_at = corrected
        elif sent_at == mail.sender_sent_at:
            mail.sent_at = mail.sent_at if mail.mail.scheduled_for else min(mail.sent_at, self._now)
        else:
            mail.withdrawn, mail.changed = False, True
            first = self.of(mail).first_opened_at
            mail.sent_at = mail.sent_at if first is not None and first < corrected else corrected
        mail.changed |= mail.registered and mail.level != level
        mail.level = "off" if mail.registered and mail.level == "off" else level
        mail.sender_sent_at, mail.registered = sent_at, True

    def _opt_out(self, mail: Known, copy: int) -> None:
        """What is known of the copy stays, without addresses and headers. Of a mail that is not
        registered yet, nothing is known, and nothing stays."""
        mail.gone.add(copy)
        if not mail.registered:
            mail.come = [one for one in mail.come if one.copy != copy]
        self._blank(mail, [one for one in mail.come if one.copy == copy])

    def _erase(self, mail: Known) -> None:
        self._keep_verdicts_around(mail)
        mail.erased, mail.registered, mail.come, mail.looks = True, False, [], []
        mail.verdicts, mail.began = {}, {}

    def _erase_person(self, address: str) -> None:
        for mail in self.mails:
            people = {person.folded for person in mail.people}
            if not mail.registered or address not in people:
                continue
            if people == {address}:
                self._erase(mail)
                continue
            self._keep_verdicts_around(mail)
            copies = {person.copy for person in mail.people if person.folded == address}
            mail.erased_people.add(address)
            gone = {copy for copy in copies if not mail.readers(copy)}
            mail.erased_copies |= gone
            for one in [one for one in mail.come if one.copy in gone]:
                mail.come.remove(one)
                mail.verdicts.pop(one.time, None)
                mail.began.pop(one.time, None)

    def _keep_verdicts_around(self, erased: Known) -> None:
        """No verdict changes because something is erased that it was made with: verdicts on the
        mail and on the older ones of its conversation stay as they are."""
        for mail in self.mails:
            is_older = mail.registered and erased.registered and mail.left_at < erased.left_at
            if mail is erased or is_older:
                self._blank(mail, mail.come)

    def _blank(self, mail: Known, hits: list[Come]) -> None:
        """Addresses and headers of these hits are deleted."""
        if not hits:
            return
        for other in self.mails:
            self._look_at(other)
        counted = self.of(mail).counted if mail.registered else set()
        for one in list(hits):
            if one.visitor is not NOBODY:
                mail.come[mail.come.index(one)] = one._replace(visitor=NOBODY)
                mail.began[one.time] = one.time in counted

    # What follows.

    def of(self, mail: Known) -> Expected:
        self._look_at(mail)
        opens: dict[int, list[Sitting]] = {}
        clicks: dict[tuple[int, int], list[Sitting]] = {}
        for come in sorted(mail.come, key=lambda one: one.time) if mail.registered else ():
            found = mail.verdicts[come.time]
            if found.verdict.actor != "human":
                continue
            if come.link:
                some = clicks.setdefault((come.copy, come.link), [])
            else:
                some = opens.setdefault(come.copy, [])
            _sit(some, come, found, mail.began.get(come.time))
        opens = {copy: some for copy, some in opens.items() if some}
        return Expected(mail.verdicts, opens, {at: some for at, some in clicks.items() if some})

    def _look_at(self, mail: Known) -> None:
        """A verdict stays as it is once its hit, or a hit in its window, has lost address and
        headers. When the mail is stopped, all stay."""
        if not mail.registered:
            return
        for come in mail.come:
            known = mail.verdicts.get(come.time)
            if known is None or (mail.level != "off" and not self._has_lost(mail, come)):
                verdict = self._classify(self._facts(mail, come))
                mail.verdicts[come.time] = Found(verdict, mail.level == "full")
            elif mail.level == "count":
                mail.verdicts[come.time] = known._replace(shown=False)

    def _has_lost(self, mail: Known, come: Come) -> bool:
        return (
            come.visitor is NOBODY
            or any(one.visitor is NOBODY for one in self._around(mail, come))
            or any(one.visitor is NOBODY for one in self._newer_loads(mail, come))
        )

    # The facts of one hit.

    def _facts(self, mail: Known, come: Come) -> Facts:
        hit, readers = _hit(come), mail.readers(come.copy)
        domains = [p.folded.partition("@")[2] for p in mail.people if p.copy == come.copy]
        newer = [one.left_at for one in self._newer(mail) if one.left_at <= come.time]
        return Facts(
            kind=hit.kind,
            method="GET",
            headers=dict(hit.headers),
            address=hit.address,
            seconds_after_send=come.time - mail.left_at,
            recipients=len(readers) or None,
            links_in_message=mail.mail.links - 1,
            link=hit.link,
            hidden=come.link == mail.mail.links,
            sender_viewing=_is_viewed(mail, come.time),
            nearby=tuple(self._nearby(mail, come)),
            seconds_after_reply=come.time - max(newer) if newer else None,
            recipient_domains=tuple(domains[: len(readers)]),
            newer_loads=tuple(
                Nearby(Kind.OPEN, one.time - come.time, _hit(one).address, _agent(one))
                for one in self._newer_loads(mail, come)
            ),
        )

    def _around(self, mail: Known, come: Come) -> Iterator[Come]:
        """All hits within 5 minutes; for a click also loads in the hour before."""
        for other in mail.come:
            seconds = other.time - come.time
            shown = come.link and not other.link and -60 * MINUTE <= seconds < 0
            if other is not come and (abs(seconds) <= 5 * MINUTE or shown):
                yield other

    def _nearby(self, mail: Known, come: Come) -> list[Nearby]:
        """Of hits that differ in time only, the nearest on each side."""
        found: dict[object, Come] = {}
        for other in self._around(mail, come):
            seconds = other.time - come.time
            far = abs(seconds) > 5 * MINUTE
            kind = (far, seconds < 0, _shape(mail, other, far=far))
            if kind not in found or abs(found[kind].time - come.time) > abs(seconds):
                found[kind] = other
        return [_near(mail, come, other) for other in found.values()]

    def _newer(self, mail: Known) -> list[Known]:
        """Newer mails of the conversation."""
        return [one for one in self.mails if one.registered and one.left_at > mail.left_at]

    def _newer_loads(self, mail: Known, come: Come) -> list[Come]:
        """Loads of newer mails of the conversation within 10 s."""
        return [
            other
            for one in self._newer(mail)
            for other in one.come
            if not other.link and abs(other.time - come.time) <= 10
        ]


def _sit(sittings: list[Sitting], come: Come, found: Found, begins: bool | None) -> None:
    """One visit: loads of a copy by the same program and network, each less than 5 minutes
    after the one before, 30 minutes in all at most. Clicks within 10 s are one click.

    `begins`: what a hit whose address is gone counted as then.
    """
    verdict = found.verdict
    known = found.shown and verdict.location_known
    program = f"{verdict.via}/{verdict.device if found.shown else None}"
    line = _line(come.visitor.address) if known and come.visitor is not NOBODY else None
    country = verdict.country if known else None
    for one in sittings if not begins else ():
        goes_on = come.time - one.last < 5 * MINUTE and come.time - one.began <= 30 * MINUTE
        if come.link:
            goes_on = come.time - one.began <= 10
        is_same = (one.program, one.country, one.place_known) == (program, country, known)
        if goes_on and is_same and one.takes(line):
            one.last = come.time
            one.hits.append(come)
            one.lines |= {line} if line else set()
            return
    if begins is not False:
        lines = {line} if line else set()
        begin = come.time
        sittings.append(Sitting(program, country, known, lines, begin, begin, [come], line))


def _hit(come: Come) -> Hit:
    if come.visitor is NOBODY:
        kind, link = (Kind.CLICK, come.link) if come.link else (Kind.OPEN, None)
        return Hit(kind, OWNER, "", come.copy, link, come.time, "GET", "", ())
    return come.hit(OWNER, "")


def _agent(come: Come) -> str:
    return dict(_hit(come).headers).get("user-agent", "")


def _is_viewed(mail: Known, time: float) -> bool:
    """The sender looked up to 20 s before or up to 10 s after it."""
    return any(-20 <= look - time <= 10 for look in mail.looks)


def _shape(mail: Known, come: Come, *, far: bool) -> object:
    program = _agent(come), _hit(come).address
    if far:
        return program
    copy = come.copy if come.link else None
    return program, come.link, copy, _is_viewed(mail, come.time)


def _near(mail: Known, come: Come, other: Come) -> Nearby:
    hit, seconds = _hit(other), other.time - come.time
    far = abs(seconds) > 5 * MINUTE
    return Nearby(
        hit.kind, seconds, hit.address, _agent(other), hit.link,
        hidden=other.link == mail.mail.links,
        sender_viewing=_is_viewed(mail, other.time) and not far,
        same_copy=not other.link or other.copy == come.copy,
    )  # fmt: skip


def _line(address: str) -> str:
    """The first 16 bits of IPv4, the first 32 bits of IPv6."""
    ip = ip_address(address)
    return f"{ip.version}/{ip.packed[: 2 if ip.version == 4 else 4].hex()}"
