"""The server with one more address beside pixel and link: one that does nothing."""

import sys
from unittest.mock import patch

from sealbreak_server import app
from sealbreak_server.cli import main
from sealbreak_server.web.routes import beacons
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route


async def nothing(_request: Request) -> Response:
    """What the hits are held against: an endpoint as anybody writes it with Starlette.

    Its app has this one route and no middleware. The same process and runner lead to it as to
    pixels and links. It reads nothing, keeps nothing and answers at once.
    """
    return PlainTextResponse("nothing\n")


plain = Mount("/nothing", Starlette(routes=[Route("/nothing/", nothing)]))
with patch.object(app, "beacons", lambda parts: [*beacons(parts), plain]):
    sys.exit(main())
