"""The list of messages, and the page of one message."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.events.forwarded import PERHAPS_FORWARDED, forwarded_hits
from sealbreak_server.events.wire import words_for
from sealbreak_server.jobs.traces import erase
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.message import Link, Message, Recipient
from sealbreak_server.model.open_state import LABELS, OpenState
from sealbreak_server.model.registration import is_mail_address
from sealbreak_server.model.verdict import Actor
from sealbreak_server.security.tokens import is_id
from sealbreak_server.storage.erasure import erase_message
from sealbreak_server.storage.lists import messages, search
from sealbreak_server.storage.lists.copies import Copy, copies_of
from sealbreak_server.storage.lists.gmail_accounts import gmail_accounts
from sealbreak_server.storage.lists.messages import MAX_HITS_SHOWN, MessageView
from sealbreak_server.storage.lists.search import Count, Order, Place, Show, Wanted
from sealbreak_server.storage.lists.tallies import Tally, of_message
from sealbreak_server.storage.preferences import mute_message
from sealbreak_server.storage.registration import stop
from sealbreak_server.web.pages.base import PageRenderer, PageRequest, with_query
from sealbreak_server.web.pages.charts import Mark, timeline
from sealbreak_server.web.requests import read_cursor, search_text, write_cursor

PAGE = 50
FILTERS = {
    Show.ALL: "All",
    Show.OPENED: "Opened",
    Show.NOT_OPENED: "Not opened",
    Show.CLICKED: "Clicked",
    Show.MACHINES: "Only machines",
    Show.UNKNOWABLE: LABELS[OpenState.UNKNOWABLE],
    Show.UNCLEAR: "Unclear",
    Show.OWN: "Seen by you",
    Show.MUTED: "Muted",
}
ORDERS = {
    Order.NEWEST: "Newest first",
    Order.ACTIVITY: "Last activity",
    Order.OPENS: "Most opens",
}

Choice = TypeVar("Choice", bound=StrEnum)


class Messages:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def list(self, page_request: PageRequest) -> Response:
        query, account = page_request.request.query_params, page_request.principal.account
        wanted = read_wanted(page_request.request)
        after = page_cursor(query.get("cursor", ""), search.keys_of(wanted))
        read = self._services.storage.read
        page = await read(search.page, account, PAGE, wanted, after)
        accounts = await read(gmail_accounts, account)
        if wanted.text and wanted.show is Show.ALL and after is None and not page.found:
            counts = dict.fromkeys(Show, Count(0, more=page.next is not None))
        else:
            counts = await read(search.counts, account, wanted.text, wanted.sent_from)
        return self._renderer.show(
            page_request,
            "history.html",
            messages=page.found,
            wanted=wanted,
            filters=[(FILTERS[show], counts[show], show) for show in FILTERS],
            orders=ORDERS,
            accounts=accounts if len(accounts) > 1 or wanted.sent_from else [],
            has_messages=counts[Show.ALL] != Count(0, more=False),
            list_address=_list_addresses(wanted),
            more=page.next and write_cursor(page.next),
            looked_through=search.LOOKED_THROUGH if page.next and not page.is_full else None,
            is_first=after is None,
            erased=query.get("erased") == "1",
        )

    async def one(self, page_request: PageRequest) -> Response:
        read, message = self._services.storage.read, _id(page_request)
        try:
            view = await read(messages.view, page_request.principal.account, message)
        except NotFoundError:
            return self._renderer.show(page_request, "missing.html", 404)
        classified_hits = await read(messages.hits, page_request.principal.owner, view.id)
        tallies = await read(of_message, view.id)
        copies = await read(copies_of, [view])
        forwarded = forwarded_hits(classified_hits, view.message)
        return self._renderer.show(
            page_request,
            "message.html",
            message=view,
            lines=[
                _line(one, view.message, one.number in forwarded)
                for one in reversed(classified_hits)
            ],
            chart=_chart(view, classified_hits),
            readers=_readers(
                view.message,
                copies[view.id],
                {one.hit.copy for one in classified_hits if one.number in forwarded},
            ),
            links=_links(view.message, tallies),
            is_cut=len(classified_hits) == MAX_HITS_SHOWN,
        )

    async def mute(self, page_request: PageRequest) -> Response:
        message, muted = _id(page_request), page_request.fields.get("muted") == "yes"
        write = self._services.storage.write
        await write(mute_message, page_request.principal.account, message, muted)
        return RedirectResponse(f"/history/{message}", 303)

    async def stop(self, page_request: PageRequest) -> Response:
        message = _id(page_request)
        await self._services.storage.write(stop, page_request.principal.account, message)
        return RedirectResponse(f"/history/{message}", 303)

    async def erase(self, page_request: PageRequest) -> Response:
        principal, message = page_request.principal, _id(page_request)
        now = self._services.clock()
        if not await erase(self._services, erase_message, principal.account, message, now):
            raise NotFoundError("There is no such mail, or it was already erased.")
        self._services.feed.wake([principal.owner])
        return RedirectResponse("/history?erased=1", 303)


def _id(page_request: PageRequest) -> str:
    message = str(page_request.request.path_params["id"])
    return message if is_id(message) else ""


def read_wanted(request: Request) -> Wanted:
    query = request.query_params
    show = read_choice(Show, query.get("show", ""), Show.ALL)
    order = read_choice(Order, query.get("order", ""), Order.NEWEST)
    sent_from = query.get("from", "")
    return Wanted(
        search_text(request), show, order, sent_from=sent_from if is_mail_address(sent_from) else ""
    )


def read_choice(choices: type[Choice], text: str, default: Choice) -> Choice:
    """Unknown values, as from old links, become the default."""
    return choices(text) if text in set(choices) else default


def _list_addresses(wanted: Wanted) -> Any:
    """Makes addresses of this list with some parameters changed."""
    current: dict[str, object] = {
        "q": wanted.text, "show": wanted.show, "order": wanted.order, "from": wanted.sent_from,
    }  # fmt: skip

    def list_address(path: str = "/history", **changes: object) -> str:
        query = {**current, **changes}
        defaults = {str(Show.ALL), str(Order.NEWEST)}
        return with_query(path, **{name: "" if v in defaults else v for name, v in query.items()})

    return list_address


def page_cursor(text: str, keys: int) -> Place | None:
    try:
        return read_cursor(text, keys)
    except BadRequestError:
        raise BadRequestError("This page does not exist. Start at the first page.") from None


def _line(classified: ClassifiedHit, message: Message, forwarded: bool) -> dict[str, Any]:
    verdict, target = classified.verdict, message.link(classified.hit.link)
    words = words_for(verdict, classified.hit, message) if verdict else "Not classified yet"
    return {
        "number": classified.number,
        "time": classified.hit.time,
        "actor": verdict.actor if verdict else Actor.UNKNOWN,
        "words": f"{words}, {PERHAPS_FORWARDED}" if forwarded else words,
        "verdict": verdict,
        "url": target.url if target else None,
    }


def _chart(view: MessageView, hits: Sequence[ClassifiedHit]) -> str:
    actors = ((one.hit, one.verdict.actor if one.verdict else Actor.UNKNOWN) for one in hits)
    marks = [Mark(hit.time, actor) for hit, actor in actors]
    return timeline(marks, view.message.sent_at) if marks else ""


@dataclass(frozen=True, slots=True)
class ReaderLine:
    people: tuple[Recipient, ...]
    opens: int
    clicks: int
    state: OpenState
    forwarded: bool
    """Perhaps."""


def _readers(
    message: Message, copies: Mapping[int, Copy], forwarded: Collection[int]
) -> list[ReaderLine]:
    """A line for each copy, as the recipients who share a copy cannot be told apart."""
    return [
        ReaderLine(
            message.readers(number), copy.totals.opens, copy.totals.clicks, copy.state,
            number in forwarded,
        )
        for number, copy in copies.items()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LinkLine:
    target: Link
    clicks: int
    machines: int

    @property
    def is_shown(self) -> bool:
        """A hidden link is shown only if something followed it."""
        return not self.target.hidden or self.machines > 0 or self.clicks > 0


def _links(message: Message, tallies: Iterable[Tally]) -> list[LinkLine]:
    clicks: Counter[int | None] = Counter()
    machines: Counter[int | None] = Counter()
    for tally in tallies:
        clicks[tally.link] += tally.counted
        machines[tally.link] += tally.hits if tally.actor == Actor.MACHINE else 0
    return [LinkLine(link, clicks[link.n], machines[link.n]) for link in message.links]
