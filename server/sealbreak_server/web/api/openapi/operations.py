"""The operations of the API, by path and method."""

from sealbreak_server.web.api.openapi.links import LINKS
from sealbreak_server.web.api.openapi.schemas import GMAIL_ID, NUMBER, TEXT, Schema, listing, ref


def operation(
    name: str,
    summary: str,
    *,
    body: str | None = None,
    responses: dict[int, str | None],
    query: Schema | None = None,
    path: bool = False,
    is_public: bool = False,
) -> Schema:
    result: Schema = {"operationId": name, "summary": summary}
    parameters = [{"name": k, "in": "query", "schema": v} for k, v in (query or {}).items()]
    if path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": TEXT})
    if parameters:
        result["parameters"] = parameters
    if body:
        content = {"application/json": {"schema": ref(body)}}
        result["requestBody"] = {"required": True, "content": content}
    if is_public:
        result["security"] = []
    links = {"links": LINKS[name]} if name in LINKS else {}
    result["responses"] = {str(code): _response(kind) | links for code, kind in responses.items()}
    problem = {"application/problem+json": {"schema": ref("Problem")}}
    result["responses"]["default"] = {"description": "The error", "content": problem}
    return result


def _response(schema: str | None) -> Schema:
    if schema is None:
        return {"description": "Success"}
    return {"description": schema, "content": {"application/json": {"schema": ref(schema)}}}


PATHS: Schema = {
    "/pair": {
        "post": operation(
            "pair", "Exchanges a one-time code for a device token", body="Pair",
            responses={201: "Paired"}, is_public=True,
        )
    },
    "/ids": {
        "post": operation(
            "ids", "Makes tracking IDs of this account with their keys, and stores nothing",
            body="Count", responses={200: "Lot"},
        )
    },
    "/messages": {
        "get": operation(
            "list_messages",
            "Lists messages, newest first. `q` searches subjects, recipients and links: a page "
            "of a search may have few or no messages although `next` is set. "
            "`gmail_thread_id`, which may be repeated, selects messages of Gmail threads. "
            "`gmail_account` selects messages that were sent from this Gmail account.",
            query={
                "cursor": TEXT, "limit": NUMBER, "q": TEXT,
                "gmail_thread_id": listing(GMAIL_ID, 50), "gmail_account": TEXT,
            },
            responses={200: "Messages"},
        )
    },
    "/messages/{id}": {
        "get": operation(
            "get_message", "A message with its hits", path=True,
            responses={200: "MessageWithHits"},
        ),
        "put": operation(
            "put_message", "Registers a sent mail under an ID from POST /ids, or updates it",
            path=True, body="Registration", responses={200: "Message", 201: "Message"},
        ),
    },
    "/messages/{id}/mute": {
        "put": operation(
            "mute_message", "Mutes or unmutes a message. Events of a muted message cause no pop-up",
            path=True, body="Mute", responses={200: "Message"},
        )
    },
    "/messages/{id}/withdrawn": {
        "put": operation(
            "withdraw_message", "Says that the mail did not leave, or that it did. Registering it "
            "with another `sent_at` says that it left", path=True, body="Withdrawal",
            responses={200: "Message"},
        )
    },
    "/messages/{id}/stop": {
        "post": operation(
            "stop_message", "Stops the tracking of a message permanently: its level becomes `off`, "
            "later hits are not recorded, and its links keep working", path=True,
            responses={200: "Message"},
        )
    },
    "/settings": {
        "get": operation(
            "get_settings", "The notification preferences", responses={200: "Settings"}
        ),
        "put": operation(
            "put_settings", "Changes the given notification preferences and keeps the others",
            body="Changes", responses={200: "Settings"},
        ),
    },
    "/mutes": {
        "get": operation("list_mutes", "Lists the muted recipients", responses={200: "Mutes"})
    },
    "/mutes/{id}": {
        "put": operation(
            "put_mute", "Mutes a mail address. Its events cause no pop-up", path=True,
            responses={204: None},
        ),
        "delete": operation(
            "delete_mute", "Unmutes a mail address", path=True, responses={204: None}
        ),
    },
    "/snooze": {
        "post": operation(
            "snooze", "Pauses pop-ups until a time; null ends the pause", body="Snooze",
            responses={200: "Settings"},
        )
    },
    "/read": {
        "post": operation(
            "read", "Marks the events up to this number as read, for all devices", body="UpTo",
            responses={200: "Read"},
        )
    },
    "/alerts": {
        "post": operation(
            "claim_alerts", "Asks for the alerts about the events between two numbers. The caller "
            "shows those after the number in the response: none while a tray app is connected, "
            "and none that another device has shown", body="Range", responses={200: "Claimed"},
        )
    },
    "/webhooks": {
        "get": operation("list_webhooks", "Lists the webhooks", responses={200: "Webhooks"}),
        "post": operation(
            "add_webhook", "Adds a webhook. Later events are posted there in order, signed with "
            "HMAC-SHA256 of `t.body`: Sealbreak-Signature: t=<unix seconds>,v1=<hex>",
            body="NewWebhook", responses={201: "Webhook"},
        ),
    },
    "/webhooks/{id}": {
        "delete": operation("delete_webhook", "Deletes a webhook", path=True, responses={204: None})
    },
    "/webhooks/{id}/enable": {
        "post": operation(
            "enable_webhook", "Enables a webhook that was disabled after failures", path=True,
            responses={200: "Webhook"},
        )
    },
    "/views": {
        "post": operation(
            "views", "Reports that the sender is viewing these messages now", body="Views",
            responses={204: None},
        )
    },
    "/events": {
        "get": operation(
            "events", "Lists the events after a number, in order",
            query={"after": NUMBER, "limit": NUMBER}, responses={200: "Events"},
        )
    },
    "/sign-in": {
        "post": operation(
            "make_sign_in", "Makes a link that signs a browser in once within 5 minutes",
            body="SignIn", responses={201: "SignInLink"},
        )
    },
    "/self-test": {
        "get": operation(
            "get_self_test", "What test mails and Gmail's last visit prove about the server's "
            "public address", responses={200: "Findings"},
        ),
        "post": operation(
            "make_self_test", "Makes a test mail to oneself. `compose_url` opens it in Gmail, "
            "where the extension adds its picture at Send. `page` is for a phone: opening it is "
            "noted too. Both count for a day", responses={201: "SelfTest"},
        ),
    },
    "/devices": {
        "get": operation(
            "list_devices", "Lists the devices of the account", responses={200: "Devices"}
        )
    },
    "/devices/{id}": {
        "delete": operation(
            "delete_device", "Revokes a device; `me` is the calling device", path=True,
            responses={204: None},
        )
    },
    "/live": {
        "get": operation(
            "live",
            "WebSocket. Sends a `hello` frame, an `event` frame for each event after the "
            "number, and a `read` frame when another device marks events as read. "
            'Send the token in the header or in the first frame, {"token": "..."}.',
            query={"after": NUMBER}, responses={101: None},
        )
    },
    "/openapi.json": {
        "get": operation("openapi", "This document", responses={200: None}, is_public=True)
    },
}  # fmt: skip
