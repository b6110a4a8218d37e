"""`sealbreak-server preferences`: shows or changes what an account is notified of."""

import json
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from typing import Any

from sealbreak_server.cli.arguments import (
    Options,
    add_account,
    add_database,
    add_json,
    read_options,
)
from sealbreak_server.cli.database import account_id, open_storage
from sealbreak_server.errors import BadRequestError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.event_kinds import KINDS
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.model.preferences_body import preferences_body
from sealbreak_server.storage import Storage
from sealbreak_server.storage.preferences import (
    AccountPreferences,
    mute_message,
    mute_recipient,
    muted_messages,
    preferences_of,
    put_preferences,
    snooze,
    unmute_recipient,
)

HOUR = 3600
DESCRIPTION = """\
Show which events you are notified of, or change it. Muted events are still recorded.

  sealbreak-server preferences quiet_hours=22:00-07:00 time_zone=Europe/Berlin reminder_days=5
  sealbreak-server preferences --mute ann@example.com --snooze 2
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    parser.add_argument(
        "change", nargs="*", metavar="NAME=VALUE", help="such as hot=no; quiet_hours=none ends them"
    )
    target = "a mail address, or the ID of a message"
    parser.add_argument("--mute", action="append", default=[], metavar="TARGET", help=target)
    parser.add_argument("--unmute", action="append", default=[], metavar="TARGET", help=target)
    parser.add_argument(
        "--snooze",
        type=_hours,
        metavar="HOURS",
        help="no notifications for this many hours; 0 ends it",
    )
    add_json(parser, "one JSON object")
    add_database(parser)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= 24 * 366:
        raise ArgumentTypeError(f"{text!r} is not a number of hours from 0 to 8784")
    return hours


def run(options: Options) -> int:
    now = time.time()
    with open_storage(read_options(options)) as storage:
        account = account_id(storage, options.account)
        _apply(storage, account, options, now)
        found = storage.transaction(preferences_of, account)
        messages = storage.transaction(muted_messages, account)
    _show(found, messages, now, as_json=options.json)
    return 0


def _apply(storage: Storage, account: int, options: Options, now: float) -> None:
    changes = dict(map(_change, options.change))
    if changes:
        storage.transaction(put_preferences, account, changes, now)
    for target in options.mute:
        storage.transaction(_mute, account, target)
    for target in options.unmute:
        storage.transaction(_unmute, account, target)
    if options.snooze is not None:
        until = now + options.snooze * HOUR if options.snooze else None
        storage.transaction(snooze, account, until)


def _mute(account: int, target: str) -> None:
    """`target`: the mail address of a person, or the ID of a message."""
    if "@" in target:
        mute_recipient(account, target)
    else:
        mute_message(account, target, True)


def _unmute(account: int, target: str) -> None:
    if "@" in target:
        unmute_recipient(account, target)
    else:
        mute_message(account, target, False)


def _change(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals or name not in preferences_body(Preferences()):
        names = ", ".join(preferences_body(Preferences()))
        raise BadRequestError(f"{text!r} must be NAME=VALUE, with a name of: {names}.")
    return name, _value(name, value)


def _value(name: str, text: str) -> object:
    if name in KINDS:
        return {"yes": True, "no": False}.get(text, text)
    if name == "quiet_hours":
        begin, _, end = text.partition("-")
        return None if text == "none" else {"from": begin, "until": end}
    return int(text) if text.isascii() and text.isdigit() else text


def _show(found: AccountPreferences, messages: Sequence[str], now: float, *, as_json: bool) -> None:
    body = preferences_body(found.preferences)
    until = found.snoozed_until
    snoozed = wire_time(until) if until is not None and until > now else None
    muted = sorted(found.recipients)
    if as_json:
        shown = {"alerts": body, "snoozed_until": snoozed, "muted": muted}
        print(json.dumps({**shown, "muted_messages": messages}))
        return
    for name, value in body.items():
        print(f"{name}={_text(value)}")
    print(f"\nSnoozed: {f'until {snoozed}' if snoozed else 'no'}")
    print(f"Muted recipients: {', '.join(muted) or 'none'}")
    print(f"Muted messages: {', '.join(messages) or 'none'}")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"{value['from']}-{value['until']}"
    return "none" if value is None else str(value)
