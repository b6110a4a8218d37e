"""The digest page: the events of a day, which begins at the hour of the daily summary."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.events.digest import digest_day, digest_hour
from sealbreak_server.model.event_kinds import (
    BY_NAME,
    digest_section,
    digest_sections,
    is_for_people,
    sentence_of,
)
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.model.verdict import Actor
from sealbreak_server.storage.lists import digests
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.web.pages.base import PageRenderer, PageRequest

MAX_EVENTS = 2000
MAX_MACHINES = 200
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Line:
    time: str
    words: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in a section; `None` for an event that is about no message."""

    message: MessageView | None
    lines: list[Line] = field(default_factory=list)


class Digest:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def newest(self, page_request: PageRequest) -> Response:
        preferences = await self._preferences(page_request)
        return await self._page(
            page_request, preferences, digest_day(preferences, self._services.clock())
        )

    async def of_day(self, page_request: PageRequest) -> Response:
        preferences = await self._preferences(page_request)
        return await self._page(
            page_request, preferences, read_day(page_request.request.path_params["day"])
        )

    async def _preferences(self, page_request: PageRequest) -> Preferences:
        found = await self._services.storage.read(preferences_of, page_request.principal.account)
        return found.preferences

    async def _page(
        self, page_request: PageRequest, preferences: Preferences, day: date
    ) -> Response:
        read, account = self._services.storage.read, page_request.principal.account
        begin, end = (digest_hour(preferences, at) for at in (day - timedelta(days=1), day))
        now = self._services.clock()
        if begin > now:
            raise NotFoundError("This day is in the future.")
        bodies = await read(digests.events_between, account, begin, end, MAX_EVENTS)
        events = [orjson.loads(body) for body in bodies]
        actors = await read(digests.actors, hits_of(events))
        messages = await read(digests.found, account, messages_of(events))
        machines = await read(digests.only_machines, account, begin, end, MAX_MACHINES)
        return self._renderer.show(
            page_request,
            "digest.html",
            day=day,
            begin=preferences.local(begin),
            end=preferences.local(end),
            zone=preferences.time_zone,
            sections=sections(events, actors, messages),
            machines=machines,
            is_cut=len(bodies) == MAX_EVENTS,
            is_running=end > now,
            earlier=day - timedelta(days=1),
            later=day + timedelta(days=1) if end <= now else None,
            has_popup=preferences.digest,
        )


def read_day(text: str) -> date:
    """Raises `BadRequestError`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadRequestError("The address must end in a date such as 2026-11-23.") from None
    if not FIRST_YEAR < day.year < date.max.year:
        raise NotFoundError("There is no digest of this day.")
    return day


def hits_of(events: Iterable[Mapping[str, Any]]) -> list[int]:
    return [event["hit"] for event in events if event.get("hit") is not None]


def messages_of(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(message for event in events if (message := _message_id(event))))


def _message_id(event: Mapping[str, Any]) -> str:
    """Empty for an event that is about no message."""
    return str((event.get("message") or {}).get("id") or "")


def sections(
    events: Sequence[Mapping[str, Any]],
    actors: Mapping[int, Actor],
    messages: Mapping[str, MessageView],
) -> dict[str, list[Entry]]:
    """By title; messages that have been erased since are left out."""
    found: dict[str, dict[str, Entry]] = {title: {} for title in digest_sections()}
    for event in filter(is_for_people, events):
        kind, is_withdrawn = _kind_today(event, actors)
        title, message_id = digest_section(kind), _message_id(event)
        erased = bool(message_id) and message_id not in messages
        if title is not None and not erased:
            entry = found[title].setdefault(message_id, Entry(messages.get(message_id)))
            entry.lines.append(_line(event, is_withdrawn=is_withdrawn))
    return {title: list(entries.values()) for title, entries in found.items() if entries}


def _kind_today(event: Mapping[str, Any], actors: Mapping[int, Actor]) -> tuple[str, bool]:
    """The kind that decides on its section, and whether it has been corrected since."""
    kind, hit = event["kind"], event.get("hit")
    if kind not in BY_NAME:
        return kind, False
    if kind == "corrected":
        by_reader = event["verdict"]["actor"] == Actor.HUMAN
        kind = ("clicked" if event["link"] else "opened") if by_reader else kind
    if kind == "corrected" or hit is None or actors.get(hit, Actor.HUMAN) is Actor.HUMAN:
        return kind, False
    return "corrected", True


def _line(event: Mapping[str, Any], *, is_withdrawn: bool) -> Line:
    words = sentence_of(event)
    told = f"Withdrawn: “{words}”" if is_withdrawn else words
    return Line(event["time"], told, (event.get("link") or {}).get("url"))
