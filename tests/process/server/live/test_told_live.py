"""What a live connection is told of each kind of traffic, and what it is not told.

All of it is played once against one server; each test looks at one mail.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sealbreak_server.events.wire import wire_time
from support.server.hit_cases import AGENTS
from support.server.process import GMAIL, READER, Mail, Sender, Server, running, visit
from websockets.asyncio.client import ClientConnection, connect

HOUR = 3600.0
TIMEOUT_SECONDS = 20.0
URLS = {n: f"https://example.com/{n}" for n in (1, 2, 3, 4)}
HIDDEN = 4
FROM_GMAIL = {**GMAIL, "x-forwarded-for": "66.249.84.1"}
PREFETCH = {"user-agent": AGENTS["pre"], "x-forwarded-for": "66.249.84.1"}
APPLE = {"user-agent": "Mozilla/5.0", "x-forwarded-for": "104.28.42.17"}
SCANNER = {
    "user-agent": AGENTS["chrome"],
    "accept": "*/*",
    "accept-language": "",
    "x-forwarded-for": "188.166.189.101",
}
ANTIVIRUS = {**SCANNER, "x-forwarded-for": "84.130.99.1"}

Event = dict[str, Any]


@dataclass
class Stage:
    server: Server
    sender: Sender
    socket: ClientConnection
    events: list[Event] = field(default_factory=list)

    async def mail(self, age: float = 600, **more: Any) -> Mail:
        links = [{"n": n, "url": url, "hidden": n == HIDDEN} for n, url in URLS.items()]
        sent = wire_time(time.time() - age)
        return await asyncio.to_thread(self.sender.mail, sent_at=sent, links=links, **more)

    async def load(self, mail: Mail, headers: dict[str, str] = FROM_GMAIL) -> None:
        await asyncio.to_thread(visit, self.server, mail.pixel(), headers)

    async def follow(self, mail: Mail, *links: int, headers: dict[str, str] = READER) -> None:
        for n in links:
            await asyncio.to_thread(visit, self.server, mail.link(n, URLS[n]), headers)

    async def view(self, mail: Mail) -> None:
        body = {"messages": [mail.id]}
        answer = await asyncio.to_thread(self.sender.http.post, "/views", json=body)
        assert answer.status_code == 204

    async def hear(self, mail: Mail, kind: str) -> None:
        """Listens until this was told."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not any(e["kind"] == kind for e in self.about(mail)):
                frame = json.loads(await self.socket.recv())
                if frame["type"] == "event":
                    self.events.append(frame["event"])

    def about(self, mail: Mail) -> list[Event]:
        return [event for event in self.events if event["message"]["id"] == mail.id]


Scene = Callable[[Stage], Awaitable[Mail]]
SCENES: dict[str, Scene] = {}


def scene(play: Scene) -> Scene:
    SCENES[play.__name__] = play
    return play


