"""What the commands that erase share: the question, and the files afterwards."""

import math
import sys
import time
from argparse import ArgumentParser

from sealbreak_server.cli.confirm import agrees
from sealbreak_server.errors import UnavailableError
from sealbreak_server.jobs.traces import remove_traces
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage

POSTGRESQL_KEEPS = (
    "PostgreSQL's tables were rewritten without it. Its write-ahead log holds it until those files"
    " are used again, its archives and dumps for as long as they are kept."
)
NO_TERMINAL = "Nothing was erased: without a terminal to ask in, give --yes."


def add_yes(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="erase without asking")


def may_erase(*, yes: bool) -> bool:
    """Says so when nothing will be erased."""
    if yes or agrees("Erase this?"):
        return True
    print("Nothing was erased." if sys.stdin.isatty() else NO_TERMINAL, file=sys.stderr)
    return False


def clean(storage: Storage, settings: Settings) -> None:
    """Raises `UnavailableError` when the files still hold what was erased."""
    try:
        remove_traces(storage, settings, time.time(), copies_before=math.inf, rewrite=True)
    except UnavailableError as error:
        raise UnavailableError(
            f"It is erased, but deleted data is still in the files: {error.message} A running"
            " server tries again within a day."
        ) from error


def say_done(storage: Storage, words: str) -> None:
    print(words)
    if storage.can_listen:
        print(POSTGRESQL_KEEPS)


def mails(count: int) -> str:
    return f"{count:,} mail{'' if count == 1 else 's'}"
