"""`python tests/screenshots [tray|extension|history|store ...]`: pictures of the real programs."""

import sys
from collections.abc import Callable
from pathlib import Path

from screenshots.extension import extension_pictures
from screenshots.history import history_pictures
from screenshots.store import store_pictures
from screenshots.tray import tray_pictures

HERE = Path(__file__).parent
RUNS: dict[str, Callable[[Path], object]] = {
    "tray": tray_pictures,
    "extension": extension_pictures,
    "history": history_pictures,
    "store": store_pictures,
}


def main(wanted: list[str]) -> None:
    if unknown := set(wanted) - set(RUNS):
        sys.exit(f"no such pictures: {', '.join(sorted(unknown))}; there are: {', '.join(RUNS)}")
    for name in wanted or RUNS:
        RUNS[name](HERE)
        print(f"taken: {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
