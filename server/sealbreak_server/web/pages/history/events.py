"""The feed of events, newest first."""

from typing import Any

import orjson
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError
from sealbreak_server.storage.events import reader
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.requests import is_number

PAGE = 50
TITLES = {
    "opened": "Opened",
    "clicked": "Link followed",
    "corrected": "Corrected",
    "hot": "Opened again and again",
    "revived": "Opened again after a long time",
    "reminder": "Not opened",
    "digest": "Daily summary",
}
QUIET = {
    "switched-off": "this kind is switched off",
    "muted-message": "the message is muted",
    "muted-recipient": "the recipient is muted",
    "snoozed": "pop-ups were paused",
    "quiet-hours": "quiet hours",
    "corrects-quiet": "it corrects an event that had none",
}


class Events:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer

    async def list(self, page_request: PageRequest) -> Response:
        before = _number(page_request.request.query_params.get("before", ""))
        rows = await self._renderer.services.storage.read(
            reader.events_before, page_request.principal.account, before, PAGE + 1
        )
        older = rows[PAGE - 1][0] if len(rows) > PAGE else None
        events = [_values(orjson.loads(body)) for _, body in rows[:PAGE]]
        events = [event for event in events if event["title"]]
        return self._renderer.show(
            page_request, "events.html", events=events, older=older, before=before
        )


def _number(text: str) -> int | None:
    if text and not is_number(text):
        raise BadRequestError("before must be the number of an event.")
    return int(text) if text else None


def _values(event: dict[str, Any]) -> dict[str, Any]:
    """The template's values. The title is empty for kinds that people are not shown."""
    verdict, reason = event.get("verdict") or {}, event.get("quiet_reason", "")
    return {
        "number": event["number"],
        "title": TITLES.get(event["kind"], ""),
        "kind": event["kind"],
        "time": event["time"],
        "words": verdict.get("sentence", ""),
        "actor": verdict.get("actor", ""),
        "message": event.get("message") or {},
        "url": (event.get("link") or {}).get("url"),
        "quiet": QUIET.get(reason, reason),
        "path": event.get("path", ""),
    }
