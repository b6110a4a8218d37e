"""The first steps for a signed-in browser, on any computer."""

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import SET_UP
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.first_steps.steps import CODES_SECONDS, Door, Steps

HERE = "/history/first-steps"


class FirstStepsPage:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services
        self._steps = Steps(renderer.services)

    async def show(self, page_request: PageRequest) -> Response:
        door = await self._door(page_request)
        values = await self._steps.values(page_request.principal.account, door)
        return self._renderer.show(
            page_request, "first_steps.html", **values, live="/history/live", here_path=HERE
        )

    async def act(self, page_request: PageRequest) -> Response:
        door, principal = await self._door(page_request), page_request.principal
        done = await self._steps.act(principal.account, door, page_request.fields)
        self._services.feed.wake([principal.owner])
        return done or RedirectResponse(HERE, 303)

    async def _door(self, page_request: PageRequest) -> Door:
        """A browser that a tray or an extension signed in makes no codes: its cookie would become
        a device that outlives it."""
        request, principal = page_request.request, page_request.principal
        made_at = await self._services.storage.read(accounts.made_at, principal.device)
        is_new = self._services.clock() < made_at + CODES_SECONDS
        makes_codes = principal.kind == SET_UP and is_new
        here, host = self._services.settings.public_url, request.headers.get("host", "")
        if urlsplit(here).netloc != host:
            here = f"http://{host}"
        return Door(principal.device, here, makes_codes, is_local=False)
