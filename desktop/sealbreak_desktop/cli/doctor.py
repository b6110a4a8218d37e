"""`sealbreak doctor`: check all that the tray depends on, and say how to get what is missing."""

import argparse
import sys
from pathlib import Path

from sealbreak_desktop.cli.commands import Commands
from sealbreak_desktop.files.paths import Paths


def add(commands: Commands) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="check this computer, and say how to get what is missing",
        description="Check all that the tray depends on. 'ok' stands only for what was checked in"
        " this moment. Exits with 0 if no problem was found, else with 1.",
    )
    doctor.add_argument(
        "--mend",
        action="store_true",
        help="first let this Python use the system's libraries for the tray icon (PyGObject)",
    )
    doctor.set_defaults(run=run)


def run(paths: Paths, options: argparse.Namespace) -> int:
    if options.mend:
        print(_mend())
    from sealbreak_desktop.cli.checks import examine
    from sealbreak_desktop.cli.checks.finding import Status

    found = set()
    for finding in examine(paths):
        print(finding, flush=True)  # the next one may take seconds
        found.add(finding.status)
    return 1 if Status.PROBLEM in found else 0


def _mend() -> str:
    """Returns what was done, or why not."""
    from sealbreak_desktop.system import system_gi

    if sys.platform != "linux" or not system_gi.is_virtual():
        return "Nothing to mend: only a virtual environment on Linux needs the system's PyGObject."
    found = system_gi.find()
    if found is None or system_gi.obstacle(found):
        return f"Not mended: {system_gi.obstacle(found)}."
    folder = system_gi.link(found, Path(sys.prefix))
    sys.path.append(str(folder))  # a .pth file is read at the next start only
    return f"Mended: the system's PyGObject is linked in {folder}."
