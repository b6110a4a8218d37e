"""The commands `settings` and `webhooks`: what the account wants to hear, and where it goes."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from sealbreak_server.cli.commands import opened
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.event_kinds import KINDS
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.model.preferences_body import preferences_body
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.events.webhook_deliveries import Webhook
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


def settings(
    settings: Settings,
    account_name: str | None,
    changes: Sequence[str],
    *,
    mute: Sequence[str] = (),
    unmute: Sequence[str] = (),
    snooze_hours: float | None = None,
    as_json: bool = False,
) -> int:
    """`changes`: as NAME=VALUE; `snooze_hours`: 0 ends the snooze. Shows what holds afterwards."""
    now, wanted = time.time(), dict(map(_change, changes))
    with opened(settings) as storage:
        account = _account(storage, account_name)
        if wanted:
            storage.transaction(put_preferences, account, wanted, now)
        for what in mute:
            storage.transaction(_mute, account, what)
        for what in unmute:
            storage.transaction(_unmute, account, what)
        if snooze_hours is not None:
            until = now + snooze_hours * HOUR if snooze_hours else None
            storage.transaction(snooze, account, until)
        found = storage.transaction(preferences_of, account)
        messages = storage.transaction(muted_messages, account)
    _show(found, messages, now, as_json=as_json)
    return 0


def _mute(account: int, what: str) -> None:
    """`what`: the mail address of a person, or the ID of a message."""
    if "@" in what:
        mute_recipient(account, what)
    else:
        mute_message(account, what, True)


def _unmute(account: int, what: str) -> None:
    if "@" in what:
        unmute_recipient(account, what)
    else:
        mute_message(account, what, False)


def _account(storage: Storage, name: str | None) -> int:
    return int(storage.transaction(accounts.meant_account, name).id)


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


def list_webhooks(settings: Settings, account: str | None, *, as_json: bool) -> int:
    return _with_hooks(settings, account, webhook_deliveries.webhooks, as_json=as_json)


def add_webhook(settings: Settings, account: str | None, url: str, *, as_json: bool) -> int:
    def add(number: int) -> list[Webhook]:
        return [webhook_deliveries.add(number, url, settings.webhook_networks, time.time())]

    return _with_hooks(settings, account, add, as_json=as_json)


def enable_webhook(
    settings: Settings, account: str | None, identifier: str, *, as_json: bool
) -> int:
    def enable(number: int) -> list[Webhook]:
        return [webhook_deliveries.enable(number, identifier)]

    return _with_hooks(settings, account, enable, as_json=as_json)


def remove_webhook(settings: Settings, account: str | None, identifier: str) -> int:
    with opened(settings) as storage:
        if not storage.transaction(
            webhook_deliveries.remove, _account(storage, account), identifier
        ):
            raise NotFoundError(
                f"There is no webhook {identifier!r}; `sealbreak-server webhooks` lists them."
            )
    print("Removed.")
    return 0


def _with_hooks(
    settings: Settings,
    account: str | None,
    job: Callable[[int], list[Webhook]],
    *,
    as_json: bool,
) -> int:
    """`job`: given the number of the account, answers the webhooks to show."""
    with opened(settings) as storage:
        found = storage.transaction(job, _account(storage, account))
    for webhook in found:
        state = _state(webhook)
        if as_json:
            shown = {"id": webhook.id, "url": webhook.url, "secret": webhook.secret, "state": state}
            print(json.dumps(shown))
        else:
            print(f"{webhook.id}  {webhook.url}  ({state})\n    signed with {webhook.secret}")
    return 0


def _state(webhook: Webhook) -> str:
    if webhook.disabled_at is not None:
        return f"disabled since {wire_time(webhook.disabled_at)}: {webhook.problem}"
    if webhook.failing_since is not None:
        since = wire_time(webhook.failing_since)
        return f"failing since {since}: {webhook.problem}; {webhook.waiting} waiting"
    return f"{webhook.waiting} waiting" if webhook.waiting else "up to date"
