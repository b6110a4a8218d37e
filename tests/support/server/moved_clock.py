"""The server with a clock that a file moves, and with retention at all times.

    python moved_clock.py FILE serve ...

FILE holds the seconds by which the clock is fast; it can be changed while the server runs.
"""

import sys
import time
from pathlib import Path

OFFSET, *ARGUMENTS = sys.argv[1:]
real = time.time


def moved() -> float:
    return real() + float(Path(OFFSET).read_text(encoding="ascii"))


if __name__ == "__main__":
    time.time = moved  # before anything is imported that keeps a reference to it
    from sealbreak_server.cli.main import main
    from sealbreak_server.jobs import retention

    retention.INTERVAL_SECONDS = 0.2
    sys.exit(main(ARGUMENTS))
