"""Everything that is known about an account."""

from collections.abc import Iterator
from typing import Any

import orjson

from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import (
    Account,
    Device,
    Event,
    Hit,
    Link,
    Message,
    MutedMessage,
    MutedRecipient,
    OptOut,
    OwnAddress,
    Preference,
    Recipient,
    Reminder,
    SenderView,
    Webhook,
)
from sealbreak_server.storage.tables import Verdict as VerdictRow


def export_account(account: Account) -> Iterator[tuple[str, object]]:
    """Table by table, everything that is known of an account and of its messages."""
    yield "account", {"owner": account.owner, "name": account.name}
    yield "messages", _rows(Message.select().where(Message.account == account))
    ids = Message.select(Message.id).where(Message.account == account)
    yield "recipients", _rows(Recipient.select().where(Recipient.message.in_(ids)))
    yield "links", _rows(Link.select().where(Link.message.in_(ids)))
    yield "hits", _rows(Hit.select().where(Hit.owner == account.owner))
    owned = Hit.select(Hit.id).where(Hit.owner == account.owner)
    yield "verdicts", _rows(VerdictRow.select().where(VerdictRow.hit.in_(owned)))
    events = Event.select(Event.body).where(Event.account == account).order_by(Event.number)
    yield "events", [orjson.loads(body) for (body,) in as_tuples(events)]
    yield "opt_outs", _rows(OptOut.select().where(OptOut.message.in_(ids)))
    yield "reminders", _rows(Reminder.select().where(Reminder.message.in_(ids)))
    yield "views", _rows(SenderView.select().where(SenderView.message.in_(ids)))
    devices = Device.select(Device.id, Device.name, Device.kind, Device.created_at, Device.seen_at)
    yield "devices", _rows(devices.where(Device.account == account))
    own = OwnAddress.select(OwnAddress.address, OwnAddress.seen_at)
    yield "own_addresses", _rows(own.where(OwnAddress.account == account))
    yield "preferences", _rows(Preference.select().where(Preference.account == account))
    muted = MutedMessage.select().where(MutedMessage.message.in_(ids))
    people = MutedRecipient.select(MutedRecipient.address).where(MutedRecipient.account == account)
    yield "muted_messages", _rows(muted)
    yield "muted_recipients", [address for (address,) in as_tuples(people)]
    webhooks = Webhook.select(Webhook.id, Webhook.url, Webhook.created_at, Webhook.disabled_at)
    yield "webhooks", _rows(webhooks.where(Webhook.account == account))


def _rows(query: Any) -> list[dict[str, Any]]:
    """By the names of the fields, except that the API calls the number of a copy `copy`."""
    return [
        {"copy" if name == "copy_number" else name: value for name, value in row.items()}
        for row in query.dicts()
    ]
