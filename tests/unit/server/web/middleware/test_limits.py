import json

import pytest
from sealbreak_server.errors import TooLargeError
from sealbreak_server.web.middleware.limits import (
    MAX_BODY,
    MAX_HEADERS,
    MAX_TARGET,
    LimitsMiddleware,
)
from support.server.asgi import call, http_scope, ok

APP = LimitsMiddleware(ok)


def test_a_request_within_the_limits_reaches_the_app() -> None:
    headers = [(b"x", b"a" * (MAX_HEADERS - 1))]
    scope = http_scope("/" + "a" * (MAX_TARGET - 1), "POST", headers)
    assert call(APP, scope, b"a" * (MAX_BODY - 1), b"a").status == 200


def test_a_longer_address_is_414() -> None:
    assert call(APP, http_scope("/" + "a" * MAX_TARGET)).status == 414


def test_longer_headers_are_431() -> None:
    assert call(APP, http_scope(headers=[(b"x", b"a" * MAX_HEADERS)])).status == 431


def test_a_longer_content_length_is_413_before_the_body_is_read() -> None:
    scope = http_scope("/", "POST", [(b"content-length", str(MAX_BODY + 1).encode())])
    response = call(APP, scope)
    assert response.status == 413
    assert json.loads(response.body)["detail"] == "The body is longer than 2097152 bytes."


def test_a_longer_body_without_a_content_length_is_refused_while_it_is_read() -> None:
    with pytest.raises(TooLargeError):
        call(APP, http_scope("/", "POST"), b"a" * MAX_BODY, b"a")
