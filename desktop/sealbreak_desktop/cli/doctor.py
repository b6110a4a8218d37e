"""`sealbreak doctor`: check all that the tray depends on, and say how to get what is missing."""

import argparse

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.files.paths import Paths


def add(commands: Commands) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="check this computer, and say how to get what is missing",
        description="Check all that the tray depends on. 'ok' stands only for what was checked in"
        " this moment. Exits with 0 if no problem was found, else with 1.",
    )
    doctor.set_defaults(run=run)


def run(paths: Paths, _: argparse.Namespace) -> int:
    from sealbreak_desktop.cli.checks import examine
    from sealbreak_desktop.cli.checks.finding import Status

    found = set()
    for finding in examine(paths):
        print(finding, flush=True)  # the next one may take seconds
        found.add(finding.status)
    return 1 if Status.PROBLEM in found else 0
