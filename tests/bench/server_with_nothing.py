"""The server with one more address beside pixel and link: one that does nothing."""

import sys
from unittest.mock import patch

from sealbreak_server import app
from sealbreak_server.cli import main
from sealbreak_server.web.routes import beacons
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def nothing(_request: Request) -> Response:
    """What the hits are held against: an endpoint as anybody writes it with Starlette.

    It is led to as pixel and link are, past the same middlewares of the same app, so it is asked
    by the same process and runner. It reads nothing, keeps nothing and answers at once.
    """
    return PlainTextResponse("nothing\n")


with patch.object(app, "beacons", lambda parts: [*beacons(parts), Route("/nothing", nothing)]):
    sys.exit(main())
