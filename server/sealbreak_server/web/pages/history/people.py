"""The list of recipients, and the page of one person."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from starlette.responses import RedirectResponse, Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.jobs.traces import erase
from sealbreak_server.model.addresses import person_of
from sealbreak_server.model.folding import fold
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.open_state import OpenState, is_unopened
from sealbreak_server.model.registration import MAX_ADDRESS, is_mail_address
from sealbreak_server.storage.erasure import erase_recipient
from sealbreak_server.storage.lists import people, search
from sealbreak_server.storage.lists.copies import Copy, copies_of
from sealbreak_server.storage.lists.messages import MessageView, views
from sealbreak_server.storage.lists.people import Got, Sign
from sealbreak_server.storage.preferences import mute_recipient, muted_recipients, unmute_recipient
from sealbreak_server.web.pages.base import PageRenderer, PageRequest, person_page
from sealbreak_server.web.pages.charts import plural
from sealbreak_server.web.pages.history.messages import page_cursor, read_choice
from sealbreak_server.web.requests import search_text, write_cursor

PAGE = 50
MAX_MAILS = 1000
"""A person's figures count so many of their newest mails."""
READ = (OpenState.OPENED, OpenState.CLICKED)
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of the mails whose copy only this person got."""

    mails: int
    shared: int
    """Mails with a shared copy, whose opens cannot be attributed."""
    unknown: int
    """Of `mails`, those of which it cannot be said whether they were opened."""
    opened: int
    clicked: int
    opens: int
    clicks: int
    seen_at: float | None
    delay: str
    """Median time until the first open; empty if nothing was opened."""


class People:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def list(self, page_request: PageRequest) -> Response:
        query, account = page_request.request.query_params, page_request.principal.account
        after, text = query.get("after", "")[:MAX_ADDRESS], search_text(page_request.request)
        order = read_choice(people.Order, query.get("order", ""), people.Order.ADDRESS)
        read = self._services.storage.read
        page = await read(people.listed, account, PAGE, after, text, order)
        erased = query.get("erased", "")
        return self._renderer.show(
            page_request,
            "people.html",
            people=page.found,
            muted={person_of(one) for one in await read(muted_recipients, account)},
            order="" if order is people.Order.ADDRESS else order,
            newest=search.LOOKED_THROUGH,
            more=page.next,
            looked_through=search.LOOKED_THROUGH if page.next and not page.is_full else None,
            after=after,
            text=text,
            erased=plural(int(erased), "message") if erased.isascii() and erased.isdigit() else "",
        )

    async def one(self, page_request: PageRequest) -> Response:
        read, account = self._services.storage.read, page_request.principal.account
        address = str(page_request.request.path_params["address"])[:MAX_ADDRESS]
        after = page_cursor(page_request.request.query_params.get("cursor", ""), 1)
        mails, name = await read(people.names, account, address)
        messages, more = await read(people.page, account, address, PAGE, after)
        if not mails and not messages:
            return self._renderer.show(page_request, "missing.html", 404)
        got = await read(people.got, account, address, MAX_MAILS)
        signs = await read(people.signs, [copy.message for copy in got])
        mine = await read(views, [copy.message for copy in got if copy.alone])
        unknown = unknown_copies(mine, await read(copies_of, mine))
        muted = {person_of(one) for one in await read(muted_recipients, account)}
        copies = await read(copies_of, messages)
        return self._renderer.show(
            page_request,
            "person.html",
            address=address.lower(),
            name=name,
            mails=mails,
            figures=figures(got, signs, unknown),
            messages=messages,
            others={message.id: others(message, address) for message in messages},
            copies={one.id: copies[one.id][copy_number(one, address)] for one in messages},
            muted=person_of(address) in muted,
            most=MAX_MAILS,
            more=more and write_cursor(more),
            is_first=after is None,
        )

    async def mute(self, page_request: PageRequest) -> Response:
        address, write = read_address(page_request.fields), self._services.storage.write
        muted = page_request.fields.get("muted") == "yes"
        change: Any = mute_recipient if muted else unmute_recipient
        await write(change, page_request.principal.account, address)
        return RedirectResponse(person_page(address), 303)

    async def erase(self, page_request: PageRequest) -> Response:
        address, now = read_address(page_request.fields), self._services.clock()
        account = page_request.principal.account
        found = await erase(self._services, erase_recipient, account, address, now)
        if not found:
            raise NotFoundError("No mail was sent to this address, or it was already erased.")
        self._services.feed.wake([page_request.principal.owner])
        return RedirectResponse(f"/history/people?erased={len(found)}", 303)


def read_address(fields: dict[str, str]) -> str:
    """Raises `BadRequestError`."""
    address = fields.get("address", "").strip()
    if not is_mail_address(address):
        raise BadRequestError("The address must be a mail address such as ann@example.com.")
    return address


def unknown_copies(
    mails: Iterable[MessageView], copies: Mapping[str, Mapping[int, Copy]]
) -> set[tuple[str, int]]:
    """Message and number of the copies that were not opened, as far as that can be known, and of
    which it cannot be said either that they were not."""
    return {
        (mail.id, number)
        for mail in mails
        for number, copy in copies[mail.id].items()
        if copy.state not in READ and not is_unopened(copy.state, tracked=mail.is_tracked)
    }


def figures(
    got: Sequence[Got], signs: Iterable[Sign], unknown: Collection[tuple[str, int]] = ()
) -> Figures:
    mine = {(copy.message, copy.copy): copy for copy in got if copy.alone}
    known = [sign for sign in signs if (sign.message, sign.copy) in mine]
    opens = [sign for sign in known if sign.kind == Kind.OPEN]
    clicks = [sign for sign in known if sign.kind == Kind.CLICK]
    delays = [one.first - mine[one.message, one.copy].sent_at for one in opens]
    return Figures(
        mails=len(mine),
        shared=len(got) - len(mine),
        unknown=sum(copy in unknown for copy in mine),
        opened=len(opens),
        clicked=len(clicks),
        opens=sum(sign.count for sign in opens),
        clicks=sum(sign.count for sign in clicks),
        seen_at=max((sign.last for sign in known), default=None),
        delay=duration(median(delays)) if delays else "",
    )


def duration(seconds: float) -> str:
    """In the largest unit that fits."""
    for size, name in UNITS:
        if seconds >= size:
            return plural(round(seconds / size), name)
    return "under a minute"


def others(message: MessageView, address: str) -> int:
    """The number of other recipients who share this person's copy."""
    readers = message.message.readers(copy_number(message, address))
    return len({fold(reader.address) for reader in readers}) - 1


def copy_number(message: MessageView, address: str) -> int:
    """The copy that this person got."""
    person = fold(address)
    return next(p.copy for p in message.message.recipients if fold(p.address) == person)