@scene
async def gmail_later(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.load(mail)
    return mail


@scene
async def gmail_at_once(stage: Stage) -> Mail:
    mail = await stage.mail(age=0)
    await stage.load(mail)
    return mail


@scene
async def gmail_ahead(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.load(mail, PREFETCH)
    return mail


@scene
async def sender_looked_before(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.view(mail)
    await stage.load(mail)
    return mail


@scene
async def sender_looked_after(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.load(mail)
    await stage.hear(mail, "opened")
    await stage.view(mail)
    return mail


@scene
async def sender_looked_after_a_fresh_send(stage: Stage) -> Mail:
    mail = await stage.mail(age=8)
    await stage.load(mail)
    await stage.view(mail)
    return mail


@scene
async def apple(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.load(mail, APPLE)
    return mail


@scene
async def scanner(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.follow(mail, 1, 2, 3, headers=SCANNER)
    return mail


@scene
async def scanner_that_posed_as_a_reader(stage: Stage) -> Mail:
    mail = await stage.mail()
    posing = {**READER, "x-forwarded-for": "84.130.50.1"}
    await stage.follow(mail, 1, headers=posing)
    await stage.hear(mail, "clicked")
    await stage.follow(mail, 1, 2, 3, headers=posing)
    return mail


@scene
async def antivirus(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.follow(mail, 1)
    await stage.follow(mail, 1, headers=ANTIVIRUS)
    return mail


@scene
async def hidden_link(stage: Stage) -> Mail:
    mail = await stage.mail()
    await stage.load(mail, SCANNER)
    await stage.follow(mail, 1, HIDDEN, headers=SCANNER)
    return mail


async def _thread(stage: Stage, thread: str, age: float) -> tuple[Mail, Mail]:
    """An older message and a newer one, both loaded by Gmail's proxy now, the older first."""
    older = await stage.mail(age=HOUR, gmail_thread_id=thread)
    newer = await stage.mail(age=age, gmail_thread_id=thread)
    await stage.load(older)
    await stage.load(newer)
    return older, newer


@scene
async def older_after_a_reply(stage: Stage) -> Mail:
    return (await _thread(stage, "17a1", age=17))[0]


@scene
async def reply_itself(stage: Stage) -> Mail:
    return (await _thread(stage, "17a2", age=17))[1]


@scene
async def older_of_a_thread(stage: Stage) -> Mail:
    return (await _thread(stage, "17a3", age=1800))[0]


@scene
async def newest_of_a_thread(stage: Stage) -> Mail:
    return (await _thread(stage, "17a4", age=1800))[1]


async def _play(server: Server, sender: Sender) -> tuple[Stage, dict[str, Mail]]:
    url = f"{server.url.replace('http', 'ws')}/api/v1/live?after=0"
    token = {"Authorization": f"Bearer {sender.paired['token']}"}
    async with connect(url, additional_headers=token, proxy=None) as socket:
        stage = Stage(server, sender, socket)
        mails = {name: await play(stage) for name, play in SCENES.items()}
        last = await stage.mail()
        await stage.follow(last, 1)
        await stage.hear(last, "clicked")
    return stage, mails


@dataclass
class Told:
    kinds: list[str]
    events: list[Event]
    message: dict[str, Any]

    @property
    def verdicts(self) -> list[str]:
        return [f"{h['verdict']['actor']} {h['verdict']['reason']}" for h in self.message["hits"]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Told]]:
    """The last click waits for its company the longest, so when it is told all else was."""
    with running(tmp_path_factory.mktemp("told") / "data") as server:
        sender = server.sender()
        stage, mails = asyncio.run(_play(server, sender))

        def look(name: str) -> Told:
            events = stage.about(mails[name])
            return Told([e["kind"] for e in events], events, sender.message(mails[name]))

        yield look


Look = Callable[[str], Told]


def test_an_open_through_gmail_is_told(told: Look) -> None:
    seen = told("gmail_later")
    assert (seen.kinds, seen.message["opens"]) == (["opened"], 1)
    assert seen.events[0]["verdict"]["sentence"] == "Opened, through Gmail"


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("gmail_at_once", "unknown proxy-at-once"),
        ("gmail_ahead", "machine gmail-prefetch"),
        ("sender_looked_before", "sender sender-viewing"),
        ("sender_looked_after_a_fresh_send", "sender sender-viewing"),
        ("apple", "machine apple-privacy"),
        ("older_after_a_reply", "unknown reply-prefetch"),
        ("older_of_a_thread", "unknown thread-look"),
    ],
)
def test_what_proves_no_reader_is_in_the_history_only(told: Look, name: str, verdict: str) -> None:
    seen = told(name)
    assert (seen.verdicts, seen.kinds, seen.message["opens"]) == ([verdict], [], 0)
    assert seen.message["hits"][0]["verdict"]["evidence"]


def test_the_senders_own_look_is_taken_back_when_it_shows_late(told: Look) -> None:
    seen = told("sender_looked_after")
    assert seen.kinds == ["opened", "corrected"]
    assert seen.events[1]["corrects"] == seen.events[0]["number"]
    assert seen.events[1]["verdict"]["sentence"] == "That was you, not a reader"
    assert seen.message["opens"] == 0


def test_a_scanner_that_follows_all_links_is_not_told(told: Look) -> None:
    seen = told("scanner")
    assert (seen.kinds, seen.message["clicks"], seen.message["machines"]) == ([], 0, 3)


def test_a_scanner_that_shows_late_is_corrected(told: Look) -> None:
    seen = told("scanner_that_posed_as_a_reader")
    assert seen.kinds == ["clicked", "corrected"]
    assert seen.events[1]["corrects"] == seen.events[0]["number"]
    assert (seen.message["clicks"], seen.message["machines"]) == (0, 4)


def test_an_antivirus_echo_is_not_a_second_click(told: Look) -> None:
    seen = told("antivirus")
    assert (seen.kinds, seen.message["clicks"]) == (["clicked"], 1)
    assert seen.verdicts[1] == "machine echo"


def test_the_hidden_link_gives_a_scanner_away_with_all_it_did(told: Look) -> None:
    seen = told("hidden_link")
    assert (seen.kinds, seen.message["opens"], seen.message["clicks"]) == ([], 0, 0)
    assert "machine hidden-link" in seen.verdicts
    assert seen.message["machines"] == 3


@pytest.mark.parametrize("name", ["reply_itself", "newest_of_a_thread"])
def test_of_a_thread_the_newest_message_is_told(told: Look, name: str) -> None:
    seen = told(name)
    assert (seen.kinds, seen.message["opens"]) == (["opened"], 1)
