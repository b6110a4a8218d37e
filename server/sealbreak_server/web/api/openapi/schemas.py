"""The JSON schemas of the API's request and response bodies."""

from typing import Any

from sealbreak_server.checks.finding import Status
from sealbreak_server.events.quiet import QuietReason
from sealbreak_server.model.event_kinds import KINDS
from sealbreak_server.model.open_state import LABELS, OpenState
from sealbreak_server.model.preferences_body import MAX_REMINDER_DAYS
from sealbreak_server.model.registration import (
    LEVELS,
    MAX_ADDRESS,
    MAX_LINKS,
    MAX_PEOPLE,
    MAX_SUBJECT,
    MAX_TEXT,
    RECIPIENT_KINDS,
)
from sealbreak_server.model.webhook import LONGEST_URL
from sealbreak_server.model.webhook_templates import TEMPLATES

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
SWITCH: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time", "examples": ["2026-11-23T09:30:00.250Z"]}
CLOCK: Schema = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
GMAIL_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8,16}$"}
ID: Schema = {"type": "string", "pattern": "^[a-z2-7]{16}$"}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def text(longest: int) -> Schema:
    return {"type": "string", "maxLength": longest}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listing(items: Schema, most: int | None = None) -> Schema:
    schema: Schema = {"type": "array", "items": items}
    return schema if most is None else {**schema, "maxItems": most}


def record(fields: Schema, optional: tuple[str, ...] = ()) -> Schema:
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required}


