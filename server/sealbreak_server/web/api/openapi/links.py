"""The links of the OpenAPI document: which operations can use a value of a response."""

from typing import Any

ID = "$response.body#/id"


def _link(operation: str, **parameters: str) -> dict[str, Any]:
    return {"operationId": operation, "parameters": parameters}


MESSAGE = {
    name: _link(name, id=ID)
    for name in ("get_message", "put_message", "mute_message", "withdraw_message", "stop_message")
}
WEBHOOK = {name: _link(name, id=ID) for name in ("enable_webhook", "delete_webhook")}
VIEWED = {"operationId": "views", "requestBody": {"messages": [ID]}}

LINKS: dict[str, dict[str, Any]] = {
    "ids": {"put_message": _link("put_message", id="$response.body#/ids/0/id")},
    "put_message": {**MESSAGE, "views": VIEWED},
    "mute_message": MESSAGE,
    "withdraw_message": MESSAGE,
    "stop_message": MESSAGE,
    "list_messages": {
        "get_message": _link("get_message", id="$response.body#/messages/0/id"),
        "list_messages": _link("list_messages", cursor="$response.body#/next"),
    },
    "put_mute": {"delete_mute": _link("delete_mute", id="$request.path.id")},
    "add_webhook": WEBHOOK,
    "enable_webhook": WEBHOOK,
    "events": {
        "events": _link("events", after="$response.body#/events/0/number"),
        "read": {"operationId": "read", "requestBody": {"up_to": "$response.body#/last"}},
    },
    "pair": {"delete_device": _link("delete_device", id="$response.body#/device/id")},
}
"""By the operation of the response, then by the operation that can follow."""
