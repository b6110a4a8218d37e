import logging

import pytest
from sealbreak_server.web.middleware.access_log import AccessLogMiddleware
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support.server.asgi import call, http_scope


async def endpoint(_request: Request) -> Response:
    return Response(status_code=418)


APP = AccessLogMiddleware(Starlette(routes=[Route("/o/{token}.gif", endpoint, name="pixel")]))


@pytest.mark.parametrize(
    ("path", "line"), [("/o/secret.gif", "pixel 418 "), ("/secret", "unknown 404 ")]
)
def test_a_line_has_route_status_and_time_only(
    caplog: pytest.LogCaptureFixture, path: str, line: str
) -> None:
    with caplog.at_level(logging.INFO, "sealbreak.access"):
        call(APP, http_scope(path))
    (record,) = caplog.records
    assert record.getMessage().startswith(line)
    assert record.getMessage().endswith(" ms")
    assert "secret" not in record.getMessage()
