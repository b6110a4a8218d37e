"""`sealbreak doctor`: check all that the tray depends on, and say how to get what is missing."""

import argparse

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.files.paths import Paths


def add(commands: Commands) -> None:
    doctor = commands.add_parser(
        "doctor", help="check this computer, and say how to get what is missing"
    )
    doctor.set_defaults(run=run)


def run(paths: Paths, _: argparse.Namespace) -> int:
    from sealbreak_desktop.cli.checks import examine

    ok = True
    for finding in examine(paths):
        print(finding)
        ok = ok and finding.ok
    return 0 if ok else 1
