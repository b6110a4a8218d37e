"""`sealbreak-server first-steps`: a link to the first steps, for a browser on another computer."""

import time
from argparse import ArgumentParser
from urllib.parse import urlsplit

from sealbreak_server.cli.account.pair import login_name
from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.cli.ssh import ssh_line
from sealbreak_server.errors import SettingsError
from sealbreak_server.security.reachability import Reach, reach
from sealbreak_server.storage import accounts
from sealbreak_server.storage.public_addresses import newest_address

DESCRIPTION = """\
Make a link to the first steps. It works once, within 5 minutes, and signs the browser in that opens
it. For a server without a desktop: open the link on another computer. Without a public address,
a line for ssh leads there.

  sealbreak-server first-steps
"""
PAGE = "/history/first-steps"


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser)


def run(options: Options) -> int:
    settings, now = read_options(options), time.time()
    with open_storage(settings) as storage:
        address = settings.public_url or storage.transaction(newest_address)
        if address is None:
            raise SettingsError("No server has started with these data yet: start it first.")
        account = storage.transaction(accounts.the_account, login_name(), now)
        code = storage.transaction(accounts.new_set_up_link, account.id, PAGE, now)
    print(f"Open this once, within 5 minutes:\n  {address}/sign-in/{code}")
    if reach(address) is Reach.LOOPBACK:
        port = urlsplit(address).port or 80
        print(f"On another computer, run this there before:\n  {ssh_line(port)}")
    return 0
