from typing import Any

from sealbreak_server.web.responses import StaticResponse
from sealbreak_server.web.uvicorn.fast_path import FastPath
from starlette.routing import Route

PIXEL = StaticResponse(200, b"pixel", [])


class Here:
    """A beacon that answers at once."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await PIXEL(scope, receive, send)

    def begin(self, _scope: Any, finish: Any) -> None:
        finish(PIXEL)


async def unasked(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("this way is for others")


def test_a_pixel_is_answered_without_the_app() -> None:
    answers: list[StaticResponse] = []
    fast_path = FastPath(unasked, [Route("/o/{owner}/{token}.gif", Here())])
    scope: dict[str, Any] = {"type": "http", "path": "/o/a/b.gif"}
    assert fast_path.begin(scope, answers.append)
    assert answers == [PIXEL]
    assert scope["path_params"] == {"owner": "a", "token": "b"}


def test_what_is_no_pixel_is_left_to_the_app() -> None:
    answers: list[StaticResponse] = []
    fast_path = FastPath(unasked, [Route("/o/{owner}/{token}.gif", Here())])
    assert not fast_path.begin({"type": "http", "path": "/healthz"}, answers.append)
    assert not answers
