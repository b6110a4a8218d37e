"""In by a link that works once, and out again."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sealbreak_server.storage import accounts
from sealbreak_server.web.pages.frame import Frame, Visit
from sealbreak_server.web.responses import NO_STORE


class SignIn:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._parts = frame.parts

    async def enter(self, request: Request) -> Response:
        if request.method == "HEAD":
            return self._frame.page("signed_out.html")
        code, now = request.path_params["code"], self._parts.clock()
        landing = await self._parts.storage.write(accounts.use_sign_in, code, now)
        if landing is None:
            return self._frame.page("signed_out.html", 403, used=True)
        secret, path = landing
        answer = RedirectResponse(path, 303, headers={"Cache-Control": NO_STORE})
        answer.set_cookie(
            self._frame.callers.cookie_name,
            secret,
            max_age=accounts.SESSION_SECONDS,
            secure=self._parts.settings.is_https,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def leave(self, visit: Visit) -> Response:
        name = self._frame.callers.cookie_name
        token = visit.request.cookies[name]
        await self._parts.storage.write(accounts.end_session, token)
        self._parts.feed.wake([visit.caller.owner])
        answer = self._frame.page("signed_out.html")
        answer.delete_cookie(name, secure=self._parts.settings.is_https)
        return answer
