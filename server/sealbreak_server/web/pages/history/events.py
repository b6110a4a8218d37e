"""The feed of events, newest first."""

from typing import Any

import orjson
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError
from sealbreak_server.events.quiet import QUIET_WORDS
from sealbreak_server.model.event_kinds import is_for_people, sentence_of, title_of
from sealbreak_server.model.gmail import gmail_page
from sealbreak_server.storage.events import reader
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.requests import is_number

PAGE = 50
OTHER_TITLE = "Event"
"""The title of an event that has no sentence and whose kind this version does not know."""


class Events:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer

    async def list(self, page_request: PageRequest) -> Response:
        before = _number(page_request.request.query_params.get("before", ""))
        rows = await self._renderer.services.storage.read(
            reader.events_before, page_request.principal.account, before, PAGE + 1
        )
        older = rows[PAGE - 1][0] if len(rows) > PAGE else None
        bodies = [orjson.loads(body) for _, body in rows[:PAGE]]
        events = [_values(event) for event in bodies if is_for_people(event)]
        accounts = {event["sent_from"] for event in events if event["sent_from"]}
        return self._renderer.show(
            page_request,
            "events.html",
            events=events,
            accounts=accounts if len(accounts) > 1 else (),
            older=older,
            before=before,
        )


def _number(text: str) -> int | None:
    if text and not is_number(text):
        raise BadRequestError("before must be the number of an event.")
    return int(text) if text else None


def _values(event: dict[str, Any]) -> dict[str, Any]:
    """An event of a kind that this version does not know has its sentence as its title."""
    title, sentence = title_of(event["kind"]), sentence_of(event)
    reason, message = event.get("quiet_reason", ""), event.get("message") or {}
    gmail = message.get("gmail") or {}
    return {
        "number": event["number"],
        "title": title or sentence or OTHER_TITLE,
        "kind": event["kind"],
        "time": event["time"],
        "words": sentence if title else "",
        "actor": (event.get("verdict") or {}).get("actor", ""),
        "message": message,
        "sent_from": gmail.get("account"),
        "in_gmail": gmail_page(gmail.get("thread"), gmail.get("account")),
        "url": (event.get("link") or {}).get("url"),
        "quiet": QUIET_WORDS.get(reason, reason),
        "path": event.get("path", ""),
    }
