"""The digest page: the events of a day, which begins at the hour of the daily summary."""

from datetime import date, timedelta

from starlette.responses import Response

from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.events.digest import digest_day, digest_hour
from sealbreak_server.events.digest_sections import count_lines
from sealbreak_server.model.open_state import OpenState
from sealbreak_server.model.preferences import Preferences
from sealbreak_server.storage.lists import digests
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.web.pages.base import PageRenderer, PageRequest

MAX_SILENT = 200
FIRST_YEAR = 2000


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
        found = await read(digests.digest_between, account, begin, end)
        silent = await read(digests.without_readers, account, begin, end, MAX_SILENT)
        return self._renderer.show(
            page_request,
            "digest.html",
            day=day,
            begin=preferences.local(begin),
            end=preferences.local(end),
            zone=preferences.time_zone,
            sections=found.sections,
            messages=found.messages,
            count_lines=count_lines,
            machines=[mail for mail in silent if mail.state is OpenState.AUTOMATED],
            unknowable=[mail for mail in silent if mail.state is OpenState.UNKNOWABLE],
            is_cut=found.is_cut,
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
