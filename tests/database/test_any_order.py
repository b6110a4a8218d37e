"""The same traffic, in whatever order it comes in, ends in the same verdicts and counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.registration import read_registration
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.engine.database import running_on
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.hits.unsettled import note_views, settle
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Event, Message
from support.server.classification import (
    DATACENTER,
    GMAIL,
    OTHER_RESIDENTIAL,
    RESIDENTIAL,
    classifier,
)
from support.server.hit_cases import AGENTS, PROFILES

from support.server.process import registration  # isort: skip
from support.worlds.world import Visitor

NOW = 1_800_000_000.0
SENT = NOW - 4 * 3600
REPLIED = SENT + 1800
"""When a second message was sent in the same thread."""
SETTLED = NOW + 3600


VISITORS = (
    Visitor("gip", GMAIL, "none"),
    Visitor("gip", "66.249.84.9", "none"),
    Visitor("firefox", RESIDENTIAL, "page"),
    Visitor("chrome", OTHER_RESIDENTIAL, "page"),
    Visitor("chrome", DATACENTER, "bot"),
    Visitor("chrome", OTHER_RESIDENTIAL, "bot"),
)


@dataclass(frozen=True)
class Come:
    """A hit: of which of the two messages, when, by whom, on what (0 is the pixel)."""

    mail: int
    seconds: float
    visitor: Visitor
    link: int
    copy: int


@dataclass(frozen=True)
class Look:
    """The sender looks at a message."""

    mail: int
    seconds: float


@dataclass(frozen=True)
class Register:
    mail: int


Step = Come | Look | Register

MOMENTS = st.one_of(
    st.integers(-5, 60), st.integers(1790, 1850), st.integers(0, 3 * 3600), st.just(5000)
)
TIMES = st.builds(lambda whole, part: whole + part / 8, MOMENTS, st.integers(0, 7))
COMES = st.builds(
    Come, st.integers(0, 1), TIMES, st.sampled_from(VISITORS), st.integers(0, 3), st.integers(0, 1)
)
LOOKS = st.builds(Look, st.integers(0, 1), TIMES)


@st.composite
def traffic(draw: st.DrawFn) -> tuple[list[Step], list[Step]]:
    """Steps in the order of time, and the same in another."""
    comes = draw(st.lists(COMES, min_size=1, max_size=9, unique_by=lambda come: come.seconds))
    timed: list[Come | Look] = [*comes, *draw(st.lists(LOOKS, max_size=2))]
    steps: list[Step] = [Register(0), Register(1), *sorted(timed, key=lambda step: step.seconds)]
    return steps, draw(st.permutations(steps))


class Play:
    """Two messages of one thread, and what is made of their hits."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.account = storage.transaction(accounts.account_named, new_id(), NOW)
        self.ids = [new_id(), new_id()]
        self.thread = new_id()

    def run(self, steps: Sequence[Step]) -> None:
        for step in steps:
            self._do(step)
        while (
            due := self.storage.transaction(settle, classifier().classify, SETTLED).due
        ) is not None:
            assert due > SETTLED

    def _do(self, step: Step) -> None:
        classify, write = classifier().classify, self.storage.transaction
        if isinstance(step, Come):
            write(record_hits, classify, [self._hit(step)], NOW)
        elif isinstance(step, Look):
            seen = [self.ids[step.mail]]
            write(note_views, classify, self.account.id, seen, SENT + step.seconds, seen)
        else:
            write(register, classify, self.account.id, self.ids[step.mail],
                  read_registration(self._body(step.mail)), NOW)  # fmt: skip

    def _body(self, mail: int) -> dict[str, Any]:
        links = [{"n": n, "url": f"https://example.com/{n}", "hidden": n == 3} for n in (1, 2, 3)]
        sent = wire_time((SENT, REPLIED)[mail])
        return registration(links=links, sent_at=sent, gmail_thread_id=self.thread)

    def _hit(self, come: Come) -> Hit:
        agent, address, profile = come.visitor
        sent = {name.lower(): value for name, value in PROFILES[profile].items()}
        headers = tuple({**sent, "user-agent": AGENTS[agent]}.items())
        kind, link = (Kind.CLICK, come.link) if come.link else (Kind.OPEN, None)
        return Hit(
            kind, self.account.owner, self.ids[come.mail], come.copy, link,
            SENT + come.seconds, "GET", address, headers,
        )  # fmt: skip

    def end(self) -> list[object]:
        """All that must not depend on the order."""
        return [self._end_of(message) for message in self.ids]

    def _end_of(self, message: str) -> object:
        classified_hits = messages.hits(self.account.owner, message)
        hits = [
            (r.hit.time - SENT, r.hit.kind, r.verdict and (r.verdict.actor, r.verdict.via,
             r.verdict.reason), r.counted)
            for r in classified_hits
        ]  # fmt: skip
        row = Message.get_by_id(message)
        return hits, row.opens, row.clicks, row.machines, row.first_opened_at

    def events(self) -> list[dict[str, Any]]:
        rows = Event.select().where(Event.account == self.account).order_by(Event.number)
        return [orjson.loads(row.body) for row in rows]

    def human(self) -> set[int]:
        return {
            record.number
            for message in self.ids
            for record in messages.hits(self.account.owner, message)
            if record.verdict and record.verdict.actor == "human"
        }


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    opened = Storage.at("", tmp_path_factory.mktemp("order"))
    opened.transaction(lambda: None)
    opened.database.execute_sql("PRAGMA synchronous = off")  # type: ignore[no-untyped-call]  # stubs
    with running_on(opened.database):
        yield opened
    opened.close()


ORDERS = settings(
    max_examples=80,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@ORDERS
@given(traffic())
def test_the_order_of_arrival_changes_no_verdict_and_no_count(
    database: Storage, both: tuple[list[Step], list[Step]]
) -> None:
    ends = []
    for steps in both:
        note(repr(steps))
        play = Play(database)
        play.run(steps)
        ends.append(play.end())
    assert ends[0] == ends[1]


@ORDERS
@given(traffic())
def test_what_stands_announced_is_what_readers_did(
    database: Storage, both: tuple[list[Step], list[Step]]
) -> None:
    play = Play(database)
    note(repr(both[1]))
    play.run(both[1])
    standing: dict[int, dict[str, Any]] = {}
    for event in play.events():
        if event["kind"] == "corrected":
            assert event["corrects"] in standing, "a correction takes back what was told"
            if event["verdict"]["actor"] != "human":
                del standing[event["corrects"]]
        else:
            standing[event["number"]] = event
    told = {event["hit"] for event in standing.values()}
    assert told <= play.human()
    opened = [(e["message"]["id"], e["copy"]) for e in standing.values() if e["kind"] == "opened"]
    assert len(opened) == len(set(opened)), "a copy is opened a first time once"
    assert set(opened) == {
        (message, record.hit.copy)
        for message in play.ids
        for record in messages.hits(play.account.owner, message)
        if record.number in play.human() and record.hit.kind is Kind.OPEN
    }
