"""`sealbreak-server run`: server and tray app together, with the user's own settings."""

import asyncio
import os
from argparse import ArgumentParser

from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.run.launcher import Launcher, Plan
from sealbreak_server.settings import SETTINGS

DESCRIPTION = """\
Start the server and the tray app, pair the tray app, and open the page with the first steps.
Ctrl+C stops both.

  sealbreak-server run --port 9000
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser)
    parser.add_argument(
        "--token-file",
        action="store_true",
        help="keep the tray app's token in a file that only you can read, not in the keyring",
    )


def run(options: Options) -> int:
    given = {s.env: value for s in SETTINGS if (value := getattr(options, s.name))}
    plan = Plan(read_options(options), {**os.environ, **given}, options.token_file)
    return asyncio.run(Launcher(plan).run())
