"""`python tests/bench [NAME...]`: one JSON object a line on stdout, what is going on on stderr.

Each bench_NAME.py beside this file has `rows()`, which yields dicts with name, value, unit and,
where there is a base in the same run, base and ratio.
"""

import importlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

Rows = Callable[[], Iterator[dict[str, object]]]

HERE = Path(__file__).parent


def benchmarks(wanted: list[str]) -> dict[str, Rows]:
    """In the order of their names; all of them when none is wanted."""
    there = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    if unknown := sorted(set(wanted) - set(there)):
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(there)}")
    names = [name for name in there if not wanted or name in wanted]
    return {name: importlib.import_module(f"bench_{name}").rows for name in names}


def main(wanted: list[str]) -> None:
    for name, rows in benchmarks(wanted).items():
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        for row in rows():
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers and folders go with us
    main(sys.argv[1:])
