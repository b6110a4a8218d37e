"""`sealbreak-server demo`: server and tray app on throw-away data, with a scenario played."""

import asyncio
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path

from sealbreak_server.cli.arguments import Options
from sealbreak_server.cli.run.launcher import Launcher, Plan
from sealbreak_server.settings import read_settings

DESCRIPTION = """\
Start the server and the tray app on throw-away data and play a short scenario: a mail is opened
and a link in it is followed. Your own settings and data are not used.

  sealbreak-server demo --once
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="stop at the end of the scenario")


def run(options: Options) -> int:
    with tempfile.TemporaryDirectory(prefix="sealbreak-demo-") as folder:
        environ = demo_environ(os.environ, Path(folder))
        settings = read_settings({}, environ)
        plan = Plan(settings, environ, token_file=True, scenario=True, once=options.once)
        return asyncio.run(Launcher(plan).run())


def demo_environ(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Without the user's settings, and with all data in one folder.

    Loopback is a trusted proxy because the scenario plays clients with other addresses.
    """
    foreign = {name: value for name, value in environ.items() if not name.startswith("SEALBREAK_")}
    return foreign | {
        "SEALBREAK_DATA": str(folder / "server"),
        "SEALBREAK_STATE": str(folder / "tray"),
        "SEALBREAK_PORT": "0",
        "SEALBREAK_TRUSTED_PROXIES": "127.0.0.1",
    }
