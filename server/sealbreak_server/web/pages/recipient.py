"""The page for recipients: what is stored about them, and how to stop it."""

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.jobs.traces import remove_traces_later
from sealbreak_server.security.tokens import Token
from sealbreak_server.storage import accounts
from sealbreak_server.storage.migrations.backup import COPY_SECONDS
from sealbreak_server.storage.registration import has_opted_out, opt_out
from sealbreak_server.web.pages.base import PageRenderer


class RecipientPage:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def show(self, request: Request) -> Response:
        token = self._token(request)
        return await self._page(token) if token else self._missing()

    async def opt_out(self, request: Request) -> Response:
        token = self._token(request)
        if token is None:
            return self._missing()
        now = self._services.clock()
        classify, write = self._services.classify, self._services.storage.write
        self._services.intake.after_commit(
            await write(opt_out, classify, token.message, token.copy, now)
        )
        await remove_traces_later(self._services, copies_before=now - COPY_SECONDS, rewrite=False)
        return await self._page(token)

    def _token(self, request: Request) -> Token | None:
        params = request.path_params
        return self._services.keyring.read(params["owner"], params["token"])

    def _missing(self) -> Response:
        return self._renderer.page("missing.html", 404)

    async def _page(self, token: Token) -> Response:
        read = self._services.storage.read
        owner = await read(accounts.who_tracks, token.owner)
        stopped = await read(has_opted_out, token.message, token.copy)
        keep_days = self._services.settings.keep_days
        return self._renderer.page(
            "recipient.html", owner=owner, stopped=stopped, keep_days=keep_days
        )
