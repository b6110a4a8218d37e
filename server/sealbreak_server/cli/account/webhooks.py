"""`sealbreak-server webhooks`: the addresses that events are posted to."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable

from sealbreak_server.cli.arguments import (
    Options,
    add_account,
    add_json,
    add_settings,
    read_options,
)
from sealbreak_server.cli.database import account_id, open_storage
from sealbreak_server.errors import NotFoundError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.webhook_templates import JSON, TEMPLATES
from sealbreak_server.settings import Settings
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.events.webhook_deliveries import Webhook

DESCRIPTION = """\
List the addresses that events are posted to, or add or remove one. Each post is signed with the
secret that this command prints.

  sealbreak-server webhooks --add https://example.com/hook
  sealbreak-server webhooks --add https://chat.example.com/hooks/x --template mattermost
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--add", metavar="URL", help="post each new event to this address")
    parser.add_argument(
        "--template", choices=TEMPLATES, default=JSON,
        help="with --add: what is posted; json (the default) is the whole event, the others are a"
        " sentence for a chat",
    )  # fmt: skip
    action.add_argument("--remove", metavar="ID", help="stop posting to this webhook")
    action.add_argument(
        "--enable", metavar="ID", help="use a webhook again that was disabled after days of failing"
    )
    add_json(parser)
    add_settings(parser, "data", "database_url", "webhook_networks")


def run(options: Options) -> int:
    settings = read_options(options)
    if options.remove:
        _remove(settings, options.account, options.remove)
        return 0

    def find(account: int) -> list[Webhook]:
        if options.add:
            networks = settings.webhook_networks
            now = time.time()
            return [webhook_deliveries.add(account, options.add, networks, now, options.template)]
        if options.enable:
            return [webhook_deliveries.enable(account, options.enable)]
        return webhook_deliveries.webhooks(account)

    _show(settings, options.account, find, as_json=options.json)
    return 0


def _remove(settings: Settings, account: str | None, identifier: str) -> None:
    with open_storage(settings) as storage:
        if not storage.transaction(
            webhook_deliveries.remove, account_id(storage, account), identifier
        ):
            raise NotFoundError(
                f"There is no webhook {identifier!r}; `sealbreak-server webhooks` lists them."
            )
    print("Removed.")


def _show(
    settings: Settings,
    account: str | None,
    find: Callable[[int], list[Webhook]],
    *,
    as_json: bool,
) -> None:
    """`find`: returns the webhooks to print, given the ID of the account."""
    with open_storage(settings) as storage:
        found = storage.transaction(find, account_id(storage, account))
    for webhook in found:
        state = _state(webhook)
        if as_json:
            shown = {
                "id": webhook.id, "url": webhook.url, "template": webhook.template,
                "secret": webhook.secret, "state": state,
            }  # fmt: skip
            print(json.dumps(shown))
        else:
            what = f"{webhook.template}, {state}"
            print(f"{webhook.id}  {webhook.url}  ({what})\n    signed with {webhook.secret}")


def _state(webhook: Webhook) -> str:
    if webhook.disabled_at is not None:
        return f"disabled since {wire_time(webhook.disabled_at)}: {webhook.problem}"
    if webhook.failing_since is not None:
        since = wire_time(webhook.failing_since)
        return f"failing since {since}: {webhook.problem}; {webhook.waiting} waiting"
    return f"{webhook.waiting} waiting" if webhook.waiting else "up to date"
