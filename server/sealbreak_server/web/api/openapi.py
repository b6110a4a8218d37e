"""The API described: what `/api/v1/openapi.json` answers. A test holds it to the routes."""

from typing import Any

from sealbreak_server.events.quiet import Quiet
from sealbreak_server.model.preferences import KINDS
from sealbreak_server.model.preferences_body import MOST_DAYS
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
from sealbreak_server.web.api.openapi_links import LINKS

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
    "opens": NUMBER,
    "clicks": NUMBER,
    "machines": NUMBER,
    "first_opened_at": maybe(TIME),
    "last_event_at": maybe(TIME),
    "muted": SWITCH,
    "opted_out": SWITCH,
    "implied_opens": NUMBER,
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
        "kind": {"type": "string", "description": f"{', '.join(KINDS)}, erased; more later"},
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
        "quiet": {"const": True, "description": "Shown without a pop-up"},
        "quiet_reason": {"enum": [str(reason) for reason in Quiet]},
        "implies_open": SWITCH,
        "path": {"type": "string", "description": "The history page that tells it in full"},
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
    "reminder_days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
    "digest_hour": {"type": "integer", "minimum": 0, "maximum": 23},
    "time_zone": {"type": "string", "examples": ["Europe/Berlin", "UTC", "+02:00"]},
    "quiet_hours": maybe(record({"from": CLOCK, "until": CLOCK})),
}
WEBHOOK = record(
    {
        "id": ID,
        "url": TEXT,
        "secret": {"type": "string", "description": "The key of Sealbreak-Signature"},
        "created_at": TIME,
        "waiting": NUMBER,
        "failures": NUMBER,
        "failing_since": maybe(TIME),
        "problem": maybe(TEXT),
        "disabled_at": maybe(TIME),
    }
)
SCHEMAS: Schema = {
    "Recipient": RECIPIENT,
    "Link": LINK,
    "Registration": record(
        REGISTERED,
        optional=tuple(n for n in REGISTERED if n not in {"subject", "sent_at", "level"}),
    ),
    "Message": record(MESSAGE),
    "MessageWithHits": record({**MESSAGE, "hits": listing(ref("Hit"))}),
    "Verdict": VERDICT,
    "Hit": HIT,
    "Event": EVENT,
    "Device": DEVICE,
    "Pair": record({"code": TEXT, "name": text(100), "kind": DEVICE["properties"]["kind"]}),
    "Paired": record(
        {
            "token": TEXT,
            "device": record({"id": ID, "name": TEXT, "kind": TEXT}),
            "account": record({"owner": TEXT, "name": TEXT}),
            "base_url": TEXT,
            "sender_mark": TEXT,
        }
    ),
    "Count": record(
        {"count": {"type": "integer", "minimum": 1, "maximum": 200}}, optional=("count",)
    ),
    "Lot": record(
        {
            "owner": TEXT,
            "base_url": TEXT,
            "sender_mark": TEXT,
            "ids": listing(record({"id": ID, "key": TEXT})),
        }
    ),
    "Messages": record({"messages": listing(ref("Message")), "next": maybe(TEXT)}),
    "Views": record({"messages": listing(TEXT, 200)}),
    "Events": record({"events": listing(ref("Event")), "last": NUMBER, "read": NUMBER}),
    "Preferences": record(ALERTS),
    "Settings": record({"alerts": ref("Preferences"), "snoozed_until": maybe(TIME)}),
    "Changes": record({"alerts": record(ALERTS, optional=tuple(ALERTS))}),
    "Snooze": record({"until": maybe(TIME)}, optional=("until",)),
    "UpTo": record({"up_to": NUMBER}),
    "Read": record({"read": NUMBER}),
    "Mute": record({"muted": SWITCH}),
    "Mutes": record({"recipients": listing(TEXT)}),
    "Webhook": WEBHOOK,
    "Webhooks": record({"webhooks": listing(ref("Webhook"))}),
    "NewWebhook": record({"url": text(LONGEST_URL)}),
    "SignIn": record({"path": TEXT}, optional=("path",)),
    "SignInLink": record({"url": TEXT}),
    "Devices": record({"devices": listing(ref("Device"))}),
    "Problem": record({"type": TEXT, "title": TEXT, "status": NUMBER, "detail": TEXT}),
}


def operation(
    name: str,
    summary: str,
    *,
    body: str | None = None,
    answers: dict[int, str | None],
    query: Schema | None = None,
    path: bool = False,
    open_to_all: bool = False,
) -> Schema:
    made: Schema = {"operationId": name, "summary": summary}
    parameters = [{"name": k, "in": "query", "schema": v} for k, v in (query or {}).items()]
    if path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": TEXT})
    if parameters:
        made["parameters"] = parameters
    if body:
        content = {"application/json": {"schema": ref(body)}}
        made["requestBody"] = {"required": True, "content": content}
    if open_to_all:
        made["security"] = []
    links = {"links": LINKS[name]} if name in LINKS else {}
    made["responses"] = {str(code): _answer(kind) | links for code, kind in answers.items()}
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    made["responses"]["default"] = {"description": "What went wrong", "content": problem}
    return made


