"""`sealbreak-server prune`: erases by age, as `--keep-days` does while the server runs."""

import time
from argparse import ArgumentParser, ArgumentTypeError

from sealbreak_server.cli.arguments import Options, add_database, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.storage import retention

DAY = 24 * 3600
DESCRIPTION = """\
Erase all messages that were sent more than DAYS days ago, of all accounts, with their hits and
events. The setting --keep-days of the server does the same every hour.

  sealbreak-server prune 365
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("days", type=_days, metavar="DAYS", help="the age in days, 1 or more")
    add_database(parser)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def run(options: Options) -> int:
    now, count = time.time(), 0
    with open_storage(read_options(options)) as storage:
        while found := storage.transaction(retention.delete_expired, now - options.days * DAY, now):
            count += found
    age = "a day" if options.days == 1 else f"{options.days} days"
    print(f"Erased {count} message{'' if count == 1 else 's'} older than {age}.")
    return 0
