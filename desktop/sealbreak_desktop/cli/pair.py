"""`sealbreak pair`: connect this computer to a server."""

import argparse
import sys

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import TokenPlace
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.addresses import is_unencrypted, server_address
from sealbreak_desktop.system import instance


def add(commands: Commands) -> None:
    pair = commands.add_parser(
        "pair",
        help="connect this computer to a server",
        description="Connect this computer to a server. `sealbreak-server pair` prints the code;"
        " it works once, for ten minutes. The token goes into the system's keyring.",
    )
    pair.add_argument("address", metavar="ADDRESS", help="for example https://track.example.com")
    pair.add_argument(
        "code",
        metavar="CODE",
        nargs="?",
        help="for example ABCD-EFGH; if it is missing, it is read from standard input",
    )
    pair.add_argument(
        "--token-file",
        action="store_true",
        help="keep the token in a file that only you can read, not in the keyring: programs that"
        " run as you, and backups, can then read it",
    )
    pair.set_defaults(run=run)


def run(paths: Paths, options: argparse.Namespace) -> int:
    address = server_address(options.address)
    if is_unencrypted(address):
        print(
            "sealbreak: the connection to this address is not encrypted; use https for a server"
            " on another machine.",
            file=sys.stderr,
        )
    if pairing.works(paths, address):
        print(f"This computer is already paired with {address}, and the pairing works.")
        return 0
    place: TokenPlace = "file" if options.token_file else "keyring"
    paired = pairing.pair(paths, address, options.code or _read_code(), place)
    instance.send_command(paths.lock, instance.RELOAD)
    print(f"Paired with {address} as {paired.account}.")
    return 0


def _read_code() -> str:
    """The launcher passes the code here, as every user of the machine can read command lines."""
    if sys.stdin.isatty():
        print("Code: ", end="", flush=True)
    return sys.stdin.readline().strip()
