"""`sealbreak-server pair`: a one-time code that pairs one device."""

import getpass
import json
import os
import sys
import time
from argparse import ArgumentParser

from sealbreak_server.cli.arguments import Options, add_database, add_json, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.events.wire import wire_time
from sealbreak_server.settings import Settings
from sealbreak_server.storage import accounts

FIRST_PERSON = 501 if sys.platform == "darwin" else 1000
"""Smaller user ids are those of root and of services."""
NAMELESS = "The sender"
DESCRIPTION = """\
Make a one-time code that pairs one device: a browser extension, a tray app or an API client.
The code is valid for 10 minutes.

  sealbreak-server pair --name "Ann Example"
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--name", help="your name, as recipients see it on their page")
    parser.add_argument(
        "--account",
        metavar="NAME",
        help="the account, when several people share this server; created if it does not exist",
    )
    add_json(parser, "one JSON object")
    add_database(parser)


def run(options: Options) -> int:
    now = time.time()
    code = new_code(read_options(options), now, options.name, options.account)
    if options.json:
        expires = wire_time(now + accounts.PAIRING_SECONDS)
        print(json.dumps({"code": code, "expires_at": expires}))
    else:
        print(f"{code}\nType it within 10 minutes; it pairs one device.")
    return 0


def new_code(
    settings: Settings, now: float, name: str | None = None, account: str | None = None
) -> str:
    with open_storage(settings) as storage:
        return storage.transaction(accounts.new_pairing, name, login_name(), now, account)


def login_name() -> str:
    """Recipients read it on their page, so the name of a system account says nothing to them."""
    if sys.platform != "win32" and os.getuid() < FIRST_PERSON:
        return NAMELESS
    try:
        return getpass.getuser().capitalize()
    except (ImportError, KeyError, OSError):  # ImportError on Windows without a name
        return NAMELESS
