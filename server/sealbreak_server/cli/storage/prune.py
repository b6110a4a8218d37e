"""`sealbreak-server prune`: erases by age, as `--keep-days` does while the server runs."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace

from sealbreak_server.cli.arguments import Options, add_database, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.cli.storage.erasing import add_yes, clean, mails, may_erase, say_done
from sealbreak_server.storage import retention

DAY = 24 * 3600
DESCRIPTION = """\
Erase all messages that were sent more than DAYS days ago, of all accounts, with their hits and
events. The command first shows how many. The setting --keep-days of the server does the same every
hour.

Databases from before an update or a restore are deleted from the folder `backups`, as nothing can
be erased from them.

  sealbreak-server prune 365
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("days", type=_days, metavar="DAYS", help="the age in days, 1 or more")
    add_yes(parser)
    add_database(parser)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def run(options: Options) -> int:
    settings, now, count = read_options(options), time.time(), 0
    age = "a day" if options.days == 1 else f"{options.days} days"
    before = now - options.days * DAY
    with open_storage(settings) as storage:
        found = storage.transaction(retention.expired, before)
        if not any(found):
            print(f"Nothing is older than {age}. Nothing was erased.")
            return 0
        print(f"These are older than {age} and will be erased:\n{_plan(found)}")
        if not may_erase(yes=options.yes):
            return 1
        while some := storage.transaction(retention.delete_expired, before, now):
            count += some
        clean(storage, replace(settings, keep_days=options.days))
        say_done(storage, f"Erased {mails(count)} older than {age}.")
    return 0


def _plan(found: retention.Expired) -> str:
    parts = (
        (found.mails, f"{mails(found.mails)}, with their hits and events"),
        (found.hits, f"{found.hits:,} hits of mails that were never registered"),
        (found.events, f"{found.events:,} events of other mails, or of none"),
    )
    return "\n".join(f"  {words}" for count, words in parts if count)
