"""The page at `/`: what this server is, for whoever found its name in a mail or an address bar."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.web.pages.base import PageRenderer


def about_page(renderer: PageRenderer) -> Callable[[Request], Awaitable[Response]]:
    async def about(_request: Request) -> Response:
        return renderer.page("about.html")

    return about
