"""The server with one more address beside pixel and link: one that does nothing."""

import sys
from unittest.mock import patch

from sealbreak_server.app import make_app
from sealbreak_server.cli import serve
from sealbreak_server.cli.main import main
from sealbreak_server.services import Services
from sealbreak_server.web.uvicorn.http import App
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

PATH = "/nothing/"


async def nothing(_request: Request) -> Response:
    """What the hits are held against: an endpoint as anybody writes it with Starlette.

    Its app has this one route and no middleware. The same process and runner lead to it as to
    pixels and links. It reads nothing, keeps nothing and answers at once.
    """
    return PlainTextResponse("nothing\n")


def with_nothing(services: Services) -> App:
    app, plain = make_app(services), Starlette(routes=[Route(PATH, nothing)])

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        await (plain if scope.get("path") == PATH else app.asgi)(scope, receive, send)

    return App(either, app.fast_handler)


with patch.object(serve, "make_app", with_nothing):
    sys.exit(main())
