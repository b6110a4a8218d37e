"""JSON bodies of the API, which the live connection and exported files use too."""

from typing import Any

from sealbreak_server.events.wire import verdict_body, wire_time, words_for
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.message import Message
from sealbreak_server.model.preferences_body import preferences_body
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import DeviceRow, Principal
from sealbreak_server.storage.events.webhook_deliveries import Webhook
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.preferences import AccountPreferences
from sealbreak_server.storage.public_addresses import former_addresses


def optional_time(seconds: float | None) -> str | None:
    return None if seconds is None else wire_time(seconds)


def message_body(view: MessageView) -> dict[str, Any]:
    message = view.message
    return {
        "id": view.id,
        "subject": message.subject,
        "recipients": [
            {"address": p.address, "name": p.name, "kind": p.kind, "copy": p.copy}
            for p in message.recipients
        ],
        "links": [{"n": x.n, "url": x.url, "hidden": x.hidden} for x in message.links],
        "sent_at": wire_time(view.times.sent_at),
        "scheduled_for": optional_time(view.times.scheduled_for),
        "level": message.level,
        "draft_id": view.ids.draft_id,
        "thread_id": view.ids.thread_id,
        "gmail_message_id": view.ids.gmail_message_id,
        "gmail_thread_id": view.ids.gmail_thread_id,
        "gmail_account": view.ids.gmail_account,
        "pixel": view.flags.pixel,
        "state": view.state,
        "registered_at": wire_time(view.times.registered_at),
        "opens": view.counts.opens,
        "clicks": view.counts.clicks,
        "machines": view.counts.machines,
        "apple": view.counts.apple,
        "unclear": view.counts.unclear,
        "first_opened_at": optional_time(view.times.first_opened_at),
        "last_event_at": optional_time(view.times.last_event_at),
        "muted": view.flags.muted,
        "opted_out": view.flags.opted_out,
        "withdrawn": view.flags.withdrawn,
        "implied_opens": view.counts.implied_opens,
    }


def hit_body(classified: ClassifiedHit, message: Message) -> dict[str, Any]:
    hit, verdict = classified.hit, classified.verdict
    return {
        "number": classified.number,
        "kind": hit.kind,
        "time": wire_time(hit.time),
        "copy": hit.copy,
        "link": hit.link,
        "verdict": verdict and verdict_body(verdict, words_for(verdict, hit, message)),
    }


async def tracking_body(services: Services, owner: str) -> dict[str, Any]:
    """What a client needs to make the addresses of pixels and links, and to know older ones."""
    current = services.settings.public_url
    return {
        "base_url": current,
        "former_base_urls": await services.storage.read(former_addresses, current),
        "sender_mark": services.keyring.sender_mark(owner),
    }


def account_body(principal: Principal) -> dict[str, Any]:
    return {"owner": principal.owner, "name": principal.name}


def device_body(device: DeviceRow, principal: Principal) -> dict[str, Any]:
    return {
        "id": device.id,
        "name": device.name,
        "kind": device.kind,
        "created_at": wire_time(device.created_at),
        "seen_at": wire_time(device.seen_at),
        "revoked_at": optional_time(device.revoked_at),
        "is_this": device.id == principal.device,
    }


def account_preferences_body(account_preferences: AccountPreferences) -> dict[str, Any]:
    return {
        "alerts": preferences_body(account_preferences.preferences),
        "snoozed_until": optional_time(account_preferences.snoozed_until),
    }


def webhook_body(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "template": webhook.template,
        "secret": webhook.secret,
        "created_at": wire_time(webhook.created_at),
        "waiting": webhook.waiting,
        "failures": webhook.failures,
        "failing_since": optional_time(webhook.failing_since),
        "problem": webhook.problem,
        "disabled_at": optional_time(webhook.disabled_at),
    }
