"""What is posted to a webhook: the event as JSON, or a sentence for a chat. Pure.

A chat is read by people, so it gets what pops up; JSON has the quiet events too.
Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook
Mattermost: https://developers.mattermost.com/integrate/webhooks/incoming/
"""

import json
import re
from collections.abc import Callable
from typing import Any

JSON = "json"
LONGEST_TEXT = 1900
"""Discord takes 2000 characters; the escapes come on top and are counted."""
SHOWN_PEOPLE = 3
SUPPRESS_EMBEDS = 1 << 2
"""Discord's flag for messages without previews."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#~|<>]|:(?=//))")


def post_body(template: str, event: str) -> str | None:
    """`event`: as it is stored. `None`: this receiver gets no such event."""
    if template == JSON:
        return event
    text = _sentence(json.loads(event))
    return None if text is None else json.dumps(CHATS[template](text), ensure_ascii=False)


def _sentence(event: dict[str, Any]) -> str | None:
    if event.get("quiet") or "verdict" not in event:  # an erased event has none
        return None
    words, message = str(event["verdict"]["sentence"]), event["message"]
    if not message["id"]:
        return words
    subject = message["subject"] or "(no subject)"
    people = _people(message["recipients"])
    return f"“{subject}”{f' to {people}' if people else ''}: {words}"


def _people(recipients: list[dict[str, Any]]) -> str:
    names = [one["name"] or one["address"] for one in recipients]
    more = len(names) - SHOWN_PEOPLE
    return ", ".join(names[:SHOWN_PEOPLE]) + (f" and {more} more" if more > 0 else "")


def _slack(text: str) -> dict[str, Any]:
    """Without links, mentions and previews that a stranger's subject could cause."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": escaped[:LONGEST_TEXT], "unfurl_links": False, "unfurl_media": False}


def _discord(text: str) -> dict[str, Any]:
    content = _escaped(text)
    return {"content": content, "allowed_mentions": {"parse": []}, "flags": SUPPRESS_EMBEDS}


def _mattermost(text: str) -> dict[str, Any]:
    """Mattermost has no switch for mentions: a zero-width space keeps `@all` from being one."""
    return {"text": _escaped(text.replace("@", "@\u200b"))}


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))[:LONGEST_TEXT].rstrip("\\")


CHATS: dict[str, Callable[[str], dict[str, Any]]] = {
    "slack": _slack, "discord": _discord, "mattermost": _mattermost,
}  # fmt: skip
TEMPLATES = (JSON, *CHATS)
LONGEST_TEMPLATE = 16
