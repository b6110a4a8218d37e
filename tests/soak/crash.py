"""Kills a loaded server at random moments and counts: no answered hit may be lost.

`python tests/soak crash` does it 50 times, a test once.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import websockets
from sealbreak_server.ingest.spool import Spool, read_batches
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.security.tokens import new_id
from support.desktop.processes import eventually
from support.server.process import GMAIL, Mail, Sender, Server, running

HEAD = f"Host: x\r\nUser-Agent: {GMAIL['user-agent']}\r\nX-Forwarded-For: 66.249.84.1\r\n"
COPIES = 4
"""Copies of each registered message: each gives one event when it is opened first."""
MAILS = 15
"""Registered in each life of the server."""
LISTENERS = 3
CONNECTIONS = 32
"""So that some batches go to the database and others to the spool."""
OFFER = "https://example.com/offer"
GOOD = (b"HTTP/1.1 200", b"HTTP/1.1 302")

Hit = tuple[str, int, str]
"""Tracking ID, copy and kind: each is asked for once, so that one row must be there."""


@dataclass
class Tally:
    answered: set[Hit] = field(default_factory=set)
    opened: set[Hit] = field(default_factory=set)
    """Of those, the first opens of registered mails: each must have given one event."""
    told: list[list[int]] = field(default_factory=lambda: [[] for _ in range(LISTENERS)])
    """For each live client the event numbers in the order in which it saw them."""
    kills: int = 0


@dataclass(frozen=True)
class Ask:
    hit: Hit
    path: str
    registered: bool = False


def work_for(server: Server, sender: Sender) -> Iterator[Ask]:
    """Copies of registered mails and their links mixed with those of strangers; for ever."""
    person = {"address": "ann@example.com", "name": "Ann", "kind": "to"}
    people = [{**person, "copy": copy} for copy in range(COPIES)]
    mails = [sender.mail(recipients=people) for _ in range(MAILS)]
    ours = [Ask((m.id, c, "open"), m.pixel(c), True) for m in mails for c in range(COPIES)]
    ours += [Ask((m.id, c, "click"), m.link(1, OFFER, c)) for m in mails for c in range(COPIES)]
    random.shuffle(ours)
    return _mixed(ours, server.data / "keys", mails[0].owner)


def _mixed(ours: list[Ask], keys: Path, owner: str) -> Iterator[Ask]:
    keyring = load_or_make_keys(keys)
    while True:
        if ours:
            yield ours.pop()
        message = new_id()
        stranger = Mail(message, keyring.message_key(owner, message), owner)
        yield Ask((message, 0, "open"), stranger.pixel())
        yield Ask((message, 0, "click"), stranger.link(1, OFFER))


async def ask(url: str, work: Iterator[Ask], tally: Tally) -> None:
    """One connection that asks until the server ends it."""
    address = urlsplit(url)
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        with contextlib.closing(writer):
            for asked in work:
                writer.write(f"GET {asked.path} HTTP/1.1\r\n{HEAD}\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(GOOD), head
                if asked.hit[2] == "open":
                    await reader.readexactly(43)
                tally.answered.add(asked.hit)
                if asked.registered:
                    tally.opened.add(asked.hit)


async def follow(sender: Sender, told: list[int]) -> int | None:
    """A live client: resumes by the number it saw last. The code that it was closed with."""
    after = told[-1] if told else 0
    url = f"{sender.url.replace('http', 'ws')}/api/v1/live?after={after}"
    headers = {"Authorization": f"Bearer {sender.paired['token']}"}
    with contextlib.suppress(OSError, websockets.WebSocketException):
        async with websockets.connect(url, additional_headers=headers) as socket:
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    message = json.loads(await socket.recv())
                    if message["type"] == "event":
                        told.append(message["event"]["number"])
        return socket.close_code
    return None


@contextlib.asynccontextmanager
async def loaded(server: Server, tally: Tally) -> AsyncIterator[list[asyncio.Task[int | None]]]:
    """The server's sender, its readers and its live clients, until the server is gone.

    Begins once hits are answered: on a busy machine the first answer takes a second or more.
    """
    opened = len(tally.opened)
    sender = await asyncio.to_thread(server.sender)
    work = await asyncio.to_thread(work_for, server, sender)
    asking = [asyncio.create_task(ask(server.url, work, tally)) for _ in range(CONNECTIONS)]
    following = [asyncio.create_task(follow(sender, told)) for told in tally.told]
    try:
        await asyncio.to_thread(
            eventually, lambda: opened < len(tally.opened) < len(tally.answered), "answers"
        )
        yield following
        await asyncio.wait_for(asyncio.gather(*asking, *following), 30)
    finally:
        for task in (*asking, *following):
            task.cancel()
        sender.http.close()


async def one_life(server: Server, tally: Tally) -> None:
    """Load, kill."""
    async with loaded(server, tally):
        await asyncio.sleep(random.uniform(0.05, 1.0))
        server.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(server.process.wait)
    tally.kills += 1


async def catch_up(server: Server, tally: Tally, seconds: float = 60) -> None:
    """Without load: everybody hears what there is, then the server is asked to stop."""
    sender = await asyncio.to_thread(server.sender)
    following = [asyncio.create_task(follow(sender, told)) for told in tally.told]
    await asyncio.to_thread(_wait_for_all, sender, tally, seconds)
    assert await asyncio.to_thread(server.stop) == 0
    await asyncio.gather(*following)
    sender.http.close()


def _wait_for_all(sender: Sender, tally: Tally, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not _all_told(sender, tally):
        assert time.monotonic() < deadline, "a live client did not hear all there is"
        time.sleep(0.05)


def _all_told(sender: Sender, tally: Tally) -> bool:
    last = sender.http.get("/events", params={"limit": 1}).json()["last"]
    return all(len(told) == last for told in tally.told) and last >= len(tally.opened)


def rows(data: Path, query: str) -> list[Any]:
    if url := os.environ.get("SEALBREAK_DATABASE_URL"):
        with psycopg.connect(url) as connection:
            return connection.execute(query.encode()).fetchall()
    file = f"file:{data / 'sealbreak.sqlite3'}?mode=ro"
    with contextlib.closing(sqlite3.connect(file, uri=True)) as database:
        return database.execute(query).fetchall()


def spooled(data: Path) -> Iterator[Hit]:
    """What lies in the spool and was not taken in: the server does it at its next start."""
    taken = {batch for (batch,) in rows(data, "SELECT id FROM ingested_batch")}
    for path in Spool(data / "spool").files():
        for name, hits in read_batches(path):
            if name not in taken:
                yield from ((hit.message, hit.copy, str(hit.kind)) for hit in hits)


def check(data: Path, tally: Tally) -> None:
    """All that was answered is there, once; every event number is there, once, without a gap.

    Raises `AssertionError` with what is lost, doubled or out of order.
    """
    kept = rows(data, "SELECT message, copy_number, kind FROM hit")
    counts = Counter((*map(tuple, kept), *spooled(data)))
    lost = [hit for hit in tally.answered if hit not in counts]
    assert not lost, f"{len(lost)} answered hits are lost, the first is {lost[0]}"
    twice = [hit for hit, count in counts.items() if count > 1]
    assert not twice, f"{len(twice)} hits are there twice, the first is {twice[0]}"
    numbers = [number for (number,) in rows(data, "SELECT number FROM event ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1)), "event numbers have a gap"
    for told in tally.told:
        assert told == list(range(1, len(told) + 1)), "a live client saw a gap or a repeat"


def run(data: Path, kills: int) -> Tally:
    """Raises `AssertionError` with the first thing that is not as it must be."""
    tally = Tally()
    for _ in range(kills):
        with running(data) as server:
            asyncio.run(one_life(server, tally))
        check(data, tally)
        print(f"{tally.kills} kills, {len(tally.answered)} answered", file=sys.stderr)
    with running(data) as server:
        asyncio.run(catch_up(server, tally))
    check(data, tally)
    return tally


def rows_of(tally: Tally) -> Iterator[dict[str, object]]:
    yield {"name": "kills under load", "value": tally.kills, "unit": "kills"}
    yield {"name": "hits answered before them", "value": len(tally.answered), "unit": "hits"}
    yield {"name": "answered hits that were lost or doubled", "value": 0, "unit": "hits"}
    yield {"name": "events told once to each client", "value": len(tally.told[0]), "unit": "events"}
