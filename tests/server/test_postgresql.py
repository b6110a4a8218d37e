"""Two servers on one PostgreSQL database: a cluster of its own, on a socket of its own."""

import asyncio
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness_server import GMAIL, Mail, Sender, Server, running, visit
from soak import crash

FOUND = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
DRIVERS = ("psycopg", "psycopg2")
PROXY = {**GMAIL, "x-forwarded-for": "66.249.84.1"}

pytestmark = [
    pytest.mark.skipif(not FOUND, reason="PostgreSQL is not installed"),
    pytest.mark.skipif(
        not any(map(importlib.util.find_spec, DRIVERS)), reason="no driver for PostgreSQL"
    ),
]


def as_postgres(*command: str) -> None:
    """Its programs refuse to run as root."""
    user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(command, check=True, capture_output=True, **user)  # type: ignore[call-overload]  # a user or none


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="sealbreak-pg-") as name:
        folder, programs = Path(name), FOUND[-1]
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        cluster = str(folder / "cluster")
        as_postgres(str(programs / "initdb"), "-D", cluster, "-U", "sealbreak", "-A", "trust")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        control = (str(programs / "pg_ctl"), "-D", cluster, "-w", "-l", str(folder / "log"))
        as_postgres(*control, "-o", options, "start")
        try:
            yield f"postgresql://sealbreak@/postgres?host={folder}"
        finally:
            as_postgres(*control, "-m", "immediate", "stop")


@pytest.fixture(scope="module")
def servers(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """On one data folder, as the keys must be the same."""
    data = tmp_path_factory.mktemp("postgresql") / "data"
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("SEALBREAK_DATABASE_URL", url)
        with running(data) as one, running(data) as two:
            yield one, two


@pytest.fixture
def sender(servers: tuple[Server, Server]) -> Sender:
    return servers[0].sender()


def until(what: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def open_all(servers: Sequence[Server], mails: Sequence[Mail]) -> None:
    """The first open of each mail, at both servers at once."""

    def visit_one(at: int) -> None:
        assert visit(servers[at % 2], mails[at].pixel(), PROXY).status_code == 200

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit_one, range(len(mails))))


def test_hits_at_two_servers_give_events_without_gaps(
    servers: tuple[Server, Server], sender: Sender
) -> None:
    mails = [sender.mail(sent_at="2026-01-05T09:30:00.000Z") for _ in range(40)]
    first = len(sender.events())
    open_all(servers, mails)
    until(lambda: len(sender.events()) == first + 40)
    events = sender.events()
    assert [event["number"] for event in events] == list(range(1, first + 41))
    assert [len(sender.message(mail)["hits"]) for mail in mails] == [1] * 40


def test_a_live_client_hears_of_hits_at_the_other_server(
    servers: tuple[Server, Server], sender: Sender
) -> None:
    mail, told = sender.mail(sent_at="2026-01-05T09:30:00.000Z"), list[int]()
    before = len(sender.events())

    async def hear() -> None:
        following = asyncio.create_task(crash.follow(sender, told))
        async with asyncio.timeout(15):
            await asyncio.to_thread(until, lambda: len(told) == before)
            await asyncio.to_thread(visit, servers[1], mail.pixel(), PROXY)
            await asyncio.to_thread(until, lambda: len(told) > before)
        following.cancel()

    asyncio.run(hear())
    assert told == list(range(1, before + 2))
