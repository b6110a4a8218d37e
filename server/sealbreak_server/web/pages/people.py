"""Those who get the mails: all of them, and what can be known of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from starlette.responses import RedirectResponse, Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.registration import MAX_ADDRESS
from sealbreak_server.storage.erasure import erase_recipient
from sealbreak_server.storage.lists import people, search
from sealbreak_server.storage.lists.messages import MessageView
from sealbreak_server.storage.lists.people import Got, Sign
from sealbreak_server.storage.preferences import mute_recipient, muted_recipients, unmute_recipient
from sealbreak_server.web.api.api import read_search
from sealbreak_server.web.pages.base import PageRenderer, PageRequest, person_page
from sealbreak_server.web.pages.charts import plural
from sealbreak_server.web.pages.messages import read_place, write_place

PAGE = 50
MOST_MAILS = 1000
"""What one person's numbers are of, newest first."""
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


@dataclass(frozen=True, slots=True)
class Figures:
    """Of mails whose copy only this person got."""

    mails: int
    shared: int
    """Those where it cannot be told who of several it was."""
    opened: int
    clicked: int
    opens: int
    clicks: int
    seen_at: float | None
    delay: str
    """The median time until the first open; empty when nothing was opened."""


class People:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def list(self, page_request: PageRequest) -> Response:
        query, account = page_request.request.query_params, page_request.principal.account
        after, text = query.get("after", "")[:MAX_ADDRESS], read_search(page_request.request)
        read = self._services.storage.read
        page = await read(people.listed, account, PAGE, after, text)
        erased = query.get("erased", "")
        return self._renderer.show(
            page_request,
            "people.html",
            people=page.found,
            muted=await read(muted_recipients, account),
            more=page.next,
            cut=search.LOOKED_THROUGH if page.next and not page.is_full else None,
            after=after,
            text=text,
            erased=plural(int(erased), "message") if erased.isascii() and erased.isdigit() else "",
        )

    async def one(self, page_request: PageRequest) -> Response:
        read, account = self._services.storage.read, page_request.principal.account
        address = str(page_request.request.path_params["address"])[:MAX_ADDRESS]
        after = read_place(page_request.request.query_params.get("cursor", ""), 1)
        mails, name = await read(people.names, account, address)
        if not mails:
            return self._renderer.show(page_request, "missing.html", 404)
        got = await read(people.got, account, address, MOST_MAILS)
        signs = await read(people.signs, [copy.message for copy in got])
        messages, more = await read(people.page, account, address, PAGE, after)
        muted = await read(muted_recipients, account)
        return self._renderer.show(
            page_request,
            "person.html",
            address=address.lower(),
            name=name,
            mails=mails,
            figures=figures(got, signs),
            messages=messages,
            others={message.id: others(message, address) for message in messages},
            muted=address.lower() in muted,
            most=MOST_MAILS,
            more=more and write_place(more),
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
        count = await self._services.storage.write(
            erase_recipient, page_request.principal.account, address, now
        )
        if not count:
            raise NotFoundError("No mail went to this address, or it was erased before.")
        self._services.feed.wake([page_request.principal.owner])
        return RedirectResponse(f"/history/people?erased={count}", 303)


def read_address(fields: dict[str, str]) -> str:
    """Raises `BadRequestError`."""
    address = fields.get("address", "").strip()
    if not 3 <= len(address) <= MAX_ADDRESS or "@" not in address or not address.isprintable():
        raise BadRequestError("This must be a mail address, such as ann@example.com.")
    return address


def figures(got: Sequence[Got], signs: Iterable[Sign]) -> Figures:
    mine = {(copy.message, copy.copy): copy for copy in got if copy.alone}
    known = [sign for sign in signs if (sign.message, sign.copy) in mine]
    opens = [sign for sign in known if sign.kind == Kind.OPEN]
    clicks = [sign for sign in known if sign.kind == Kind.CLICK]
    delays = [one.first - mine[one.message, one.copy].sent_at for one in opens]
    return Figures(
        mails=len(mine),
        shared=len(got) - len(mine),
        opened=len(opens),
        clicked=len(clicks),
        opens=sum(sign.count for sign in opens),
        clicks=sum(sign.count for sign in clicks),
        seen_at=max((sign.last for sign in known), default=None),
        delay=duration(median(delays)) if delays else "",
    )


def duration(seconds: float) -> str:
    """In the one unit that says most."""
    for size, name in UNITS:
        if seconds >= size:
            return plural(round(seconds / size), name)
    return "under a minute"


def others(message: MessageView, address: str) -> int:
    """How many share the copy with this person."""
    mine = (p.copy for p in message.message.recipients if p.address.lower() == address.lower())
    return len(message.message.readers(next(mine, 0))) - 1