RECIPIENT = record(
    {
        "address": text(MAX_ADDRESS),
        "name": maybe(text(MAX_TEXT)),
        "kind": {"enum": list(RECIPIENT_KINDS)},
        "copy": {"type": "integer", "minimum": 0, "maximum": 65535},
    },
    optional=("name", "copy"),
)
LINK = record(
    {"n": {"type": "integer", "minimum": 1}, "url": text(8192), "hidden": SWITCH},
    optional=("hidden",),
)
REGISTERED: Schema = {
    "subject": text(MAX_SUBJECT),
    "recipients": listing(ref("Recipient"), MAX_PEOPLE),
    "links": listing(ref("Link"), MAX_LINKS),
    "sent_at": TIME,
    "scheduled_for": maybe(TIME),
    "level": {"enum": list(LEVELS)},
    "draft_id": maybe(text(MAX_TEXT)),
    "thread_id": maybe(text(MAX_TEXT)),
    "gmail_message_id": maybe(text(MAX_TEXT)),
    "gmail_thread_id": maybe(text(MAX_TEXT)),
    "gmail_account": maybe(text(MAX_ADDRESS)),
    "pixel": SWITCH,
}
MESSAGE: Schema = {
    **REGISTERED,
    "id": ID,
    "registered_at": TIME,
    "state": {
        "enum": [str(state) for state in OpenState],
        "description": "; ".join(f"{state}: {words}" for state, words in LABELS.items()),
    },
    "opens": NUMBER,
    "clicks": NUMBER,
    "machines": NUMBER,
    "apple": {**NUMBER, "description": "Loads by Apple's proxy; machines counts them too"},
    "unclear": {**NUMBER, "description": "Hits that may or may not be a reader's"},
    "first_opened_at": maybe(TIME),
    "last_event_at": maybe(TIME),
    "muted": SWITCH,
    "opted_out": SWITCH,
    "withdrawn": SWITCH,
    "implied_opens": NUMBER,
}
NOW: Schema = {
    **maybe(TIME),
    "description": "The sender's clock when the request is sent; corrects the other times",
}
VERDICT = record(
    {
        "actor": {"enum": ["human", "machine", "sender", "unknown"]},
        "via": TEXT,
        "reason": TEXT,
        "device": maybe(TEXT),
        "country": maybe(TEXT),
        "network": maybe(TEXT),
        "device_known": SWITCH,
        "location_known": SWITCH,
        "sentence": TEXT,
        "evidence": listing(TEXT),
        "rules": NUMBER,
    }
)
HIT = record(
    {
        "number": NUMBER,
        "kind": {"enum": ["open", "click"]},
        "time": TIME,
        "copy": NUMBER,
        "link": maybe(NUMBER),
        "verdict": maybe(ref("Verdict")),
    }
)
EVENT = record(
    {
        "version": NUMBER,
        "number": NUMBER,
        "kind": {"type": "string", "description": f"{', '.join(KINDS)}, erased, or a later kind"},
        "time": TIME,
        "message": record(
            {
                "id": TEXT, "subject": TEXT, "recipients": listing(ref("Recipient")),
                "gmail": record({"thread": TEXT, "account": maybe(TEXT)}),
            },
            optional=("gmail",),
        ),
        "copy": NUMBER,
        "link": maybe(record({"n": NUMBER, "url": maybe(TEXT)})),
        **dict.fromkeys(("hit", "corrects"), maybe(NUMBER)),
        "verdict": ref("Verdict"),
        "quiet": {"const": True, "description": "Causes no pop-up"},
        "quiet_reason": {"enum": [str(reason) for reason in QuietReason]},
        "implies_open": SWITCH,
        "path": {"type": "string", "description": "The history page with the details"},
    },
    optional=(
        "message", "copy", "link", "hit", "corrects", "verdict", "quiet", "quiet_reason",
        "implies_open", "path",
    ),
)  # fmt: skip
DEVICE = record(
    {
        "id": ID,
        "name": TEXT,
        "kind": {"enum": ["extension", "desktop", "api"]},
        "created_at": TIME,
        "seen_at": TIME,
        "revoked_at": maybe(TIME),
        "is_this": SWITCH,
    },
)
ALERTS: Schema = {
    **dict.fromkeys(KINDS, SWITCH),
    "reminder_days": {"type": "integer", "minimum": 1, "maximum": MAX_REMINDER_DAYS},
    "digest_hour": {"type": "integer", "minimum": 0, "maximum": 23},
    "time_zone": {"type": "string", "examples": ["Europe/Berlin", "UTC", "+02:00"]},
    "quiet_hours": maybe(record({"from": CLOCK, "until": CLOCK})),
}
TEMPLATE: Schema = {
    "type": "string",
    "enum": list(TEMPLATES),
    "description": "What is posted: the event as JSON (the default), or a sentence for a chat, "
    "which gets no quiet events",
}
WEBHOOK = record(
    {
        "id": ID,
        "url": TEXT,
        "template": TEMPLATE,
        "secret": {"type": "string", "description": "The key of Sealbreak-Signature"},
        "created_at": TIME,
        "waiting": NUMBER,
        "failures": NUMBER,
        "failing_since": maybe(TIME),
        "problem": maybe(TEXT),
        "disabled_at": maybe(TIME),
    }
)
TRACKING: Schema = {
    "base_url": TEXT,
    "former_base_urls": {
        **listing(TEXT, 20),
        "description": "Earlier public addresses of this server, latest first",
    },
    "sender_mark": TEXT,
    "extension_version": maybe(TEXT),
}
SCHEMAS: Schema = {
    "Recipient": RECIPIENT,
    "Link": LINK,
    "Registration": record(
        {**REGISTERED, "now": NOW},
        optional=("now", *(n for n in REGISTERED if n not in {"subject", "sent_at", "level"})),
    ),
    "Message": record(MESSAGE),
    "MessageWithHits": record({**MESSAGE, "hits": listing(ref("Hit"))}),
    "Verdict": VERDICT,
    "Hit": HIT,
    "Event": EVENT,
    "Device": DEVICE,
    "Pair": record(
        {
            "code": TEXT,
            "name": text(100),
            "kind": DEVICE["properties"]["kind"],
            "owner_name": maybe(text(100)),
            "contact": maybe(text(200)),
            "time_zone": {
                **maybe(text(64)),
                "description": "Of the device; for digests and quiet hours until another is chosen",
            },
        },
        optional=("owner_name", "contact", "time_zone"),
    ),
    "Paired": record(
        {
            "token": TEXT,
            "device": record({"id": ID, "name": TEXT, "kind": TEXT}),
            "account": record({"owner": TEXT, "name": TEXT}),
            **TRACKING,
        }
    ),
    "Count": record(
        {"count": {"type": "integer", "minimum": 1, "maximum": 200}}, optional=("count",)
    ),
    "Lot": record(
        {
            "owner": TEXT,
            **TRACKING,
            "ids": listing(record({"id": ID, "key": TEXT})),
        }
    ),
    "Messages": record({"messages": listing(ref("Message")), "next": maybe(TEXT)}),
    "Views": record({"messages": listing(TEXT, 200)}),
    "Events": record(
        {
            "events": listing(ref("Event")),
            "last": NUMBER,
            "read": NUMBER,
            "erasures": {
                "type": "integer",
                "description": "Another number than before: events were erased. Read yours again",
            },
        }
    ),
    "Preferences": record(ALERTS),
    "Settings": record({"alerts": ref("Preferences"), "snoozed_until": maybe(TIME)}),
    "Changes": record({"alerts": record(ALERTS, optional=tuple(ALERTS))}),
    "Snooze": record({"until": maybe(TIME)}, optional=("until",)),
    "UpTo": record({"up_to": NUMBER}),
    "Read": record({"read": NUMBER}),
    "Range": record({"after": NUMBER, "up_to": NUMBER}),
    "Claimed": record({"after": NUMBER}),
    "Mute": record({"muted": SWITCH}),
    "Withdrawal": record({"withdrawn": SWITCH}),
    "Mutes": record({"recipients": listing(TEXT)}),
    "Webhook": WEBHOOK,
    "Webhooks": record({"webhooks": listing(ref("Webhook"))}),
    "NewWebhook": record({"url": text(LONGEST_URL), "template": TEMPLATE}, optional=("template",)),
    "SignIn": record({"path": TEXT}, optional=("path",)),
    "SignInLink": record({"url": TEXT}),
    "SelfTest": record({"compose_url": TEXT, "page": TEXT, "expires_at": TIME}),
    "Findings": record(
        {
            "findings": listing(
                record(
                    {
                        "topic": TEXT,
                        "status": {"enum": [status.value for status in Status]},
                        "summary": TEXT,
                        "advice": TEXT,
                    }
                )
            )
        }
    ),
    "Devices": record({"devices": listing(ref("Device"))}),
    "Problem": record({"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT}),
}
