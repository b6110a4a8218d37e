"""The record of a mail, to print or keep: every request with its verdict and evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import orjson
from starlette.responses import Response

from sealbreak_server.classification.explain import country_name
from sealbreak_server.errors import NotFoundError
from sealbreak_server.events.wire import wire_time, words_for
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Message
from sealbreak_server.security.tokens import is_id
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.lists.messages import MAX_HITS_SHOWN, MessageView
from sealbreak_server.web.bodies import hit_body, message_body
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.spreadsheet import BOM, csv_line, list_cell
from sealbreak_server.web.pages.times import format_exact, format_local
from sealbreak_server.web.responses import NO_STORE

COLUMNS = (
    "number", "time", "local_time", "time_zone", "kind", "copy", "link", "url", "actor", "via",
    "sentence", "reason", "rules", "device", "device_known", "country", "network", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    time: str
    local: str
    what: str
    url: str
    actor: str
    words: str
    reason: str
    place: str
    """Network and country, if known."""
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    message: MessageView
    classified_hits: list[ClassifiedHit]
    zone: tzinfo
    """For the local times."""


class RecordPage:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def show(self, page_request: PageRequest) -> Response:
        found = await self._record(page_request)
        return self._renderer.show(
            page_request,
            "record.html",
            message=found.message,
            lines=[line_of(one, found) for one in found.classified_hits],
            zone=str(found.zone),
            sent=in_both_zones(found.message.times.sent_at, found.zone),
            registered=in_both_zones(found.message.times.registered_at, found.zone),
            made=format_exact(self._services.clock()),
            is_cut=len(found.classified_hits) == MAX_HITS_SHOWN,
        )

    async def as_json(self, page_request: PageRequest) -> Response:
        found = await self._record(page_request)
        message = found.message.message
        hits = [hit_body(one, message) for one in found.classified_hits]
        body = {**message_body(found.message), "hits": hits}
        text = orjson.dumps(body, option=orjson.OPT_INDENT_2)
        return _file(text, found.message.id, "json", "application/json")

    async def as_csv(self, page_request: PageRequest) -> Response:
        found = await self._record(page_request)
        text = BOM + "".join(map(csv_line, [COLUMNS, *rows(found)]))
        return _file(text.encode(), found.message.id, "csv", "text/csv; charset=utf-8")

    async def _record(self, page_request: PageRequest) -> Record:
        read, principal = self._services.storage.read, page_request.principal
        message = str(page_request.request.path_params["id"])
        if not is_id(message):
            raise NotFoundError("There is no such message.")
        view = await read(messages.view, principal.account, message)
        hits = await read(messages.hits, principal.owner, view.id)
        return Record(view, hits, await self._renderer.zone(page_request))


def _file(text: bytes, message: str, ending: str, kind: str) -> Response:
    headers = {
        "Cache-Control": NO_STORE,
        "Content-Disposition": f'attachment; filename="sealbreak-{message}.{ending}"',
    }
    return Response(text, media_type=kind, headers=headers)


def in_both_zones(seconds: float, zone: tzinfo) -> tuple[str, str]:
    """The time in UTC and in `zone`."""
    return format_exact(seconds), format_exact(seconds, zone)


def line_of(classified: ClassifiedHit, found: Record) -> Line:
    hit, verdict, message = classified.hit, classified.verdict, found.message.message
    utc, local = in_both_zones(hit.time, found.zone)
    what = "Image loaded" if hit.kind is Kind.OPEN else f"Link {hit.link} followed"
    if verdict is None:
        return Line(classified.number, utc, local, what, "", "", "Not classified yet", "", "", ())
    country = country_name(verdict.country) if verdict.country else ""
    return Line(
        classified.number, utc, local, what, _url(hit.link, message), verdict.actor,
        words_for(verdict, hit, message), f"{verdict.reason} (rules {verdict.rules})",
        ", ".join(part for part in (verdict.network, country) if part), verdict.evidence,
    )  # fmt: skip


def _url(link: int | None, message: Message) -> str:
    target = message.link(link)
    return target.url if target else ""


def rows(found: Record) -> Iterator[Sequence[str]]:
    message = found.message.message
    for classified in found.classified_hits:
        hit, verdict = classified.hit, classified.verdict
        known = (
            (verdict.actor, verdict.via, words_for(verdict, hit, message), verdict.reason,
             str(verdict.rules), verdict.device or "", "yes" if verdict.device_known else "no",
             verdict.country or "", verdict.network or "", list_cell(verdict.evidence, "; "))
            if verdict else ("",) * 10
        )  # fmt: skip
        link = "" if hit.link is None else str(hit.link)
        yield (
            str(classified.number), wire_time(hit.time), format_local(hit.time, found.zone),
            str(found.zone), hit.kind, str(hit.copy), link, _url(hit.link, message), *known,
        )  # fmt: skip
