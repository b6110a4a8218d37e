import json

import pytest
from sealbreak_server.web.middleware import throttle
from sealbreak_server.web.middleware.throttle import ThrottleMiddleware
from support.server.asgi import call, http_scope, ok

PUBLIC = "93.184.216.34"


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> ThrottleMiddleware:
    """Allows two requests, and the next one after an hour."""
    monkeypatch.setattr(throttle, "BURST", 2)
    monkeypatch.setattr(throttle, "SECONDS_EACH", 3600.0)
    return ThrottleMiddleware(ok)


def statuses(app: ThrottleMiddleware, path: str, client: str) -> list[int]:
    return [call(app, http_scope(path, client=client)).status for _ in range(3)]


def test_a_public_address_is_refused_after_its_burst(app: ThrottleMiddleware) -> None:
    assert statuses(app, "/history", PUBLIC) == [200, 200, 429]
    refused = call(app, http_scope("/history", client=PUBLIC))
    assert json.loads(refused.body)["detail"] == "Too many requests from this address."
    assert 3500 < int(refused.headers[b"retry-after"]) <= 3601


def test_another_address_is_not_affected(app: ThrottleMiddleware) -> None:
    statuses(app, "/history", PUBLIC)
    assert statuses(app, "/history", "93.184.216.35") == [200, 200, 429]


@pytest.mark.parametrize("path", ["/o/a/b.gif", "/l/a/b/1", "/healthz", "/static/style.css"])
def test_pixels_links_and_static_files_are_never_refused(
    app: ThrottleMiddleware, path: str
) -> None:
    assert statuses(app, path, PUBLIC) == [200, 200, 200]


def test_private_addresses_are_not_limited(app: ThrottleMiddleware) -> None:
    assert statuses(app, "/history", "10.0.0.1") == [200, 200, 200]
