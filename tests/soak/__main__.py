"""`python tests/soak [NAME...]`: tests that take too long for `make test`. Prints JSON lines.

crash   50 kills under load; no answered hit may be lost
day     5 million hits replayed as fast as possible
fuzz    ten minutes of random requests; none may be answered with 500
worlds  thirty minutes of random worlds, compared with a reference
containers  the image and compose.yaml, built and run on a local base; about three minutes
"""

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.server_replay import replayed
from soak import containers, crash, worlds

KILLS = 50
DAY_OF_HITS = 5_000_000
FUZZ_MINUTES = 10
WORLD_MINUTES = 30

Rows = Iterator[dict[str, object]]


def crashes() -> Rows:
    with tempfile.TemporaryDirectory(prefix="sealbreak-soak-") as folder:
        yield from crash.rows_of(crash.run(Path(folder) / "data", KILLS))


def day() -> Rows:
    yield from replayed(DAY_OF_HITS)


def fuzzes() -> Rows:
    program = str(Path(__file__).parent / "fuzz.py")
    command = [sys.executable, program, "--minutes", str(FUZZ_MINUTES)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    yield {"name": "fuzz", **json.loads(said)}


def all_worlds() -> Rows:
    yield from worlds.run(WORLD_MINUTES)


def in_containers() -> Rows:
    if reason := containers.missing():
        yield {"name": "containers", "skipped": reason}
        return
    with tempfile.TemporaryDirectory(prefix="sealbreak-soak-", dir="/var/tmp") as folder:
        yield from containers.run(Path(folder))


RUNS: dict[str, Callable[[], Rows]] = {
    "crash": crashes,
    "day": day,
    "fuzz": fuzzes,
    "worlds": all_worlds,
    "containers": in_containers,
}


def main(wanted: list[str]) -> None:
    if unknown := set(wanted) - set(RUNS):
        sys.exit(f"no such run: {', '.join(sorted(unknown))}; there are: {', '.join(RUNS)}")
    for name in wanted or RUNS:
        print(f"running: {name}", file=sys.stderr, flush=True)
        for row in RUNS[name]():
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers and folders go with us
    main(sys.argv[1:])
