"""`sealbreak-server erase`: erases a message or a person, on request."""

import time
from argparse import ArgumentParser

from sealbreak_server.cli.arguments import Options, add_account, add_database, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.errors import NotFoundError
from sealbreak_server.settings import Settings
from sealbreak_server.storage import erasure
from sealbreak_server.storage.accounts import meant_account

DESCRIPTION = """\
Erase a message, or a person from all messages. This cannot be undone. Links in mails that
were sent keep working.

  sealbreak-server erase --recipient ann@example.com
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--message", metavar="ID", help="the last part of the address of its history page"
    )
    what.add_argument("--recipient", metavar="ADDRESS", help="the mail address of the person")
    add_database(parser)


def run(options: Options) -> int:
    settings = read_options(options)
    if options.message:
        _erase_message(settings, options.account, options.message)
    else:
        _erase_recipient(settings, options.account, options.recipient)
    return 0


def _erase_message(settings: Settings, account: str | None, message: str) -> None:
    def erase() -> bool:
        return erasure.erase_message(meant_account(account), message, time.time())

    with open_storage(settings) as storage:
        if not storage.transaction(erase):
            raise NotFoundError(f"There is no message {message!r}.")
    print("Erased. Its links keep working; later hits on it are not linked to anybody.")


def _erase_recipient(settings: Settings, account: str | None, address: str) -> None:
    def erase() -> int:
        return erasure.erase_recipient(meant_account(account).id, address, time.time())

    with open_storage(settings) as storage:
        count = storage.transaction(erase)
    print(f"Erased from {count} message{'' if count == 1 else 's'}.")
