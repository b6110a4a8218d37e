"""What the server's benchmarks stand on: a server with data of its own, and wrk."""

import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.security.secrets import hash_secret, new_secret
from sealbreak_server.security.tokens import new_id
from support.server.process import GMAIL, Mail, Server, running
from support.server.totals import RECOUNT

HERE = Path(__file__).parent
OFFER = "https://example.com/offer"
DAY = 24 * 3600
STRANGERS = 10
"""Of so many mails, one is not registered."""

Row = dict[str, object]


def row(name: str, value: float, unit: str, base: float | None = None) -> Row:
    """`base`: what it is held against, in the same unit and measured in the same run."""
    made: Row = {"name": name, "value": _short(value), "unit": unit}
    if base:
        made |= {"base": _short(base), "ratio": round(value / base, 3)}
    return made


def _short(value: float) -> float:
    return round(value) if abs(value) >= 1000 else float(f"{value:.3g}")


@contextmanager
def folder() -> Iterator[Path]:
    """On a disk: a /tmp in memory would flatter what syncs."""
    with tempfile.TemporaryDirectory(prefix="sealbreak-bench-", dir="/var/tmp") as made:
        yield Path(made) / "data"


@dataclass
class Ground:
    """A data folder with one account, filled past the API: millions of rows in seconds."""

    data: Path
    account: int
    owner: str

    def mail(self, message: str) -> Mail:
        key = load_or_make_keys(self.data / "keys").message_key(self.owner, message)
        return Mail(message, key, self.owner)

    def add_messages(self, count: int, sent_ago: float = 60, apart: float = 1) -> list[str]:
        """Sent `apart` seconds after each other, the last of them `sent_ago` seconds ago."""
        ids, now = [new_id() for _ in range(count)], time.time() - sent_ago
        with closing(self.database()) as database, database:
            times = [(id_, self.account, now, now - at * apart) for at, id_ in enumerate(ids)]
            database.executemany(ADD_MESSAGE, times)
            database.executemany(ADD_PERSON, [(id_,) for id_ in ids])
            database.executemany(ADD_LINK, [(id_, OFFER) for id_ in ids])
        return ids

    def add_hits(self, count: int, each: int = 20) -> list[str]:
        """A year of mails, and what became of them; the newest first.

        Of four mails one was asked for by machines only, the others were opened; of some a link
        was followed.
        """
        mails = count // each
        messages = self.add_messages(mails, sent_ago=2 * DAY, apart=360 * DAY / mails)
        with closing(self.database()) as database, database:
            database.execute("CREATE TEMP TABLE filled (at INTEGER PRIMARY KEY, message TEXT)")
            database.executemany("INSERT INTO filled VALUES (?, ?)", list(enumerate(messages)))
            database.commit()
            database.execute("BEGIN IMMEDIATE")  # a running server writes meanwhile
            (first,) = database.execute("SELECT coalesce(max(id), 0) + 1 FROM hit").fetchone()
            numbers = {"first": first, "count": mails * each, "owner": self.owner, "each": each}
            database.execute(ADD_HITS, numbers)
            database.execute(ADD_VERDICTS, numbers)
            database.execute(COUNT_HITS, {"each": each})
            database.execute("UPDATE counter SET value = ? WHERE name = 'hit'", (first + count,))
            database.executescript(f"DELETE FROM hit_count; DELETE FROM total; {RECOUNT}")
        return messages

    def add_devices(self, count: int) -> list[str]:
        """Their tokens."""
        tokens = [new_secret() for _ in range(count)]
        with closing(self.database()) as database, database:
            rows = [(new_id(), self.account, hash_secret(token)) for token in tokens]
            database.executemany(ADD_DEVICE, rows)
        return tokens

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.data / "sealbreak.sqlite3")


