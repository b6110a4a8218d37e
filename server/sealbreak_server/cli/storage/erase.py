"""`sealbreak-server erase`: erases a message or a person, on request."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from sealbreak_server.cli.arguments import Options, add_account, add_database, read_options
from sealbreak_server.cli.database import account_id, open_storage
from sealbreak_server.cli.storage.erasing import add_yes, clean, mails, may_erase, say_done
from sealbreak_server.errors import NotFoundError
from sealbreak_server.storage import Storage, erasure
from sealbreak_server.storage.erasure import Matches, Sketch
from sealbreak_server.storage.migrations.backup import copies

SHOWN = 10
"""Mails that are listed one by one."""
DESCRIPTION = """\
Erase a message, or a person from all messages. The command first shows what would go. This cannot
be undone. Links in mails that were sent keep working; later opens and clicks are not kept.

Databases from before an update or a restore are deleted from the folder `backups`, as nothing can
be erased from them. Copies that you made with `sealbreak-server backup` stay: delete them yourself.

  sealbreak-server erase --recipient ann@example.com
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--message", metavar="ID", help="the last part of the address of its history page"
    )
    what.add_argument("--recipient", metavar="ADDRESS", help="the mail address of the person")
    add_yes(parser)
    add_database(parser)


def run(options: Options) -> int:
    settings = read_options(options)
    find, erase = (
        (erasure.matches_message, erasure.erase_message)
        if options.message
        else (erasure.matches_recipient, erasure.erase_recipient)
    )
    wanted = options.message or options.recipient
    with open_storage(settings) as storage:
        account = account_id(storage, options.account)
        found = storage.transaction(find, account, wanted)
        if not found:
            raise NotFoundError(_nothing(options))
        print("\n".join(_plan(storage, found, options.recipient)))
        if not may_erase(yes=options.yes):
            return 1
        erased = storage.transaction(erase, account, wanted, time.time())
        clean(storage, settings)
        say_done(storage, _done(erased, options.recipient))
    return 0


def _nothing(options: Options) -> str:
    if options.message:
        return f"There is no message {options.message!r}. Nothing was erased."
    return f"No mail was sent to {options.recipient!r}. Nothing was erased."


def _plan(storage: Storage, found: Matches, person: str | None) -> Iterator[str]:
    for messages, words in (
        (found.whole, "These mails will be erased, with all that is known of them:"),
        (found.parts, f"{person} will be removed from these mails, which others got too:"),
    ):
        if messages:
            yield words
            yield from _listed(storage.transaction(erasure.sketches, messages[:SHOWN]))
            if len(messages) > SHOWN:
                yield f"  and {len(messages) - SHOWN:,} more"
    if made := copies(storage.backups):
        yield "These copies of the database, from before an update or a restore, will be deleted:"
        yield from (f"  {path}" for path, _ in made)


def _listed(mails: Sequence[Sketch]) -> Iterator[str]:
    for mail in mails:
        if mail.sent_at is None:
            yield f"  {mail.message}, which was not registered, with {mail.hits:,} hits"
        else:
            day = datetime.fromtimestamp(mail.sent_at, UTC).date()
            subject = mail.subject or "(no subject)"
            yield f"  {day}  {subject}, with {mail.hits:,} hits and {mail.events:,} events"


def _done(erased: Matches, person: str | None) -> str:
    said = [f"Erased {mails(len(erased.whole))}."] if erased.whole else []
    if erased.parts:
        said.append(f"Removed {person} from {mails(len(erased.parts))}.")
    return " ".join([*said, "Their links keep working; later hits are answered and not kept."])
