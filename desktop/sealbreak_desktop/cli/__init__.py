"""The command `sealbreak`: one module for each of its commands."""

import argparse
import os
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from sealbreak_desktop.cli import doctor, history, pair, paired, sign_out, tray
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.paths import Paths, paths_from

ABOUT = """\
Shows a notification when a mail you sent from Gmail is opened, or a link in it is followed. Without
a command it starts the tray icon, and runs until you quit it.
"""
EXAMPLES = """\
first steps:
  sealbreak-server pair                          on the server: prints a code
  sealbreak pair https://track.example.com ABCD-EFGH
  sealbreak                                      the icon appears; errors are printed here

SEALBREAK_STATE=FOLDER keeps settings, history, log and lock in that one folder.
"""
DAMAGED = "If it is damaged, start the tray: it keeps the damaged file and gets the events again."
INSTALL = "The tray needs the extra `desktop`: pip install 'sealbreak[desktop]'"


def main(arguments: Sequence[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    run: Callable[[Paths, argparse.Namespace], int] = options.run
    try:
        return run(paths_from(_environment(options)), options)
    except SealbreakError as error:
        print(f"sealbreak: {error}", file=sys.stderr)
    except ImportError as error:
        print(f"sealbreak: {error.name or error} is not installed\n{INSTALL}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"sealbreak: the history cannot be read: {error}\n{DAMAGED}", file=sys.stderr)
    except OSError as error:
        print(f"sealbreak: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    except KeyboardInterrupt:
        print("sealbreak: stopped", file=sys.stderr)
    return 1


def _environment(options: argparse.Namespace) -> Mapping[str, str]:
    return {**os.environ, "SEALBREAK_STATE": options.state} if options.state else os.environ


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealbreak",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('sealbreak')}")
    # For Windows, which starts programs at login without variables of their own.
    parser.add_argument("--state", metavar="FOLDER", help="the same as SEALBREAK_STATE=FOLDER")
    parser.set_defaults(run=tray.run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (pair, paired, history, doctor, sign_out):
        command.add(commands)
    return parser
