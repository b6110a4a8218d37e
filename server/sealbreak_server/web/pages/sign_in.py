"""Signing a browser in by a link that works once, and signing it out."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sealbreak_server.security.secrets import csrf_token_for, new_secret
from sealbreak_server.storage import accounts
from sealbreak_server.web.pages.base import PageRenderer, PageRequest, read_form
from sealbreak_server.web.responses import NO_STORE


class SignIn:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services
        self._authenticator = renderer.authenticator

    async def show(self, request: Request) -> Response:
        """Asks for confirmation, as an attacker can send somebody a link to the attacker's account.

        A browser that is signed in to the same account already needs no confirmation.
        """
        if request.method == "HEAD":
            return self._renderer.page("signed_out.html")
        code, now = request.path_params["code"], self._services.clock()
        owner = await self._services.storage.read(accounts.who_signs_in, code, now)
        if owner is None:
            return self._used_link()
        current = await self._authenticator.of_cookie(request)
        if current is not None and current.account == owner.account:
            return await self._sign_in(request)
        secret = new_secret()
        response = self._renderer.page(
            "sign_in.html", owner=owner, current=current, csrf_token=csrf_token_for(secret)
        )
        self._set_cookie(response, self._authenticator.entry_name, secret, accounts.SIGN_IN_SECONDS)
        return response

    async def enter(self, request: Request) -> Response:
        csrf_token = (await read_form(request)).get("csrf_token", "")
        if not self._authenticator.holds_csrf_token(
            request, csrf_token, self._authenticator.entry_name
        ):
            return self._used_link()
        return await self._sign_in(request)

    async def _sign_in(self, request: Request) -> Response:
        code, now = request.path_params["code"], self._services.clock()
        session = request.cookies.get(self._authenticator.cookie_name, "")
        found = await self._services.storage.write(accounts.use_sign_in, code, now, session)
        if found is None:
            return self._used_link()
        secret, path = found
        response = RedirectResponse(path, 303, headers={"Cache-Control": NO_STORE})
        self._set_cookie(
            response, self._authenticator.cookie_name, secret, accounts.SESSION_SECONDS
        )
        return response

    def _used_link(self) -> Response:
        return self._renderer.page("signed_out.html", 403, used=True)

    def _set_cookie(self, response: Response, name: str, secret: str, seconds: int) -> None:
        secure = self._services.settings.is_https
        response.set_cookie(
            name, secret, max_age=seconds, secure=secure, httponly=True, samesite="strict"
        )

    async def leave(self, page_request: PageRequest) -> Response:
        name = self._authenticator.cookie_name
        token = page_request.request.cookies[name]
        await self._services.storage.write(accounts.end_session, token)
        self._services.feed.wake([page_request.principal.owner])
        response = self._renderer.page("signed_out.html")
        response.delete_cookie(name, secure=self._services.settings.is_https)
        return response
