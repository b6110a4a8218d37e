"""In by a link that works once, and out again."""

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
        """Asks whether it is meant: anybody can send a link, also one to a history of their own.

        Whoever is signed in to the same account already is let straight in.
        """
        if request.method == "HEAD":
            return self._renderer.page("signed_out.html")
        code, now = request.path_params["code"], self._services.clock()
        whose = await self._services.storage.read(accounts.who_signs_in, code, now)
        if whose is None:
            return self._used()
        here = await self._authenticator.of_cookie(request)
        if here is not None and here.account == whose.account:
            return await self._let_in(request)
        secret = new_secret()
        answer = self._renderer.page(
            "sign_in.html", whose=whose, here=here, csrf_token=csrf_token_for(secret)
        )
        self._set(answer, self._authenticator.entry_name, secret, accounts.SIGN_IN_SECONDS)
        return answer

    async def enter(self, request: Request) -> Response:
        csrf_token = (await read_form(request)).get("csrf_token", "")
        if not self._authenticator.holds_csrf_token(
            request, csrf_token, self._authenticator.entry_name
        ):
            return self._used()
        return await self._let_in(request)

    async def _let_in(self, request: Request) -> Response:
        code, now = request.path_params["code"], self._services.clock()
        session = request.cookies.get(self._authenticator.cookie_name, "")
        landing = await self._services.storage.write(accounts.use_sign_in, code, now, session)
        if landing is None:
            return self._used()
        secret, path = landing
        answer = RedirectResponse(path, 303, headers={"Cache-Control": NO_STORE})
        self._set(answer, self._authenticator.cookie_name, secret, accounts.SESSION_SECONDS)
        return answer

    def _used(self) -> Response:
        return self._renderer.page("signed_out.html", 403, used=True)

    def _set(self, answer: Response, name: str, secret: str, seconds: int) -> None:
        secure = self._services.settings.is_https
        answer.set_cookie(
            name, secret, max_age=seconds, secure=secure, httponly=True, samesite="strict"
        )

    async def leave(self, page_request: PageRequest) -> Response:
        name = self._authenticator.cookie_name
        token = page_request.request.cookies[name]
        await self._services.storage.write(accounts.end_session, token)
        self._services.feed.wake([page_request.principal.owner])
        answer = self._renderer.page("signed_out.html")
        answer.delete_cookie(name, secure=self._services.settings.is_https)
        return answer
