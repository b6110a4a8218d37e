"""`sealbreak-server devices`: lists the paired devices, or revokes one."""

import json
import time
from argparse import ArgumentParser

from sealbreak_server.cli.arguments import (
    Options,
    add_account,
    add_database,
    add_json,
    read_options,
)
from sealbreak_server.cli.database import open_storage
from sealbreak_server.errors import ForbiddenError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.settings import Settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import meant_account

DESCRIPTION = """\
List the paired devices with their IDs, or revoke one: it is signed out immediately.

  sealbreak-server devices --revoke ID
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    parser.add_argument("--revoke", metavar="ID", help="sign this device out immediately")
    add_json(parser)
    add_database(parser)


def run(options: Options) -> int:
    settings = read_options(options)
    if options.revoke:
        _revoke(settings, options.account, options.revoke)
    else:
        _list(settings, options.account, as_json=options.json)
    return 0


def _list(settings: Settings, account: str | None, *, as_json: bool) -> None:
    with open_storage(settings) as storage:
        rows = storage.transaction(lambda: accounts.devices(meant_account(account).id))
    for row in rows:
        state = "revoked" if row.revoked_at else f"last seen {wire_time(row.seen_at)}"
        if as_json:
            print(json.dumps({"id": row.id, "name": row.name, "kind": row.kind, "state": state}))
        else:
            print(f"{row.id}  {row.kind:9}  {row.name}  ({state})")


def _revoke(settings: Settings, account: str | None, device: str) -> None:
    def revoke() -> bool:
        return accounts.revoke(meant_account(account).id, device, time.time())

    with open_storage(settings) as storage:
        if not storage.transaction(revoke):
            raise ForbiddenError(
                f"No device {device!r} is paired; `sealbreak-server devices` lists them."
            )
    print("Revoked. It is disconnected within a second.")
