"""A list of messages as a file. It is read and sent in batches, so its length costs no memory."""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence

import orjson
from starlette.responses import Response, StreamingResponse

from sealbreak_server.events.wire import wire_time
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.lists.search import Wanted
from sealbreak_server.web.bodies import message_body, optional_time
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.history.messages import read_wanted
from sealbreak_server.web.responses import NO_STORE

BATCH = 500
BOM = "\ufeff"
"""Without it, spreadsheets read the file in a legacy encoding."""
FORMULA_START = r"""[\s"]*[=+\-@＝＋－＠]"""
RISKY_START = re.compile(rf"\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?={FORMULA_START})")
COLUMNS = (
    "sent_at", "subject", "recipients", "level", "opens", "clicks", "machines", "first_opened_at",
    "last_event_at", "muted", "opted_out", "withdrawn", "gmail_account", "links", "id",
)  # fmt: skip

Batches = AsyncIterator[list[MessageView]]


class Export:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer

    async def as_csv(self, page_request: PageRequest) -> Response:
        batches = self._batches(page_request.principal.account, read_wanted(page_request.request))
        return _file(_csv(batches), "csv", "text/csv; charset=utf-8")

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


async def _csv(batches: Batches) -> AsyncIterator[bytes]:
    yield (BOM + csv_line(COLUMNS)).encode()
    async for batch in batches:
        yield "".join(csv_line(_row(message)) for message in batch).encode()


async def _json(batches: Batches) -> AsyncIterator[bytes]:
    """An array with one message on each line."""
    separator = b"[\n"
    async for batch in batches:
        for message in batch:
            yield separator + orjson.dumps(message_body(message))
            separator = b",\n"
    yield b"\n]\n" if separator == b",\n" else b"[]\n"


def _row(message: MessageView) -> list[str]:
    people = (
        f"{p.name} <{p.address}>" if p.name else p.address for p in message.message.recipients
    )
    times, counts = message.times, message.counts
    return [
        wire_time(times.sent_at), message.message.subject, ", ".join(people),
        message.message.level, str(counts.opens), str(counts.clicks), str(counts.machines),
        optional_time(times.first_opened_at) or "", optional_time(times.last_event_at) or "",
        _yes_or_no(message.flags.muted), _yes_or_no(message.flags.opted_out),
        _yes_or_no(message.flags.withdrawn),
        message.ids.gmail_account or "",
        " ".join(link.url for link in message.message.links), message.id,
    ]  # fmt: skip


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def csv_line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([escape_formulas(value) for value in values])
    return line.getvalue()


def escape_formulas(text: str) -> str:
    """Prefixes a quote to every part of the text that a spreadsheet may take for a formula.

    Anybody can write a subject. Where the comma is the decimal separator, spreadsheets split cells
    at semicolons. Our quotation marks do not protect such a part: line breaks split it too, and a
    quotation mark at its beginning is dropped.
    """
    return RISKY_START.sub("'", text)
