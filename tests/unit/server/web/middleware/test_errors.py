import json
import logging
from typing import Any

import pytest
from sealbreak_server.web.middleware.errors import ErrorMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from support.server.asgi import call, http_scope

SECRET = "ann@example.com"


async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError(SECRET)


async def abandoned(scope: Scope, receive: Receive, send: Send) -> None:
    raise ClientDisconnect


def test_an_unexpected_error_is_500_without_details() -> None:
    response = call(ErrorMiddleware(faulty), http_scope())
    assert response.status == 500
    assert json.loads(response.body) == {
        "type": "about:blank", "title": "Something went wrong", "status": 500,
        "detail": "The server's log has the details.",
    }  # fmt: skip


def test_it_is_logged_with_its_place_and_without_its_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    call(ErrorMiddleware(faulty), http_scope())
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "unexpected error: ValueError" in caplog.text
    assert "in faulty" in caplog.text
    assert SECRET not in record.getMessage()


def test_a_client_that_leaves_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    unused: Any = None
    with pytest.raises(StopIteration):
        ErrorMiddleware(abandoned)(http_scope(), unused, send).__await__().__next__()
    assert (sent, caplog.records) == ([], [])
