"""A list of messages as a file. It is read and sent in batches, so its length costs no memory."""

from collections.abc import AsyncIterator
from datetime import tzinfo

import orjson
from starlette.responses import Response, StreamingResponse

from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.open_state import LABELS
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.lists.search import Wanted
from sealbreak_server.web.bodies import message_body
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.history.messages import read_wanted
from sealbreak_server.web.pages.spreadsheet import BOM, csv_line, list_cell
from sealbreak_server.web.pages.times import format_local
from sealbreak_server.web.responses import NO_STORE

BATCH = 500
COLUMNS = (
    "sent_at", "sent_at_local", "subject", "recipients", "level", "state", "opens", "clicks",
    "machines", "apple", "unclear", "first_opened_at", "first_opened_at_local", "last_event_at",
    "last_event_at_local", "time_zone", "muted", "opted_out", "withdrawn", "gmail_account", "links",
    "id",
)  # fmt: skip
"""The times in UTC are for programs, the local ones are dates to a spreadsheet."""

Batches = AsyncIterator[list[MessageView]]


class Export:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer

    async def as_csv(self, page_request: PageRequest) -> Response:
        batches = self._batches(page_request.principal.account, read_wanted(page_request.request))
        zone = await self._renderer.zone(page_request)
        return _file(_csv(batches, zone), "csv", "text/csv; charset=utf-8")

    async def as_json(self, page_request: PageRequest) -> Response:
        batches = self._batches(page_request.principal.account, read_wanted(page_request.request))
        return _file(_json(batches), "json", "application/json")

    async def _batches(self, account: int, wanted: Wanted) -> Batches:
        after = None
        while True:
            page = await self._renderer.services.storage.read(
                search.page, account, BATCH, wanted, after
            )
            yield page.found
            after = page.next
            if after is None:
                return


def _file(text: AsyncIterator[bytes], ending: str, kind: str) -> Response:
    headers = {
        "Cache-Control": NO_STORE,
        "Content-Disposition": f'attachment; filename="sealbreak-messages.{ending}"',
    }
    return StreamingResponse(text, media_type=kind, headers=headers)


async def _csv(batches: Batches, zone: tzinfo) -> AsyncIterator[bytes]:
    yield (BOM + csv_line(COLUMNS)).encode()
    async for batch in batches:
        yield "".join(csv_line(_row(message, zone)) for message in batch).encode()


async def _json(batches: Batches) -> AsyncIterator[bytes]:
    """An array with one message on each line."""
    separator = b"[\n"
    async for batch in batches:
        for message in batch:
            yield separator + orjson.dumps(message_body(message))
            separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"


def _row(message: MessageView, zone: tzinfo) -> list[str]:
    people = [
        f"{p.name} <{p.address}>" if p.name else p.address for p in message.message.recipients
    ]
    times, counts, flags = message.times, message.counts, message.flags
    return [
        *_both(times.sent_at, zone), message.message.subject, list_cell(people, ", "),
        message.message.level, LABELS[message.state], str(counts.opens), str(counts.clicks),
        str(counts.machines), str(counts.apple), str(counts.unclear),
        *_both(times.first_opened_at, zone), *_both(times.last_event_at, zone), str(zone),
        _yes_or_no(flags.muted), _yes_or_no(flags.opted_out), _yes_or_no(flags.withdrawn),
        message.ids.gmail_account or "",
        list_cell([link.url for link in message.message.links], " "), message.id,
    ]  # fmt: skip


def _both(seconds: float | None, zone: tzinfo) -> tuple[str, str]:
    """In UTC and in the zone; empty for no time."""
    return ("", "") if seconds is None else (wire_time(seconds), format_local(seconds, zone))


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"
