"""Made-up requests against a real server for as long as one likes; nothing may answer 500 or raise.

Run it by hand: `nice python tests/soak/fuzz.py --minutes 10`. It prints its counts as JSON.
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from http.client import HTTPException
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent.parent))

from support.server.fuzzing import Counts, fuzz_document, fuzz_in_turn
from support.server.process import Mail, Sender, Server, running
from support.server.stranger import device_of, join, said, token_of
from support.server.wire import ask, connection, read_answer

TARGET = "https://example.com/offer"
PIECES = rb"""
GET|POST|OPTIONS| |/|*|?|#|%00|%ff|..|\\|HTTP/1.1|HTTP/2.0|Host: a|Content-Length: 5|{}|[
Content-Length: -1|Transfer-Encoding: chunked|Upgrade: websocket|Connection: Upgrade|0
Sec-WebSocket-Version: 13|Sec-WebSocket-Key: AAAA|Cookie: a=b|Expect: 100-continue|/history
Authorization: Bearer x|X-Forwarded-For: 192.0.2.1|/api/v1/messages|/api/v1/live|/o/a/b.gif
/l/a/b/1?to=&sig=
"""
BREAKS = [b"\r\n", b"\n", b"\r", b"\0", b"\xff", b"a" * 5000]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as server:
        counts, rounds = fuzz(server, options.seed, time.monotonic() + 60 * options.minutes)
        output = said(server)
        alive = server.process.poll() is None
    failed = counts.failures or counts.statuses[500] or "Traceback" in output or not alive
    print(json.dumps({
        "seed": options.seed, "rounds": rounds, "requests": counts.requests,
        "statuses": dict(sorted(counts.statuses.items())), "links": len(counts.led), "alive": alive,
        "tracebacks": output.count("Traceback"), "failures": counts.failures[:20],
    }, indent=1))  # fmt: skip
    if failed:
        print(output[-5000:], file=sys.stderr)
    return int(bool(failed))


def fuzz(server: Server, seed: int, end: float) -> tuple[Counts, int]:
    counts, rounds = Counts(), 0
    while time.monotonic() < end:
        rounds += 1
        chance = random.Random(seed + rounds)
        with join(server, f"Ann {rounds % 3}") as ann:
            token, number = token_of(ann), seed + rounds
            fuzz_document(server.url, token, counts, examples=25, number=number)
            fuzz_in_turn(server.url, token, device_of(ann), counts, examples=25, number=number)
            mail = ann.mail()
            fuzz_links(server, mail, chance, counts.statuses)
            fuzz_bytes(server, ann, chance, counts.statuses)
        if counts.failures or "Traceback" in said(server):
            break
    return counts, rounds


def fuzz_links(server: Server, mail: Mail, chance: random.Random, statuses: Counter[int]) -> None:
    """Good addresses with something changed, and good signatures of odd targets."""
    for _ in range(150):
        odd = [chance.choice((chance.randrange(128), chance.randrange(0xD000))) for _ in range(5)]
        target = TARGET + "".join(map(chr, odd[: chance.randrange(6)]))
        path = chance.choice(
            (mail.pixel(), mail.page(), mail.link(1, target), mail.link(1, TARGET))
        )
        if chance.random() < 0.7:
            at = chance.randrange(len(path))
            path = (
                path[:at] + quote(chr(chance.randrange(256)), encoding="latin-1") + path[at + 1 :]
            )
        answer = ask(server.url, "GET", path if path.startswith("/") else f"/{path}")
        statuses[answer.status] += 1
        leads_to = answer.header("location")
        assert not leads_to or leads_to.startswith((TARGET, server.url, "/history")), leads_to


def fuzz_bytes(server: Server, ann: Sender, chance: random.Random, statuses: Counter[int]) -> None:
    """Requests put together from pieces, half of them with a good beginning. 0: no answer."""
    good = f"GET /api/v1/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token_of(ann)}\r\n"
    known = [*re.split(rb"[|\n]", PIECES.strip()), *BREAKS]
    for _ in range(150):
        pieces = [chance.choice(known) for _ in range(chance.randrange(1, 14))]
        glue = chance.choice((b"", b" ", b"\r\n"))
        start = good.encode() if chance.random() < 0.5 else b""
        with connection(server.url) as there:
            there.settimeout(0.5)
            try:
                there.sendall(start + glue.join(pieces) + b"\r\n\r\n")
                statuses[read_answer(there).status] += 1
            except (OSError, HTTPException):
                statuses[0] += 1


if __name__ == "__main__":
    sys.exit(main())
