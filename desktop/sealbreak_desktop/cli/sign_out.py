"""`sealbreak sign-out`: delete the token."""

import argparse
import sys

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.server import pairing
from sealbreak_desktop.system import instance


def add(commands: Commands) -> None:
    text = "delete the token on this computer and on the server"
    sign_out = commands.add_parser("sign-out", help=text, description=text.capitalize() + ".")
    sign_out.set_defaults(run=run)


def run(paths: Paths, _: argparse.Namespace) -> int:
    reached = pairing.sign_out(paths)
    instance.send_command(paths.lock, instance.RELOAD)
    print("Signed out. The history on this computer is kept.")
    if not reached:
        print(
            "sealbreak: the server was not reached: remove this computer there"
            " (`sealbreak-server devices`).",
            file=sys.stderr,
        )
    return 0
