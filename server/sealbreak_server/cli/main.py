"""The program `sealbreak-server`: runs the command that its first argument names.

Each command has a module with `DESCRIPTION`, `add_arguments(parser)` and `run(options)`. Only the
module of the command that runs is imported, so that `--help` answers quickly.
"""

import logging
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Protocol, cast

from sealbreak_server.cli.arguments import Options
from sealbreak_server.errors import SealbreakError

INTERRUPTED = 130
"""The exit status that a shell gives to a command that Ctrl+C ended."""
DESCRIPTION = """\
Sealbreak tells you when a mail you sent from Gmail is opened or a link in it is followed.

Start with `sealbreak-server serve`. Then make a code with `sealbreak-server pair`, and type it
in the options of the browser extension and in the tray app.
"""


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    summary: str
    module: str = ""
    """Below this package; by default it is called like the command."""

    def load(self) -> "CommandModule":
        path = f"sealbreak_server.cli.{self.module or self.name}"
        return cast(CommandModule, import_module(path))


class CommandModule(Protocol):
    DESCRIPTION: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, options: Options) -> int: ...


COMMANDS = (
    Command("serve", "run the server in the foreground"),
    Command("run", "set up and start the server and the tray app", "run.run"),
    Command("demo", "show what Sealbreak does, on throw-away data", "run.demo"),
    Command("extension", "put the browser extension into a folder"),
    Command(
        "first-steps", "make a link to the first steps for another computer", "account.first_steps"
    ),
    Command("pair", "make a one-time code that pairs one device", "account.pair"),
    Command("devices", "list the paired devices, or revoke one", "account.devices"),
    Command("preferences", "show or change what you are notified of", "account.preferences"),
    Command(
        "webhooks", "list, add or remove addresses that events are posted to", "account.webhooks"
    ),
    Command("classify", "classify requests given as JSON lines", "classification.classify"),
    Command("reclassify", "apply the current rules to recent hits", "classification.reclassify"),
    Command("export", "write everything about an account as JSON", "storage.export"),
    Command("erase", "erase a message or a person", "storage.erase"),
    Command("prune", "erase all messages older than a number of days", "storage.prune"),
    Command("data", "show or replace the data files of the classification", "classification.data"),
    Command("backup", "copy the database, also while the server runs", "storage.backup"),
    Command("restore", "put a backup in the place of the database", "storage.restore"),
    Command("rotate-keys", "add a server key for new mails", "storage.rotate_keys"),
    Command("doctor", "check settings, keys, database and reachability"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    options = make_parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except SealbreakError as error:
        print(f"{error.title}: {error.message}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED


def make_parser(chosen: str = "") -> ArgumentParser:
    """`chosen`: the command that will run. The arguments of the others are not needed."""
    parser = ArgumentParser(
        prog="sealbreak-server",
        description=DESCRIPTION,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('sealbreak')}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = subparsers.add_parser(
            command.name, help=command.summary, formatter_class=RawDescriptionHelpFormatter
        )
        if command.name == chosen:
            module = command.load()
            subparser.description = module.DESCRIPTION
            subparser.set_defaults(run=module.run)
            module.add_arguments(subparser)
    return parser
