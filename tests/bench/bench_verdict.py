"""What a verdict costs: time for each, and time and memory for the data behind it."""

import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.cli.classification.classify import read_facts
from sealbreak_server.model.facts import Facts
from support.paths import TESTS
from support.server.hit_cases import cases

ROUNDS = 40
LOAD = """
import time
from pathlib import Path

def resident():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

import maxminddb, platformdirs, re2, ua_parser
before = resident()
start = time.perf_counter()
from sealbreak_server.classification import Classifier
Classifier.load()
print(time.perf_counter() - start, resident() - before, resident())
"""


def _microseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1e6


def _warm(classify: Callable[[Facts], object], facts: list[Facts]) -> list[float]:
    for one in facts:
        classify(one)
    rounds = [[_microseconds(partial(classify, one)) for one in facts] for _ in range(ROUNDS)]
    return sorted(median(times) for times in zip(*rounds, strict=True))


def _cold(classify: Callable[[Facts], object], facts: list[Facts]) -> list[float]:
    """Each with an agent that was never seen before."""
    number = itertools.count(1000)
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{}.0.0.0 Safari/537.36"
    times = []
    for one in facts:
        headers = dict(one.headers) | {"user-agent": agent.format(next(number))}
        fresh = Facts(one.kind, one.method, headers, one.address, one.seconds_after_send)
        times.append(_microseconds(partial(classify, fresh)))
    return sorted(times)


def _load() -> tuple[float, float, float]:
    """Seconds, and MB that came on top, and MB in all, in a fresh process."""
    runs = [
        subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    seconds, grown, whole = min(tuple(map(float, run.stdout.split())) for run in runs)
    return seconds, grown, whole


def rows() -> Iterator[dict[str, object]]:
    table = TESTS / "support" / "server" / "hit-cases.txt"
    facts = [read_facts(case) for case in cases(table.read_text(encoding="utf-8"))]
    classify = Classifier.load().classify
    warm, cold = _warm(classify, facts), _cold(classify, facts)
    yield {"name": "verdict, agent known, median", "value": round(median(warm), 1), "unit": "us"}
    tail = warm[int(len(warm) * 0.99)]
    yield {"name": "verdict, agent known, 99th percentile", "value": round(tail, 1), "unit": "us"}
    yield {"name": "verdict, agent new, median", "value": round(median(cold), 1), "unit": "us"}
    seconds, grown, whole = _load()
    yield {"name": "verdict data, load", "value": round(seconds, 3), "unit": "s"}
    yield {"name": "verdict data, memory", "value": round(grown, 1), "unit": "MB"}
    yield {"name": "verdict process, memory", "value": round(whole, 1), "unit": "MB"}
