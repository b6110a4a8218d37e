from typing import Any

from sealbreak_server.web.responses import StaticResponse
from sealbreak_server.web.uvicorn.fast_path import FastPath
from starlette.routing import Route

PIXEL = StaticResponse(200, b"pixel", [])


class Beacon:
    """A beacon that responses at once."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await PIXEL(scope, receive, send)

    def handle(self, _scope: Any, respond: Any) -> None:
        respond(PIXEL)


async def app(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("the app was called")


def test_a_pixel_is_answered_without_the_app() -> None:
    responses: list[StaticResponse] = []
    fast_path = FastPath(app, [Route("/o/{owner}/{token}.gif", Beacon())])
    scope: dict[str, Any] = {"type": "http", "path": "/o/a/b.gif"}
    assert fast_path.handle(scope, responses.append)
    assert responses == [PIXEL]
    assert scope["path_params"] == {"owner": "a", "token": "b"}


def test_other_requests_are_left_to_the_app() -> None:
    responses: list[StaticResponse] = []
    fast_path = FastPath(app, [Route("/o/{owner}/{token}.gif", Beacon())])
    assert not fast_path.handle({"type": "http", "path": "/healthz"}, responses.append)
    assert not responses