def _answer(schema: str | None) -> Schema:
    if schema is None:
        return {"description": "Done"}
    return {"description": schema, "content": {"application/json": {"schema": ref(schema)}}}


PATHS: Schema = {
    "/pair": {
        "post": operation(
            "pair", "A one-time code becomes a device token", body="Pair",
            answers={201: "Paired"}, open_to_all=True,
        )
    },
    "/ids": {
        "post": operation(
            "ids", "Tracking IDs of this account with their keys; nothing is stored for them",
            body="Count", answers={200: "Lot"},
        )
    },
    "/messages": {
        "get": operation(
            "list_messages", "Newest first; q searches subjects, recipients and links, and a page "
            "may hold few or none while next leads on; gmail_thread_id (also several): only these",
            query={
                "cursor": TEXT, "limit": NUMBER, "q": TEXT, "gmail_thread_id": listing(GMAIL_ID, 50)
            },
            answers={200: "Messages"},
        )
    },
    "/messages/{id}": {
        "get": operation(
            "get_message", "With all that asked for it", path=True,
            answers={200: "MessageWithHits"},
        ),
        "put": operation(
            "put_message", "Registers a sent mail under an ID from POST ids, or updates it",
            path=True, body="Registration", answers={200: "Message", 201: "Message"},
        ),
    },
    "/messages/{id}/mute": {
        "put": operation(
            "mute_message", "What happens to a muted message makes no pop-up", path=True,
            body="Mute", answers={200: "Message"},
        )
    },
    "/messages/{id}/stop": {
        "post": operation(
            "stop_message", "Ends its tracking for good: its level becomes `off`, later hits "
            "are not kept, its links go on leading to their targets", path=True,
            answers={200: "Message"},
        )
    },
    "/settings": {
        "get": operation("get_settings", "What is alerted", answers={200: "Settings"}),
        "put": operation(
            "put_settings", "What is left out stays as it is", body="Changes",
            answers={200: "Settings"},
        ),
    },
    "/mutes": {"get": operation("list_mutes", "The muted recipients", answers={200: "Mutes"})},
    "/mutes/{id}": {
        "put": operation(
            "put_mute", "What this mail address does makes no pop-up", path=True,
            answers={204: None},
        ),
        "delete": operation("delete_mute", "Unmutes it", path=True, answers={204: None}),
    },
    "/snooze": {
        "post": operation(
            "snooze", "No pop-ups until then; null ends it", body="Snooze",
            answers={200: "Settings"},
        )
    },
    "/read": {
        "post": operation(
            "read", "Events up to this number were looked at, on whichever device", body="UpTo",
            answers={200: "Read"},
        )
    },
    "/webhooks": {
        "get": operation("list_webhooks", "Where events are posted", answers={200: "Webhooks"}),
        "post": operation(
            "add_webhook", "Each event from now on is posted there, in order, signed with "
            "HMAC-SHA256 of `t.body`: Sealbreak-Signature: t=<unix seconds>,v1=<hex>",
            body="NewWebhook", answers={201: "Webhook"},
        ),
    },
    "/webhooks/{id}": {
        "delete": operation("delete_webhook", "Ends it", path=True, answers={204: None})
    },
    "/webhooks/{id}/enable": {
        "post": operation(
            "enable_webhook", "Takes up one that was given up", path=True,
            answers={200: "Webhook"},
        )
    },
    "/views": {
        "post": operation(
            "views", "The sender is looking at these messages now", body="Views",
            answers={204: None},
        )
    },
    "/events": {
        "get": operation(
            "events", "Events after a number, in order",
            query={"after": NUMBER, "limit": NUMBER}, answers={200: "Events"},
        )
    },
    "/sign-in": {
        "post": operation(
            "make_sign_in", "A link that signs a browser in, once, within 5 minutes",
            body="SignIn", answers={201: "SignInLink"},
        )
    },
    "/devices": {
        "get": operation("list_devices", "The devices of the account", answers={200: "Devices"})
    },
    "/devices/{id}": {
        "delete": operation(
            "delete_device", "Revokes a device; `me` is the caller", path=True, answers={204: None}
        )
    },
    "/live": {
        "get": operation(
            "live",
            "WebSocket: a `hello` frame, then one `event` frame for each event after the "
            "number, and a `read` frame when another device has marked events as read. "
            'The token goes in the header or in the first frame, {"token": "..."}.',
            query={"after": NUMBER}, answers={101: None},
        )
    },
    "/openapi.json": {
        "get": operation("openapi", "This document", answers={200: None}, open_to_all=True)
    },
}  # fmt: skip


def document(public_url: str) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sealbreak", "version": "1"},
        "servers": [{"url": f"{public_url}/api/v1"}],
        "security": [{"device": []}],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }
