"""Protection against forms that another site posts here."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.web.requests import is_api_path

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
OWN_SITES = (b"same-origin", b"none")
"""Values of Sec-Fetch-Site that no other site's page can cause."""


class CsrfMiddleware:
    """Refuses a post that the browser attributes to another site. The API takes no cookies."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        posts = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if posts and not is_api_path(scope["path"]) and self._is_cross_site(scope):
            refusal = PlainTextResponse("This form was sent from another site.\n", 403)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_cross_site(self, scope: Scope) -> bool:
        """Without a referrer, browsers send `Origin: null` for our own forms too."""
        headers = dict(scope["headers"])
        if headers.get(b"sec-fetch-site", b"none") not in OWN_SITES:
            return True
        origin = headers.get(b"origin", b"null")
        here = b"://" + headers.get(b"host", b"")
        return origin not in {b"null", self.origin, b"http" + here, b"https" + here}