ADD_MESSAGE = """
INSERT INTO message
    (id, account_id, registered_at, sent_at, subject, people, level, pixel, withdrawn,
    opens, clicks, machines, unclear, own, apple, gmail_account)
VALUES (?1, ?2, ?3, ?4, 'Offer 12', 'offer 12' || char(10) || 'ann ann@example.com', 'full', 1, 0,
    0, 0, 0, 0, 0, 0, iif(substr(?1, 1, 1) < 'm', 'ann@example.org', 'ann@example.com'))
"""
"""About every second mail is from another Gmail account."""
ADD_DEVICE = """
INSERT INTO device (id, account_id, name, kind, token_hash, created_at, seen_at)
VALUES (?, ?, 'Bench', 'api', ?, 0, 0)
"""
ADD_PERSON = """
INSERT INTO recipient
    (message_id, position, address, name, kind, copy_number, person, folded_name)
VALUES (?, 0, 'ann@example.com', 'Ann', 'to', 0, 'ann@example.com', 'ann')
"""
ADD_LINK = "INSERT INTO link (message_id, n, url, hidden) VALUES (?, 1, ?, 0)"
ADD_HITS = """
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count - 1)
INSERT INTO hit (id, owner, message, copy_number, kind, link, time, method, address, headers,
    own_click)
SELECT :first + n, :owner, message, 0, iif(clicks, 'click', 'open'), iif(clicks, 1, NULL),
    sent_at + 60000.0 * (1 + n % :each) / :each, 'GET', '', '[]', 0
FROM (
    SELECT n, message, sent_at, n % :each = :each - 1 AND at % 5 = 1 AS clicks
    FROM numbers JOIN filled ON filled.at = n / :each JOIN message ON message.id = filled.message
)
"""
ADD_VERDICTS = """
INSERT INTO verdict (hit_id, message, actor, via, reason, evidence, device_known, location_known,
    sure, rules, counted, due, event)
SELECT id, hit.message, iif(at % 4, 'human', 'machine'), iif(at % 4, 'gmail-proxy', 'apple-mpp'),
    iif(at % 4, 'gmail_proxy', 'apple'), '[]', 0, 0, 1, 1,
    at % 4 > 0 AND (kind = 'click' OR (id - :first) % 2 = 0), NULL, NULL
FROM hit JOIN filled ON filled.at = (id - :first) / :each WHERE id >= :first
"""
COUNT_HITS = """
UPDATE message SET opens = iif(at % 4, :each / 2, 0), clicks = at % 4 > 0 AND at % 5 = 1,
    machines = iif(at % 4, 0, :each), last_event_at = sent_at + 60000.0 / :each,
    first_opened_at = iif(at % 4, sent_at + 60000.0 / :each, NULL)
FROM filled WHERE filled.message = message.id
"""


def prepared(data: Path) -> tuple[Ground, str]:
    """A data folder with keys and an account, and the token of a device of it."""
    with running(data) as server:
        sender = server.sender()
        sender.http.close()
        server.stop()
    ground = Ground(data, 1, sender.paired["account"]["owner"])
    return ground, sender.paired["token"]


def targets(ground: Ground, registered: Sequence[str], path: Path, *, links: bool = False) -> Path:
    """One address a line; every tenth is of a mail whose registration has not come."""
    strangers = [new_id() for _ in range(len(registered) // STRANGERS)]
    mails = map(ground.mail, [*registered, *strangers])
    path.write_text("".join((m.link(1, OFFER) if links else m.pixel()) + "\n" for m in mails))
    return path


@dataclass
class Load:
    count: int
    rate: float
    """Answers a second."""
    median: float
    """Milliseconds, as `worst`: the 99th percentile."""
    worst: float
    processor: float
    """Microseconds of the server's processor time for an answer: what other work does not blur."""


class Asked(Protocol):
    """A server that is measured; a peer is one too."""

    @property
    def url(self) -> str: ...

    @property
    def process(self) -> subprocess.Popen[str]: ...


def wrk(
    server: Asked,
    connections: int,
    seconds: float,
    listed: Path | None = None,
    *,
    path: str = "/",
) -> Load:
    """Asks for `path`, or for the addresses in `listed` in a random order."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--latency"]
    if listed is not None:
        command += ["-s", str(HERE / "wrk_targets.lua")]
    wanted = {"TARGETS": str(listed), "AGENT": GMAIL["user-agent"]}
    before = processor(server)
    said = subprocess.run(
        [*command, server.url + path], capture_output=True, text=True, check=True,
        env={**os.environ, **wanted},
    ).stdout  # fmt: skip
    assert "Non-2xx" not in said, said
    count = int(_found(r"(\d+) requests in", said))
    return Load(
        count,
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _milliseconds(_found(r"\n +50% +(\S+)", said)),
        _milliseconds(_found(r"\n +99% +(\S+)", said)),
        1e6 * (processor(server) - before) / max(count, 1),
    )


def processor(server: Asked) -> float:
    """Seconds."""
    numbers = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def _milliseconds(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text)
    assert match, text
    return float(match[1]) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[match[2]]


def drained(server: Server, seconds: float = 3600) -> float:
    """Waits until the spool is taken in; how long that took."""
    start = time.monotonic()
    while list((server.data / "spool").glob("*.jsonl")):
        assert time.monotonic() - start < seconds, "the spool is not taken in"
        time.sleep(0.05)
    return time.monotonic() - start


def memory(server: Server) -> float:
    """Resident, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(_found(r"VmRSS:\s+(\d+)", status)) / 1024
