"""`sealbreak paired`: is this computer paired with a server?"""

import argparse
import sys

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.errors import UnreachableError
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.addresses import server_address


def add(commands: Commands) -> None:
    text = "exit with 0 if this computer is paired with that server, else with 1"
    paired = commands.add_parser("paired", help=text, description=text.capitalize() + ".")
    paired.add_argument("address", metavar="ADDRESS", help="of the server, as https://...")
    paired.set_defaults(run=run)


def run(paths: Paths, options: argparse.Namespace) -> int:
    address = server_address(options.address)
    try:
        works = pairing.works(paths, address)
    except UnreachableError as error:
        print(f"sealbreak: paired, but the server was not reached: {error.title}", file=sys.stderr)
        works = True
    print(f"{'Paired' if works else 'Not paired'} with {address}.")
    return 0 if works else 1
