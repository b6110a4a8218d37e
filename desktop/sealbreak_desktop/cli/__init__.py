"""The command `sealbreak`."""

import argparse
import sqlite3
import sys
from collections.abc import Callable, Sequence

from sealbreak_desktop.cli import history
from sealbreak_desktop.errors import NotPairedError, SealbreakError, UnreachableError
from sealbreak_desktop.files.history import read_history
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.files.settings import (
    TokenPlace,
    is_readable_on_the_way,
    load_pairing,
    server_address,
)
from sealbreak_desktop.server import pairing
from sealbreak_desktop.system import instance

ABOUT = """\
Tells you, in the moment it happens, that a mail you sent from Gmail is opened or a link in it
followed. Without a command it shows an icon in the tray and stays there.
"""
EXAMPLES = """\
first steps:
  sealbreak-server pair                          on the server: prints a code
  sealbreak pair https://track.example.com ABCD-EFGH
  sealbreak                                      the icon appears; errors are told here

SEALBREAK_STATE=FOLDER keeps settings, history, log and lock in that one folder.
"""

CURE = "A damaged one is set aside, and filled again by the server, when the tray starts next."
INSTALL = "The tray needs the extra `desktop`: pip install 'sealbreak[desktop]'"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    run: Callable[[Paths, argparse.Namespace], int] = options.run
    try:
        return run(paths_from(), options)
    except SealbreakError as error:
        print(f"sealbreak: {error}", file=sys.stderr)
    except ImportError as error:
        print(f"sealbreak: {error.name or error} is not installed\n{INSTALL}", file=sys.stderr)
    except sqlite3.Error as error:
        print(f"sealbreak: the history cannot be read: {error}\n{CURE}", file=sys.stderr)
    except OSError as error:
        print(f"sealbreak: {error.strerror or error}: {error.filename or ''}", file=sys.stderr)
    except KeyboardInterrupt:
        print("sealbreak: stopped", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealbreak",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_tray)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_pair(commands)
    _add_paired(commands)
    _add_history(commands)
    doctor = commands.add_parser(
        "doctor", help="say what is missing on this computer, and the cure"
    )
    doctor.set_defaults(run=_doctor)
    out = commands.add_parser("sign-out", help="forget the token here and at the server")
    out.set_defaults(run=_sign_out)
    return parser


Commands = argparse._SubParsersAction  # its public name is only in the type stubs


def _add_pair(commands: "Commands[argparse.ArgumentParser]") -> None:
    pair = commands.add_parser(
        "pair",
        help="connect this computer with a server",
        description="Connect this computer with a server. `sealbreak-server pair` prints the code;"
        " it works once, for ten minutes. The token goes into the system's keyring.",
    )
    pair.add_argument("address", metavar="ADDRESS", help="such as https://track.example.com")
    pair.add_argument(
        "code", metavar="CODE", nargs="?", help="such as ABCD-EFGH; asked for when it is not given"
    )
    pair.add_argument(
        "--token-file",
        action="store_true",
        help="keep the token in a file that only you can read, not in the keyring: programs that"
        " run as you, and backups, can then read it",
    )
    pair.set_defaults(run=_pair)


def _add_paired(commands: "Commands[argparse.ArgumentParser]") -> None:
    paired = commands.add_parser(
        "paired", help="exit with 0 when this computer is paired with that server, else with 1"
    )
    paired.add_argument("address", metavar="ADDRESS")
    paired.set_defaults(run=_paired)


def _add_history(commands: "Commands[argparse.ArgumentParser]") -> None:
    history = commands.add_parser(
        "history", help="print what happened, from this computer's own copy"
    )
    history.add_argument("--json", action="store_true", help="as the server sent it, newest first")
    history.add_argument(
        "--limit", type=int, default=50, metavar="N", help="print at most N events (50)"
    )
    history.set_defaults(run=_history)


def _tray(paths: Paths, _: argparse.Namespace) -> int:
    from sealbreak_desktop.app import run_tray

    if not run_tray(paths):
        print("Sealbreak is running already; it was asked to show the history.")
    return 0


def _pair(paths: Paths, options: argparse.Namespace) -> int:
    address = server_address(options.address)
    if is_readable_on_the_way(address):
        print(
            "sealbreak: this address is not encrypted; use https outside your own machine.",
            file=sys.stderr,
        )
    if pairing.works(paths, address):
        print(f"This computer is paired with {address} already, and it works.")
        return 0
    place: TokenPlace = "file" if options.token_file else "keyring"
    paired = pairing.pair(paths, address, options.code or _asked_for(), place)
    instance.tell_running(paths.lock, instance.RELOAD)
    print(f"Paired with {address} as {paired.account}.")
    return 0


def _asked_for() -> str:
    """The launcher gives the code here, as every user of the machine can read command lines."""
    if sys.stdin.isatty():
        print("Code: ", end="", flush=True)
    return sys.stdin.readline().strip()


def _paired(paths: Paths, options: argparse.Namespace) -> int:
    address = server_address(options.address)
    try:
        works = pairing.works(paths, address)
    except UnreachableError as error:
        print(f"sealbreak: paired, but: {error.title}", file=sys.stderr)
        works = True
    print(f"{'Paired' if works else 'Not paired'} with {address}.")
    return 0 if works else 1


def _history(paths: Paths, options: argparse.Namespace) -> int:
    from sealbreak_desktop.core import now

    paired = load_pairing(paths.settings)
    if paired is None:
        raise NotPairedError
    entries = read_history(paths.history(paired.owner), max(0, options.limit))
    if options.json:
        print(history.as_json(entries))
        return 0
    for line in history.as_text(entries, now()) if entries else ("Nothing yet.",):
        print(line)
    return 0


def _doctor(paths: Paths, _: argparse.Namespace) -> int:
    from sealbreak_desktop.cli.doctor import examine

    fine = True
    for finding in examine(paths):
        print(finding)
        fine = fine and finding.fine
    return 0 if fine else 1


def _sign_out(paths: Paths, _: argparse.Namespace) -> int:
    told = pairing.sign_out(paths)
    instance.tell_running(paths.lock, instance.RELOAD)
    print("Signed out. The history on this computer is kept.")
    if not told:
        print(
            "sealbreak: the server could not be told: remove this computer there"
            " (`sealbreak-server devices`).",
            file=sys.stderr,
        )
    return 0
