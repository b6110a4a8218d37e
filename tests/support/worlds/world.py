"""A world: a few mails of one account, and everything that happens to them. Made from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from sealbreak_server.model.hit import Hit, Kind
from support.server.classification import (
    DATACENTER,
    GMAIL,
    OTHER_RESIDENTIAL,
    RELAY,
    RESIDENTIAL,
    RESIDENTIAL_V6,
)
from support.server.hit_cases import AGENTS, PROFILES

SENT = 1_800_000_000.0
"""08:00 in the morning, UTC, when digests are due."""
DAY = 86400.0
END = SENT + 40 * DAY
OWNER = "o" * 8


class Visitor(NamedTuple):
    agent: str
    address: str
    headers: str


VISITORS = (
    Visitor("gip", GMAIL, "none"),
    Visitor("gip", "66.249.84.9", "none"),
    Visitor("pre", GMAIL, "none"),
    Visitor("bare", RELAY, "none"),
    Visitor("firefox", RESIDENTIAL, "page"),
    Visitor("chrome", RESIDENTIAL, "page"),
    Visitor("chrome", RESIDENTIAL_V6, "page"),
    Visitor("chrome", OTHER_RESIDENTIAL, "page"),
    Visitor("tbird", RESIDENTIAL, "image"),
    Visitor("chrome", DATACENTER, "bot"),
    Visitor("chrome", DATACENTER, "page"),
    Visitor("chrome", RESIDENTIAL, "bot"),
    Visitor("chrome", OTHER_RESIDENTIAL, "bot"),
)
"""Gmail, Apple, readers at home on several lines, and scanners that pose as readers."""


class Person(NamedTuple):
    address: str
    kind: str
    copy: int

    @property
    def folded(self) -> str:
        return self.address.lower()


@dataclass(frozen=True)
class Mail:
    sent_at: float
    level: str
    people: tuple[Person, ...]
    links: int
    """The last of them is hidden."""
    pixel: bool = True
    scheduled_for: float | None = None


class Come(NamedTuple):
    """A hit; `link` is 0 for the pixel."""

    time: float
    mail: int
    visitor: Visitor
    link: int
    copy: int

    def hit(self, owner: str, message: str) -> Hit:
        sent = {name.lower(): value for name, value in PROFILES[self.visitor.headers].items()}
        agent = AGENTS[self.visitor.agent]
        kind, link = (Kind.CLICK, self.link) if self.link else (Kind.OPEN, None)
        return Hit(
            kind, owner, message, self.copy, link, self.time, "GET", self.visitor.address,
            tuple({**sent, "user-agent": agent}.items()),
        )  # fmt: skip


class Look(NamedTuple):
    """The sender looks at a mail."""

    time: float
    mail: int


class Register(NamedTuple):
    time: float
    mail: int


class Resend(NamedTuple):
    """The same draft is sent once more."""

    time: float
    mail: int
    sent_at: float


class Change(NamedTuple):
    """A registration with another level."""

    time: float
    mail: int
    level: str


class Stop(NamedTuple):
    """The sender stops the tracking."""

    time: float
    mail: int


class Withdraw(NamedTuple):
    """The mail did not leave, or it did in the end."""

    time: float
    mail: int
    withdrawn: bool


class OptOut(NamedTuple):
    time: float
    mail: int
    copy: int


class EraseMail(NamedTuple):
    time: float
    mail: int


class ErasePerson(NamedTuple):
    time: float
    address: str


class Forget(NamedTuple):
    """Addresses and headers that are too old are deleted."""

    time: float


class Mute(NamedTuple):
    time: float
    mail: int


class Settle(NamedTuple):
    time: float


class Remind(NamedTuple):
    """Reminders and digests that are due are sent."""

    time: float


class Restart(NamedTuple):
    time: float


Step = (
    Come | Look | Register | Resend | Change | Stop | Withdraw | OptOut | EraseMail | ErasePerson
    | Forget | Mute | Settle | Remind | Restart
)  # fmt: skip


@dataclass(frozen=True)
class World:
    mails: tuple[Mail, ...]
    steps: tuple[Step, ...]
    """In the order in which the server gets them. Hits in a row come as one batch."""
    prompt: bool = True
    """Verdicts are settled when they are due, and not only at the steps that say so."""

    @property
    def registered(self) -> set[int]:
        return {step.mail for step in self.steps if isinstance(step, Register)}


def world_of(seed: int) -> World:
    random = Random(seed)
    mails = tuple(_mail(random, at) for at in range(random.randint(1, 2)))
    comes = sorted(_comes(random, mails), key=lambda come: come.time)
    steps: list[Step] = [*comes, *_usual_steps(random, mails, comes)]
    if random.random() < 0.6:
        steps += _rare_steps(random, mails, comes)
    steps.sort(key=lambda step: step.time)
    if random.random() < 0.4:
        steps = _disturbed(random, steps)
    return World(mails, tuple(steps), prompt=random.random() < 0.5)


def in_another_order(world: World, seed: int) -> World:
    """The same hits and looks. What depends on the moment stays where it is: none of it here."""
    steps = list(world.steps)
    Random(seed).shuffle(steps)
    return replace(world, steps=tuple(steps))


def depends_on_order(step: Step) -> bool:
    """An opt-out drops the hits after it, a level holds from its time on, and so on."""
    return not isinstance(step, Come | Look | Register | Settle | Restart)


def without(world: World, at: int, count: int) -> World:
    return replace(world, steps=world.steps[:at] + world.steps[at + count :])


def _mail(random: Random, at: int) -> Mail:
    own = random.random() < 0.5
    domain = random.choice(["example.com", "example.com", "gmail.com"])
    people = tuple(
        Person(f"person{n}@{domain}", "to", n if own else 0) for n in range(1, random.randint(2, 4))
    )
    if random.random() < 0.2:
        people = (*people, people[0]._replace(kind="cc", address=people[0].address.upper()))
    level = "count" if random.random() < 0.15 else "full"
    sent_at = SENT + at * random.choice([20, 1800, DAY])
    scheduled_for = sent_at + random.choice([600, 3600, DAY]) if random.random() < 0.1 else None
    links = random.randint(2, 4)
    return Mail(sent_at, level, people, links, random.random() < 0.92, scheduled_for)


BASES = (0.0, 15.0, 1800.0, 3600.0, DAY, 15 * DAY)
STEPS = (0.5, 2.0, 5.0, 9.9, 10.0, 15.0, 60.0, 200.0, 299.9, 300.0, 301.0, 600.0, 1200.0, 1801.0)
"""Just below and above the windows of the documents."""


PAUSES = (0.3, 3.0, 8.0, 20.0, 50.0, 100.0, 250.0, 290.0, 340.0, 1000.0, 3400.0)
"""Between the beginnings of two scenes."""


def _comes(random: Random, mails: tuple[Mail, ...]) -> list[Come]:
    few = random.sample(VISITORS, random.randint(1, 4))
    start = random.choice(BASES) + random.uniform(-5, 60)
    found: dict[float, Come] = {}
    for _ in range(random.randint(1, 6)):
        start += random.choice(PAUSES)
        if random.random() < 0.15:
            start = random.choice(BASES) + random.uniform(-5, 60)
        scene = random.choice(SCENES)
        for come in scene(random, mails, SENT + start, random.choice(few)):
            moment = round(come.time, 1)
            found[moment] = come._replace(time=moment)  # no two hits at the very same time
    return list(found.values())


def _reading(random: Random, mails: tuple[Mail, ...], start: float, visitor: Visitor) -> list[Come]:
    """One program loads an image again and again."""
    mail, copy = _place(random, mails)
    step = random.choice(STEPS)
    return [Come(start + n * step, mail, visitor, 0, copy) for n in range(random.randint(1, 8))]


def _following(
    random: Random, mails: tuple[Mail, ...], start: float, visitor: Visitor
) -> list[Come]:
    """One program follows links, one of them or all."""
    mail, copy = _place(random, mails)
    links = range(1, mails[mail].links + 1)
    some = random.choice([[random.choice(links)] * random.randint(1, 4), list(links)])
    step = random.choice(STEPS[:6])
    return [Come(start + n * step, mail, visitor, link, copy) for n, link in enumerate(some)]


def _conversation(
    random: Random, mails: tuple[Mail, ...], start: float, visitor: Visitor
) -> list[Come]:
    """One program shows all the mails at once."""
    apart = random.choice([0.3, 1.5, 3.0, 12.0])
    return [
        Come(start + n * apart, mail, visitor, 0, mails[mail].people[0].copy)
        for n, mail in enumerate(random.sample(range(len(mails)), len(mails)))
    ]


def _echo(random: Random, mails: tuple[Mail, ...], start: float, visitor: Visitor) -> list[Come]:
    """A reader follows a link, and another program does so too."""
    mail, copy = _place(random, mails)
    link, other = random.randint(1, mails[mail].links), random.choice(VISITORS)
    second = random.choice(mails[mail].people).copy
    return [
        Come(start, mail, visitor, link, copy),
        Come(start + random.choice(STEPS[:10]), mail, other, link, second),
    ]


def _scanning(
    random: Random, mails: tuple[Mail, ...], start: float, visitor: Visitor
) -> list[Come]:
    """One program follows the link that readers cannot see, and loads the image, or does not."""
    mail, copy = _place(random, mails)
    visitor = random.choice([visitor, *VISITORS[-4:]])
    later = random.choice([1.0, 30.0, 55.0, 61.0])
    found = [
        Come(start, mail, visitor, mails[mail].links, copy),
        Come(start + later, mail, visitor, 0, copy),
    ]
    return random.sample(found, random.randint(1, 2))


SCENES = (_reading, _reading, _following, _conversation, _echo, _scanning)


def _place(random: Random, mails: tuple[Mail, ...]) -> tuple[int, int]:
    mail = random.randrange(len(mails))
    return mail, random.choice(mails[mail].people).copy


def _usual_steps(random: Random, mails: tuple[Mail, ...], comes: list[Come]) -> Iterator[Step]:
    for at, mail in enumerate(mails):
        late = random.choice([0.0, 1.0, 600.0, DAY])
        for n in range(random.choice([1, 1, 2])):
            yield Register(mail.sent_at + late + n, at)
        if random.random() < 0.3:
            come = random.choice(comes)
            yield Look(come.time + random.uniform(-25, 15), come.mail)
    for _ in range(random.randint(0, 3)):
        yield Settle(SENT + random.uniform(0, DAY))
    if random.random() < 0.05:
        yield Restart(random.choice(comes).time + 0.01)


def _rare_steps(random: Random, mails: tuple[Mail, ...], comes: list[Come]) -> Iterator[Step]:
    """A few of those that another step may depend on."""
    for _ in range(random.randint(1, 4)):
        mail, copy = _place(random, mails)
        near = random.choice(comes).time + random.choice([-400.0, -2.0, 0.01, 2.0, 30.0, 4000.0])
        time = random.choice([near, mails[mail].sent_at + random.uniform(0, 5 * DAY)])
        person = random.choice(mails[mail].people)
        level = random.choice(["full", "count"])
        steps: list[Step] = [
            OptOut(time, mail, copy), OptOut(time, mail, copy), Stop(time, mail),
            Change(time, mail, level), Withdraw(time, mail, random.random() < 0.7),
            EraseMail(time, mail), ErasePerson(time, person.address), Mute(time, mail),
            Forget(time + random.choice([0, DAY])), Resend(time, mail, float(int(time - 1))),
            Remind(SENT + random.randint(0, 12) * DAY + random.uniform(0, 7200)),
            Remind(SENT + random.randint(0, 12) * DAY + random.uniform(0, 7200)),
        ]  # fmt: skip
        yield random.choice(steps)


def _disturbed(random: Random, steps: list[Step]) -> list[Step]:
    """Some steps come later than they should: a spool, a registration that waited."""
    places = {id(step): at + random.choice([0, 0, random.uniform(0, len(steps))])
              for at, step in enumerate(steps)}  # fmt: skip
    return sorted(steps, key=lambda step: places[id(step)])
